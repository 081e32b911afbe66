"""An .obj's pictures are left out with a sentence, as DECA's texture and normal map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flame_blender.sequences.meshes import load_meshes

MESH = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nvt 0 0\nf 1/1 2/1 3/1\n"
DECA_MTL = "newmtl FaceTexture\nmap_Kd face.png\ndisp face_normals.png\n"


def write(folder: Path, obj: str, mtl: str | None) -> Path:
    """face.obj as DECA names it, with face.mtl beside it."""
    (folder / "face.obj").write_text(obj)
    if mtl is not None:
        (folder / "face.mtl").write_text(mtl)
    return folder / "face.obj"


def test_decas_pictures_are_named(tmp_path: Path) -> None:
    """Once each, whatever the case, the folder and the options before them."""
    mtl = DECA_MTL + "MAP_KD -s 1 1 1 textures\\face.png\n"
    found = load_meshes(write(tmp_path, "mtllib face.mtl\nusemtl FaceTexture\n" + MESH, mtl))
    (note,) = found.notes
    assert "(face.png, face_normals.png)" in note and "left out" in note
    assert found.vertices.shape == (1, 3, 3) and np.abs(found.vertices).max() == np.float32(0.1)


@pytest.mark.parametrize(
    ("obj", "mtl"),
    [
        (MESH, DECA_MTL),  # nothing asks for the .mtl
        ("mtllib face.mtl\n" + MESH, None),  # it is not there
        ("mtllib face.mtl\n" + MESH, "newmtl Plain\nKd 0.8 0.8 0.8\n"),
        ("mtllib\n" + MESH, DECA_MTL),
        ("mtllib ../face.mtl\n" + MESH, "\x00\xff map_Kd"),
    ],
)
def test_without_pictures_there_is_no_note(tmp_path: Path, obj: str, mtl: str | None) -> None:
    """Nor an error, whatever stands in the .mtl."""
    assert load_meshes(write(tmp_path, obj, mtl)).notes == ()
