"""Whatever goes wrong while a file is written, what was there stays: every writer that needs no Blender."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from flame_blender.datasets.shards import shard_file
from flame_blender.errors import WriteError
from flame_blender.export.mesh_files import WRITERS as MESH_WRITERS
from flame_blender.files.pc2 import pc2_file
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.model_files.library import CHOICE, LOOKED_AT, Library
from flame_blender.model_files.saving import save_model
from flame_blender.samples.sampling import SampleOptions, sampling
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from flame_blender.texture_models.converting import converting
from tests.files.write_faults import FAULTS, Writer, at_once, cases
from tests.flame.eyelid_files import eyelid
from tests.flame.flame_files import flame_2020, head_arrays
from tests.flame.full_size import full_size_landmarks, small_model
from tests.texture_models.files import flame_texture

MODEL = small_model(n_vertices=200)
STRIP = np.array([(i, i + 1, i + 2) if i % 2 else (i + 1, i, i + 2) for i in range(198)])  # of triangles


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file of each kind that can be installed, by the name that the library gives it."""
    folder = tmp_path_factory.mktemp("released")
    points = full_size_landmarks(1)
    stored = {"lmk_face_idx": points.static_faces.astype(np.uint32), "lmk_b_coords": points.static_barycentric}
    masks = {name: np.arange(2000) for name in ("face", "scalp", "nose", "lips")}
    files = {
        "models": ("m.pkl", flame_2020(head_arrays(n_vertices=200))),
        "landmarks": ("static.pkl", pickle.dumps(stored)),
        "regions": ("masks.pkl", pickle.dumps(masks)),
    }
    for name, data in files.values():
        (folder / name).write_bytes(data)
    return {kind: folder / name for kind, (name, _) in files.items()}


def bake(path: Path):
    """As baking does, without a head."""
    with pc2_file(path, 200, 9, 1.0, 1.0) as write:
        for done in range(9):
            write(np.ones((1, 200, 3)))
            yield done / 9


def mesh(suffix: str):
    return Writer(f"head{suffix}", at_once(lambda path: MESH_WRITERS[suffix](path, MODEL.v_template, STRIP, None)))


def library_of(path: Path) -> Library:
    return Library(path.parent if path.parent.name not in ("models", "landmarks", "textures") else path.parent.parent)


def installed(file: str, kind: str):
    """``kind`` is the key of ``released``, which the test puts in its place."""
    return Writer(file, at_once(lambda path: library_of(path).install([RELEASED[kind]])), chosen=False)


def installing_texture(path: Path):
    """The user does not choose the folder, but it may lie anywhere."""
    return converting(RELEASED["texture"], path)


def sampling_heads(path: Path):
    """Two random heads, of which the second comes first to its place."""
    return sampling(FlameEvaluator(MODEL), 2, path.parent, SampleOptions())


def shard(path: Path):
    """As a data set's samples come to their file."""
    with shard_file(path) as writer:
        for index in range(2):
            writer.add(index, {"json": b"{}", "png": bytes(3000)})
            yield (index + 1) / 2


def look(path: Path) -> None:
    """As at a start of Blender in a checkout; what cannot be written is told by a warning."""
    wrong = library_of(path).install_new([RELEASED["useless"]])[1]
    if any(LOOKED_AT in each for each in wrong):
        raise WriteError(next(each for each in wrong if LOOKED_AT in each))


RELEASED: dict[str, Path] = {}
CLIP = FlameSequence(FlameParams(expression=np.zeros((50, 20))), fps=25.0, source="test")
WRITERS = {
    "model": Writer("head.npz", at_once(lambda path: save_model(MODEL, path))),
    "clip": Writer("clip.npz", at_once(lambda path: save_sequence(CLIP, path))),
    "point cache": Writer("head.pc2", bake),
    **{suffix: mesh(suffix) for suffix in MESH_WRITERS},
    "installed model": installed("models/m.npz", "models"),
    "landmarks": installed("landmarks/points_51.npz", "landmarks"),
    "regions": installed("regions.npz", "regions"),
    "eyelid": installed("eyelids.npz", "eyelid"),
    "UVs": installed("template.npz", "template"),
    "texture model": Writer("textures/small", installing_texture, chosen=False, over=False),
    "random heads": Writer("FLAME_sample_01.ply", sampling_heads, chosen=False),
    "shard": Writer("faces-000000.tar", shard, chosen=False),
    "looked at": Writer(LOOKED_AT, at_once(look), chosen=False),
    "choice": Writer(CHOICE, at_once(lambda path: library_of(path).choose("0123456789abcdef")), chosen=False),
}


@pytest.fixture(autouse=True)
def files(released, full_model, tmp_path_factory) -> None:
    """What is installed, where the writers find it."""
    if RELEASED:
        return
    folder = tmp_path_factory.mktemp("more")
    np.save(folder / "l_eyelid.npy", eyelid(full_model, 1))
    (folder / "useless.pkl").write_bytes(pickle.dumps([1, 2, 3]))
    lines = [f"v {x} {y} {z}" for x, y, z in full_model.v_template.tolist()] + ["vt 0 0", "vt 1 0", "vt 0 1"]
    lines += [f"f {a}/1 {b}/2 {c}/3" for a, b, c in (full_model.faces + 1).tolist()]
    (folder / "head_template.obj").write_text("\n".join(lines))
    names = {"eyelid": "l_eyelid.npy", "useless": "useless.pkl", "template": "head_template.obj"}
    flame_texture(folder / "small.npz")
    names["texture"] = "small.npz"
    RELEASED.update(released | {kind: folder / name for kind, name in names.items()})


@pytest.mark.parametrize(("writer", "fault"), cases(WRITERS))
def test_what_was_there_stays_or_the_new_file_is_whole(tmp_path, monkeypatch, writer, fault):
    FAULTS[fault](WRITERS[writer], tmp_path, monkeypatch)
