"""load_template keeps an .obj's own order and says in which line something is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.meshes.template import load_template


def obj(folder: Path, text: str | bytes) -> Path:
    path = folder / "head_template.obj"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_vertices_uvs_and_faces_in_the_file_s_order(tmp_path):
    rng = np.random.default_rng(0)
    vertices, uvs = rng.normal(size=(40, 3)), rng.random((55, 2))
    faces, uv_faces = rng.integers(0, 40, (70, 3)), rng.integers(0, 55, (70, 3))
    lines = ["# made up", "mtllib head.mtl", "o head", *(f"v {x} {y} {z}" for x, y, z in vertices)]
    lines += [f"vt {u} {v}" for u, v in uvs]
    lines += ["usemtl skin", "s 1"]
    lines += [
        "f " + " ".join(f"{v + 1}/{t + 1}" for v, t in zip(*rows, strict=True))
        for rows in zip(faces, uv_faces, strict=True)
    ]
    template = load_template(obj(tmp_path, "\n".join(lines)))
    np.testing.assert_array_equal(template.vertices, vertices.astype(np.float32))
    np.testing.assert_array_equal(template.uv_coords, uvs.astype(np.float32))
    np.testing.assert_array_equal(template.faces, faces)
    np.testing.assert_array_equal(template.uv_faces, uv_faces)
    assert template.faces.dtype == template.uv_faces.dtype == np.int32


CORNERS = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nvn 0 0 1\n"


@pytest.mark.parametrize(
    ("face", "faces", "uv_faces"),
    [
        ("f 1 2 3", [[0, 1, 2]], None),
        ("f 1//1 2//1 3//1", [[0, 1, 2]], None),
        ("f 1/4/1 2/3/1 3/2/1", [[0, 1, 2]], [[3, 2, 1]]),
        ("f 1/1 2/2 3/3 4/4", [[0, 1, 2], [0, 2, 3]], [[0, 1, 2], [0, 2, 3]]),
        ("f -4 -3 -1", [[0, 1, 3]], None),
        ("f -4/-1 -3/-2 -1/-4", [[0, 1, 3]], [[3, 2, 0]]),
        ("f\t1   2\t3 \r", [[0, 1, 2]], None),
        ("f 1 2 3 # a comment is not", None, None),
    ],
)
def test_the_ways_to_write_a_face(tmp_path, face, faces, uv_faces):
    path = obj(tmp_path, CORNERS + face + "\n")
    if faces is None:
        with pytest.raises(ModelError, match="line 10"):
            load_template(path)
        return
    template = load_template(path)
    assert template.faces.tolist() == faces
    assert (template.uv_faces is None) == (template.uv_coords is None) == (uv_faces is None)
    assert uv_faces is None or template.uv_faces.tolist() == uv_faces


def test_negative_indices_count_back_from_where_they_stand(tmp_path):
    template = load_template(obj(tmp_path, "v 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 5 5 5\nf -3 -2 -1\n"))
    assert template.faces.tolist() == [[0, 1, 2], [1, 2, 3]]


def test_colours_and_a_third_uv_number_are_passed_over(tmp_path):
    text = "v 0 1 2 0.5 0.5 0.5\nv 1 0 0\nv 1 1 0\nvt 0.25 0.5 0\nf 1/1 2/1 3/1\n"
    template = load_template(obj(tmp_path, text))
    assert template.vertices[0].tolist() == [0, 1, 2]
    assert template.uv_coords.tolist() == [[0.25, 0.5]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CORNERS + "f" + " 1" * 5_000, "found in line 10 more than 10000 bytes"),
        ("v 0 0\n", r"found in line 1 'v 0 0', not 3 finite numbers"),
        ("v 0 0 nan\n", "found in line 1 'v 0 0 nan', not 3 finite numbers"),
        ("v 0 0 1e39\n", "found in line 1 'v 0 0 1e39', not 3 finite numbers"),
        ("v 0 0 x\n", "found in line 1 'v 0 0 x', not 3 finite numbers"),
        (CORNERS + "vt 1\n", "found in line 10 'vt 1', not 2 finite numbers"),
        (CORNERS + "f 1 2\n", "found in line 10 a face of 2 corners"),
        (CORNERS + "f 0 1 2\n", "found in line 10 the index '0'"),
        (CORNERS + "f 99999999999 1 2\n", "found in line 10 the index '99999999999'"),
        (CORNERS + "f 1/x 2/2 3/3\n", "found in line 10 the index 'x'"),
        (CORNERS + "f 1 2 5\n", r"expected faces to use the vertices 1\.\.4, found 1\.\.5"),
        (CORNERS + "f -5 2 3\n", r"expected faces to use the vertices 1\.\.4, found 0\.\.3"),
        (CORNERS + "f 1/1 2/5 3/1\n", r"expected faces to use the UVs 1\.\.4, found 1\.\.5"),
        (CORNERS + "f 1/1 2/2 3/3\nf 1 2 3\n", "UVs on all faces or on none, found them on 1 of 2 triangles"),
        (CORNERS, r"expected an .obj with v and f lines, found 4 vertices and 0 triangles"),
        ("hello\n", "found 0 vertices and 0 triangles"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "found 0 vertices and 0 triangles"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    path = obj(tmp_path, text)
    with pytest.raises(ModelError, match=message) as caught:
        load_template(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match="expected a file, found none"):
        load_template(tmp_path / "head_template.obj")
