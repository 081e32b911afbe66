"""One budget for each file: a bomb in every container costs its loaders little memory and time, and says so in a line.

What a file may be is read all the same: the last tests write out the limits from the other side.
"""

from __future__ import annotations

import os
import pickle
import stat
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import FlameError
from flame_blender.files import file_budget
from flame_blender.files.archive import read_any
from flame_blender.files.meshes.mesh_file import read_mesh
from flame_blender.files.meshes.template import load_template
from flame_blender.fitting.meshes.basel import load_correspondence
from flame_blender.landmark_files.loading import load_landmark_points
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.eyelids import load_eyelid
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.recognise import recognise
from flame_blender.model_files.regions import load_regions
from flame_blender.saved_faces.face_folder import load_face
from flame_blender.score_clips.loading import load_scores
from flame_blender.sequences import load_sequence
from flame_blender.sequences.meshes import load_meshes
from flame_blender.speech.loading import load_speech
from tests.package import bombs
from tests.package.test_hostile_files import assert_harmless, told_of

ROOT = Path(__file__).resolve().parents[2]
LOADERS = (
    load_model, load_landmarks, load_regions, load_template, load_eyelid, read_any, recognise, load_sequence,
    load_meshes, load_landmark_points, load_correspondence, load_face, load_scores, load_speech,
)  # fmt: skip
OF_CLIPS = ("load_scores", "load_speech")
# Which loaders look into a file of each ending, but the last two, which are asked of every file.
OF_ENDING = {
    (".pkl", ".npz", ".pt"): ("load_model", "load_regions", "load_sequence", "load_landmark_points"),
    (".mat", ".json"): (
        "load_face",
        "load_sequence",
        "load_meshes",
        "load_landmark_points",
        "read_deca_maps",
        *OF_CLIPS,
    ),
    (".xml", ".txt", ".pts", ".csv"): ("load_landmark_points", *OF_CLIPS),
    (".tsv", ".dat", ".TextGrid"): OF_CLIPS,
    (".ply",): ("load_meshes", "read_looks"),
    (".obj",): ("load_meshes",),  # read_looks reads it as load_meshes does
}


@pytest.mark.parametrize("endings", OF_ENDING, ids=lambda endings: endings[0])
def test_bombs_are_seen_through(tmp_path, endings):
    """Nothing but a sentence, 350 MB and 15 seconds of each loader at most, in each kind of file."""
    count = 0
    for name, made in bombs.bombs().items():
        if Path(name).suffix in endings:
            (tmp_path / name).write_bytes(made())
            count += 1
    told = told_of(tmp_path, "load_model", *OF_ENDING[endings])
    assert len(told) == count > 0
    assert_harmless(told)


def outcome(load, path) -> str:
    """What a loader says of a path; any other error than those documented fails the test."""
    try:
        return f"loaded {load(path)}"
    except FlameError as error:
        return str(error)


@pytest.mark.parametrize("load", LOADERS, ids=lambda load: load.__name__)
def test_paths_that_are_no_files_end_in_one_line(tmp_path, load):
    """Pipes, devices, folders, names with line breaks, zero bytes and bytes that are no text."""
    pipe = tmp_path / "pipe.npz"
    os.mkfifo(pipe)
    broken_name = tmp_path / "a\nb.npz"
    broken_name.write_bytes(b"PK\x03\x04 damaged")
    no_text = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.obj"))
    no_text.write_bytes(b"v 1 2\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    paths = [pipe, Path("/dev/zero"), Path("/dev/full"), broken_name, no_text, folder, tmp_path / "none.pkl"]
    for path in [*paths, tmp_path / "zero\0byte.npz", tmp_path / ("x" * 300)]:
        said = outcome(load, path)
        assert said.isprintable(), repr(said)
        said.encode("utf-8")
        assert not said.startswith("loaded") or load in (recognise, read_any), said
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_that_cannot_be_looked_into_is_no_frame(tmp_path, monkeypatch):
    for frame in range(3):
        np.savez(tmp_path / f"{frame:03d}.npz", expression=np.zeros(5), jaw=np.zeros(3))
    (tmp_path / "closed").mkdir()
    is_file = Path.is_file

    def refusing(path: Path) -> bool:
        if path.parent.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refusing)
    assert len(load_sequence(tmp_path)) == 3


def test_what_real_files_need_is_within_the_budget(tmp_path):
    """A long clip as plain lists, and a large one of zeros that is packed tight."""
    rows = np.zeros((3000, 100)).tolist()
    (tmp_path / "lists.pkl").write_bytes(pickle.dumps({"expression": rows, "pose": np.zeros((3000, 6)).tolist()}))
    assert len(load_sequence(tmp_path / "lists.pkl")) == 3000
    np.savez_compressed(tmp_path / "zeros.npz", expression=np.zeros((20_000, 100)), pose=np.zeros((20_000, 6)))
    assert len(load_sequence(tmp_path / "zeros.npz")) == 20_000


def test_vertices_as_text_draw_from_the_budget_too(tmp_path, monkeypatch):
    """A mesh of 256 MB is read in pieces: after each the seconds are looked at."""
    path = tmp_path / "mesh.obj"
    path.write_bytes(b"v 0 0 0\n" * 1000)
    assert read_mesh(path).vertices.shape == (1000, 3)
    monkeypatch.setattr(file_budget, "MAX_SECONDS", -1.0)
    with pytest.raises(FlameError, match="reading it takes over"):
        read_mesh(path)
