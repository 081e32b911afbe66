"""Looks of mesh files as their tools write them, beside trimesh and Pillow; of wrong ones one sentence is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image
from scipy.io import savemat

from flame_blender.errors import FlameError, ModelError, SequenceError
from flame_blender.sequences.meshes import first_file, load_meshes
from flame_blender.textured_meshes.displacements import has_heights, read_deca_maps
from flame_blender.textured_meshes.file_looks import read_looks
from flame_blender.textured_meshes.picture_files import picture_file
from tests.textured_meshes.writers import (
    cylinder_uvs,
    write_deca,
    write_deca_detail,
    write_mat,
    write_png,
    write_psbody,
)

RNG = np.random.default_rng(20261129)
BALL = trimesh.creation.icosphere(2, 0.12)
POINTS, FACES = np.array(BALL.vertices, np.float32), np.array(BALL.faces)
UVS = cylinder_uvs(POINTS, FACES)
TEXTURE = RNG.integers(0, 256, (16, 16, 3), np.uint8)


def test_decas_mesh_is_read_as_trimesh_reads_it(tmp_path: Path) -> None:
    """Vertices, UVs of corners, and the picture's texels, which Pillow decodes."""
    path = write_deca(tmp_path / "face.obj", POINTS, FACES, UVS, TEXTURE, TEXTURE[::-1])
    looks = read_looks(path)
    other: Any = trimesh.load_mesh(path, process=False)
    assert looks is not None and looks.uv_coords is not None and looks.uv_faces is not None
    assert looks.notes == () and looks.colours is None and looks.shows
    assert np.abs(other.vertices[other.faces] - looks.vertices[looks.faces]).max() < 1e-7
    assert np.abs(other.visual.uv[other.faces] - looks.uv_coords[looks.uv_faces]).max() < 1e-7
    assert looks.colour is not None and looks.normals is not None
    assert (looks.colour.path.name, looks.normals.path.name) == ("face.png", "face_normals.png")
    assert (looks.colour.width, looks.colour.height) == (16, 16)
    assert np.array_equal(np.array(other.visual.material.image)[..., :3], TEXTURE)


@pytest.mark.parametrize("with_texture", [True, False])
def test_meshes_of_ringnet_voca_and_tf_flame(tmp_path: Path, with_texture: bool) -> None:
    """Their normals among the corners and the same picture three times; without a picture there is nothing to say."""
    path = write_psbody(tmp_path / "00000.obj", POINTS, FACES, UVS, TEXTURE if with_texture else None)
    looks = read_looks(path)
    assert looks is not None and looks.uv_coords is not None and looks.uv_faces is not None and looks.notes == ()
    assert np.abs(looks.uv_coords[looks.uv_faces] - UVS.vt[UVS.ft]).max() < 1e-6
    assert (looks.colour is not None) == with_texture and looks.normals is None


def test_colours_of_vertices(tmp_path: Path) -> None:
    """DECA's of 0 to 255, others' of 0 to 1, those of .ply; faces of DECA's detail mesh are the right way round."""
    colours = RNG.integers(0, 256, POINTS.shape)
    detail = read_looks(write_deca_detail(tmp_path / "face_detail.obj", POINTS, FACES, colours))
    assert detail is not None and detail.colours is not None and detail.uv_coords is None
    assert np.array_equal(detail.faces, FACES) and np.abs(detail.colours - colours / 255).max() < 1e-6
    rows = np.column_stack([POINTS, colours / 255])
    text = "".join("v " + " ".join(map(str, row)) + "\n" for row in rows.tolist()) + "f 1 2 3\n"
    (tmp_path / "unit.obj").write_text(text)
    unit = read_looks(tmp_path / "unit.obj")
    assert unit is not None and unit.colours is not None and np.abs(unit.colours - colours / 255).max() < 1e-6
    (tmp_path / "some.obj").write_text(text + "v 0 0 0\n")
    some = read_looks(tmp_path / "some.obj")
    assert some is not None and some.colours is None
    mesh = trimesh.Trimesh(POINTS, FACES, vertex_colors=colours.astype(np.uint8), process=False)
    mesh.export(tmp_path / "tracked.ply")
    tracked = read_looks(tmp_path / "tracked.ply")
    assert tracked is not None and tracked.colours is not None
    assert np.abs(tracked.colours - colours / 255).max() < 1e-6


MESH = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nvt 0 0\nf 1/1 2/1 3/1\n"


@pytest.mark.parametrize(
    ("mtl", "colour", "normals"),
    [
        ("newmtl a\nmap_Kd -s 1 1 1 -clamp on my face.png\nnorm n.png\n", "my face.png", "n.png"),
        ("newmtl a\nmap_Kd textures\\face.png\nbump -bm 0.5 n.png\n", "face.png", "n.png"),
        ("newmtl other\nmap_Kd n.png\nnewmtl a\nmap_Kd face.png\n", "face.png", None),
        ("newmtl other\nmap_Ka face.png\n", "face.png", None),
        ("map_Kd ../../../etc/passwd/face.png\ndisp C:\\runs\\x\\n.png", "face.png", "n.png"),
    ],
)
def test_statements_of_materials(tmp_path: Path, mtl: str, colour: str, normals: str | None) -> None:
    """Options, spaces, folders and foreign paths; a picture is taken beside the mesh or below it, and nowhere else."""
    for name in ("my face.png", "face.png", "n.png"):
        write_png(tmp_path / name, TEXTURE)
    (tmp_path / "face.mtl").write_text(mtl)
    (tmp_path / "face.obj").write_text("mtllib face.mtl\nusemtl a\n" + MESH)
    looks = read_looks(tmp_path / "face.obj")
    assert looks is not None and looks.notes == ()
    assert looks.colour is not None and looks.colour.path == tmp_path / colour
    assert (None if looks.normals is None else looks.normals.path) == (tmp_path / normals if normals else None)


@pytest.mark.parametrize(
    ("library", "mtl", "said"),
    [
        ("face.mtl", None, "face.mtl, which is not in its folder"),
        ("face.mtl", "map_Kd lost.png\n", "the picture lost.png, which is not in its folder"),
        ("face.mtl", "map_Kd /dev/zero\n", "the picture /dev/zero, which is not in its folder"),
        ("face.mtl", "map_Kd ..\n", "which is not in its folder"),
        ("face.mtl", "map_Kd \0\n", "which is not in its folder"),
        ("face.mtl", "map_Kd text.png\n", "expected a picture in .png or .jpg"),
        ("face.mtl", "map_Kd huge.png\n", "found 100000 x 100000"),
        ("face.mtl", "map_Kd empty.png\n", "expected 1 to"),
        ("face.mtl", "map_Kd folder.png\n", "found a folder"),
        ("face.mtl", "map_Kd pipe.png\n", "found a device or a pipe"),
        ("folder.png", "", "found a folder"),
    ],
)
def test_pictures_that_cannot_be_are_left_out(tmp_path: Path, library: str, mtl: str | None, said: str) -> None:
    """With one sentence; the mesh comes all the same."""
    write_png(tmp_path / "huge.png", TEXTURE)
    raw = (tmp_path / "huge.png").read_bytes()
    (tmp_path / "huge.png").write_bytes(raw[:16] + (100_000).to_bytes(4, "big") * 2 + raw[24:])
    (tmp_path / "text.png").write_text("no picture at all, but some words")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    if mtl is not None:
        (tmp_path / "face.mtl").write_text(mtl)
    (tmp_path / "face.obj").write_text(f"mtllib {library}\n" + MESH)
    looks = read_looks(tmp_path / "face.obj")
    assert looks is not None and not looks.shows and len(looks.notes) == 1
    assert said in looks.notes[0] and "\n" not in looks.notes[0]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": b"Exif\0\0" + bytes(60_000)}])
def test_sizes_of_jpegs(tmp_path: Path, options: dict) -> None:
    """As Pillow writes them; cut off in the head they are no pictures."""
    path = tmp_path / "face.jpg"
    Image.fromarray(RNG.integers(0, 256, (24, 40, 3), np.uint8)).save(path, **options)
    found = picture_file(path)
    assert (found.width, found.height) == (40, 24)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ModelError, match=r"in \.png or \.jpg"):
        picture_file(path)


def test_decas_maps(tmp_path: Path) -> None:
    """As scipy.io.savemat writes them: the top row first, metres; the texture's channels first."""
    heights = RNG.normal(0, 0.002, (1, 256, 256)).astype(np.float32)
    texture = RNG.uniform(-0.1, 1, (3, 256, 256)).astype(np.float32)
    arrays = {"verts": POINTS, "displacement_map": heights, "uv_texture_gt": texture}
    for compressed in (False, True):
        savemat(tmp_path / "face.mat", arrays, do_compression=compressed)
        assert has_heights(tmp_path / "face.mat")
        maps = read_deca_maps(tmp_path / "face.mat")
        assert np.array_equal(maps.heights, heights[0, ::-1])
        assert maps.colour is not None
        assert np.array_equal(maps.colour, np.clip(texture, 0, 1).transpose(1, 2, 0)[::-1])
    write_mat(tmp_path / "own.mat", displacement_map=heights)
    assert np.array_equal(read_deca_maps(tmp_path / "own.mat").heights, heights[0, ::-1])


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"verts": POINTS}, "found the arrays verts"),
        ({"displacement_map": np.zeros((2, 5, 5))}, r"found \(2, 5, 5\)"),
        ({"displacement_map": np.zeros((1, 1))}, r"found \(1, 1\)"),
        ({"displacement_map": np.full((4, 4), np.nan)}, "found nan"),
        ({"displacement_map": np.full((4, 4), 3.0)}, "in metres, at most 0.1, found 3"),
    ],
)
def test_wrong_maps(tmp_path: Path, arrays: dict[str, np.ndarray], said: str) -> None:
    """One sentence each; a texture that is none is left out."""
    savemat(tmp_path / "face.mat", arrays)
    with pytest.raises(ModelError, match=said):
        read_deca_maps(tmp_path / "face.mat")
    savemat(tmp_path / "odd.mat", {"displacement_map": np.zeros((4, 4)), "uv_texture_gt": np.zeros((4, 4))})
    assert read_deca_maps(tmp_path / "odd.mat").colour is None


def test_tf_flames_scale(tmp_path: Path) -> None:
    """A fit is in metres already; one that was brought to the photo's pixels is a head again."""
    scale, path = 1234.5, tmp_path / "photo.obj"
    np.save(tmp_path / "photo_scale.npy", scale)
    write_psbody(path, POINTS, FACES, UVS, TEXTURE)
    assert np.abs(load_meshes(path).vertices[0] - POINTS).max() < 1e-6
    write_psbody(path, POINTS * scale, FACES, UVS, TEXTURE)
    found = load_meshes(path)
    assert np.abs(found.vertices[0] - POINTS).max() < 1e-6 and "1234 in a metre" in " ".join(found.notes)
    np.save(tmp_path / "photo_scale.npy", np.zeros(3))
    with pytest.raises(SequenceError, match=r"photo_scale.npy: expected one positive number"):
        load_meshes(path)


def test_the_first_file(tmp_path: Path) -> None:
    """Of a folder the first frame's; of an array there is none."""
    (tmp_path / "meshes").mkdir()
    for frame in (1, 0):
        write_psbody(tmp_path / "meshes" / f"{frame:05d}.obj", POINTS, FACES)
    assert first_file(tmp_path) == tmp_path / "meshes" / "00000.obj"
    assert first_file(tmp_path / "a.npy") is None and first_file(tmp_path / "a.ply") == tmp_path / "a.ply"
    assert read_looks(tmp_path / "a.npy") is None
    with pytest.raises(FlameError, match="expected a file, found none"):
        read_looks(tmp_path / "none.obj")


def test_pictures_without_uvs(tmp_path: Path) -> None:
    """They cannot be laid on."""
    write_psbody(tmp_path / "a.obj", POINTS, FACES, None, TEXTURE)
    looks = read_looks(tmp_path / "a.obj")
    assert looks is not None and not looks.shows and "no UVs" in looks.notes[0]
