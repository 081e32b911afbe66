"""Mesh sequences: files written as the tools write them, read back exactly; damaged ones refused in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import trimesh

from flame_blender.errors import FlameError, SequenceError
from flame_blender.files.meshes.mesh_file import read_mesh
from flame_blender.sequences.meshes import load_meshes
from flame_blender.sequences.sound_files import sound_beside

N_VERTICES = 40
FACES = np.array([[i, i + 1, i + 2] for i in range(N_VERTICES - 2)])


def frames(count: int = 4, seed: int = 0) -> np.ndarray:
    """(count, 40, 3) float32 of a head's size, in metres."""
    return np.random.default_rng(seed).uniform(-0.15, 0.15, (count, N_VERTICES, 3)).astype(np.float32)


def write_obj(path: Path, vertices: np.ndarray) -> None:
    """As VOCA's and DECA's writers do: texture coordinates and comments between, repr of float32."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# written by a tool", "mtllib head.mtl"]
    lines += [f"v {float(x)!r} {float(y)!r} {float(z)!r}" for x, y, z in vertices]
    lines += ["vt 0.5 0.5"] + [f"f {a + 1}/1 {b + 1}/1 {c + 1}/1" for a, b, c in FACES]
    path.write_text("\n".join(lines) + "\n")


def test_a_folder_of_vocas_objs(tmp_path: Path) -> None:
    """Natural order beyond the digits of the first names, 60 frames a second, faces of the first file."""
    written = frames(12)
    for index, vertices in enumerate(written):
        write_obj(tmp_path / "meshes" / f"{index:05d}.obj", vertices)
    for path in (tmp_path, tmp_path / "meshes"):
        meshes = load_meshes(path)
        assert np.array_equal(meshes.vertices, written)
        assert np.array_equal(meshes.faces, FACES)
        assert meshes.fps == 60
        assert "VOCA" in meshes.notes[0]


def test_names_of_unequal_length_are_in_natural_order(tmp_path: Path) -> None:
    """frame9 comes before frame10; other names tell no frame rate."""
    written = frames(3)
    for number, vertices in zip((9, 10, 11), written, strict=True):
        write_obj(tmp_path / f"frame{number}.obj", vertices)
    meshes = load_meshes(tmp_path)
    assert np.array_equal(meshes.vertices, written)
    assert meshes.fps is None


@pytest.mark.parametrize("encoding", ["binary_little_endian", "ascii"])
def test_ply_as_trimesh_writes_it(tmp_path: Path, encoding: str) -> None:
    """CoMA's and TF_FLAME's .ply are of these two kinds."""
    written = frames(3)
    for index, vertices in enumerate(written):
        mesh = trimesh.Trimesh(vertices, FACES, process=False)
        data = mesh.export(file_type="ply", encoding="ascii" if encoding == "ascii" else "binary")
        (tmp_path / f"{index}.ply").write_bytes(data)
    meshes = load_meshes(tmp_path)
    tolerance = 1e-7 if encoding == "ascii" else 0  # trimesh writes eight digits
    assert np.abs(meshes.vertices - written).max() <= tolerance
    assert np.array_equal(meshes.faces, FACES)


def test_big_endian_ply_with_normals_and_colours(tmp_path: Path) -> None:
    """What is beside x, y and z is stepped over, in the file's byte order."""
    vertices = frames(1)[0]
    record = np.dtype([("x", ">f8"), ("n", ">f4"), ("y", ">f8"), ("z", ">f8"), ("red", "u1")])
    rows = np.zeros(N_VERTICES, record)
    for axis, name in enumerate("xyz"):
        rows[name] = vertices[:, axis]
    header = (
        "ply\nformat binary_big_endian 1.0\ncomment by hand\n"
        f"element vertex {N_VERTICES}\nproperty double x\nproperty float nx\nproperty double y\nproperty double z\n"
        f"property uchar red\nelement face {len(FACES)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    faces = np.zeros(len(FACES), np.dtype([("n", "u1"), ("i", ">i4", (3,))]))
    faces["n"], faces["i"] = 3, FACES
    path = tmp_path / "head.ply"
    path.write_bytes(header.encode() + rows.tobytes() + faces.tobytes())
    meshes = load_meshes(path)
    assert np.array_equal(meshes.vertices[0], vertices)
    assert np.array_equal(meshes.faces, FACES)


def test_npy_of_speech_animation_and_of_vocaset(tmp_path: Path) -> None:
    """(T, 3 V) float32 at 30, (T, V, 3) float64 at 60 frames a second."""
    written = frames(5)
    np.save(tmp_path / "speech.npy", written.reshape(5, -1))
    np.save(tmp_path / "data_verts.npy", written.astype(np.float64))
    speech, vocaset = load_meshes(tmp_path / "speech.npy"), load_meshes(tmp_path / "data_verts.npy")
    assert np.array_equal(speech.vertices, written)
    assert np.array_equal(vocaset.vertices, written)
    assert (speech.fps, vocaset.fps) == (30, 60)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("key", ["verts", "vertices"])
def test_decas_mat(tmp_path: Path, key: str, compressed: bool) -> None:
    """Vertices out of a file as scipy.io.savemat writes it, other arrays and texts beside them."""
    vertices = frames(1)[0]
    others = {"landmarks2d": np.ones((68, 3)), "note": "text", "flag": np.array([1], np.uint8)}
    scipy.io.savemat(tmp_path / "face.mat", {**others, key: vertices}, do_compression=compressed)
    meshes = load_meshes(tmp_path / "face.mat")
    assert np.array_equal(meshes.vertices[0], vertices)
    assert "no parameters" in meshes.notes[0]


@pytest.mark.parametrize(("factor", "unit"), [(1000, "millimetres"), (100, "centimetres")])
def test_other_units_become_metres(tmp_path: Path, factor: int, unit: str) -> None:
    """MICA writes millimetres."""
    written = frames(2)
    np.save(tmp_path / "head.npy", written * factor)
    meshes = load_meshes(tmp_path / "head.npy")
    assert np.abs(meshes.vertices - written).max() < 1e-7
    assert unit in meshes.notes[-1]


def damaged_files(folder: Path) -> dict[str, Path]:
    """Files and folders that hold no mesh sequence, by what the error must say."""
    first, other = frames(2)
    names = ["none", "missing between", "as in 0.obj", "numbers", "NaN", "shape", "header", "fewer", "damage"]
    names.append("choose another")
    broken = {name: folder / name.replace(" ", "_") for name in names}
    for path in broken.values():
        path.mkdir()
    for number in (0, 1, 3):
        write_obj(broken["missing between"] / f"{number}.obj", first)
    write_obj(broken["as in 0.obj"] / "0.obj", first)
    write_obj(broken["as in 0.obj"] / "1.obj", other[:-1])
    (broken["numbers"] / "0.obj").write_text("v 1 2 three\n")
    np.save(broken["NaN"] / "0.npy", np.full((2, 6), np.nan))
    np.save(broken["shape"] / "0.npy", np.zeros((2, 7)))
    (broken["header"] / "0.ply").write_text("ply\nformat unheard 1.0\nelement vertex 3\nend_header\n")
    text = "ply\nformat ascii 1.0\nelement vertex 9\nproperty float x\nproperty float y\nproperty float z\n"
    (broken["fewer"] / "0.ply").write_text(f"{text}end_header\n1 2 3")
    scipy.io.savemat(broken["damage"] / "0.mat", {"verts": first})
    whole = (broken["damage"] / "0.mat").read_bytes()
    (broken["damage"] / "0.mat").write_bytes(whole[:-100])
    (broken["choose another"] / "0.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 0\nproperty float q\nend_header\n"
    )
    return broken


SAID = {"missing between": "none between 1 and 3"}


def test_damaged_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    """Each names the file or folder and what was expected."""
    for said, folder in damaged_files(tmp_path).items():
        inside = [path for path in folder.iterdir() if path.suffix in (".npy", ".mat")]
        with pytest.raises(SequenceError, match=re.escape(SAID.get(said, said))) as error:
            load_meshes(inside[0] if inside else folder)
        assert str(folder) in str(error.value)
        assert "expected" in str(error.value)


def was_refused(path: Path) -> bool:
    """Whether the file gives a SequenceError that names it; any other error fails the test."""
    try:
        load_meshes(path)
    except SequenceError as refusal:
        told = str(refusal)
    else:
        return False
    assert str(path) in told
    return True


@pytest.mark.parametrize("seed", range(3))
def test_random_damage_never_gives_more_than_a_sentence(tmp_path: Path, seed: int) -> None:
    """Bytes of good files changed, cut and doubled: a SequenceError or a mesh, never another error."""
    rng = np.random.default_rng(seed)
    vertices = frames(1)[0]
    write_obj(tmp_path / "a.obj", vertices)
    trimesh.Trimesh(vertices, FACES, process=False).export(tmp_path / "b.ply")
    trimesh.Trimesh(vertices, FACES, process=False).export(tmp_path / "c.ply", encoding="ascii")
    scipy.io.savemat(tmp_path / "d.mat", {"verts": vertices}, do_compression=False)
    scipy.io.savemat(tmp_path / "e.mat", {"verts": vertices}, do_compression=True)
    refused = 0
    for original in sorted(tmp_path.glob("?.*")):
        raw = original.read_bytes()
        for _ in range(60):
            damaged = bytearray(raw)
            for _ in range(int(rng.integers(1, 6))):
                damaged[rng.integers(min(len(damaged), rng.choice([200, len(damaged)])))] = rng.integers(256)
            if rng.random() < 0.3:
                del damaged[rng.integers(len(damaged)) :]
            path = tmp_path / f"damaged{original.suffix}"
            path.write_bytes(damaged)
            refused += was_refused(path)
    assert refused > 50


def test_the_sound_of_a_clip(tmp_path: Path) -> None:
    """The one of the clip's name, else the only one beside it; with two strangers there is none."""
    clip = tmp_path / "sentence01.npy"
    assert sound_beside(clip) is None
    (tmp_path / "other.wav").touch()
    assert sound_beside(clip) == tmp_path / "other.wav"
    (tmp_path / "third.wav").touch()
    assert sound_beside(clip) is None
    (tmp_path / "sentence01.wav").touch()
    assert sound_beside(clip) == tmp_path / "sentence01.wav"


def test_lines_that_end_as_old_macs_do(tmp_path: Path) -> None:
    (tmp_path / "mac.obj").write_bytes(b"v 1 2 3\rv 4 5 6\rv 7 8 9\rf 1 2 3\r")
    assert read_mesh(tmp_path / "mac.obj").vertices.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v 1 2\nv 3 4 5\n", "lines 'v x y z' with numbers"),
        ("v 1 2 nan\nv 3 4 5\nv 0 0 0\n", "finite vertices, found NaN"),
        ("# nothing\n", "expected"),
    ],
)
def test_a_mesh_without_vertices_to_use_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "wrong.obj").write_text(text)
    with pytest.raises(FlameError, match=said):
        read_mesh(tmp_path / "wrong.obj")
