"""500 damaged files of each kind that SMPL-X's, AMASS's, BEAT2's, TF_FLAME's and VOCA's tools write, within the budget.

Read, or refused in one sentence that names the file; nothing else. Texture models and DECA's files have theirs in
tests/texture_models and tests/textured_meshes.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import FlameError
from flame_blender.files.file_budget import MAX_SECONDS
from flame_blender.model_files import body_expression
from flame_blender.sequences import load_sequence
from flame_blender.sequences.meshes import load_meshes
from tests.sequences import tool_writers
from tests.sequences.random_clips import Tool

CASES = 500
RNG = np.random.default_rng(20261129)
MESHES = RNG.normal(0, 0.08, (3, 5023, 3)).astype(np.float32)
N_BODY = 7  # vertices of the damaged model files: all 10,475 would be read 1,000 times


def smplx_npz(folder: Path) -> Path:
    """SMPLX_NEUTRAL.npz: arrays of numbers, and of objects that nobody asks for."""
    arrays = {"v_template": RNG.normal(size=(N_BODY, 3)), "shapedirs": RNG.normal(size=(N_BODY, 3, 20))}
    np.savez(folder / "SMPLX_NEUTRAL.npz", **arrays, part2num=np.array({"Hips": 0}, object))
    return folder / "SMPLX_NEUTRAL.npz"


def smplx_pkl(folder: Path) -> Path:
    """The .pkl beside it."""
    arrays = {
        "v_template": RNG.normal(size=(N_BODY, 3)),
        "shapedirs": RNG.normal(size=(N_BODY, 3, 20)).astype(np.float16),
    }
    (folder / "SMPLX_MALE.pkl").write_bytes(pickle.dumps(arrays, 2))
    return folder / "SMPLX_MALE.pkl"


def amass(folder: Path) -> Path:
    """AMASS's stage II file."""
    return tool_writers.amass(Tool(3), folder)[0]


def beat2(folder: Path) -> Path:
    """BEAT2's."""
    return tool_writers.beat2(Tool(3), folder)[0]


def voca(folder: Path) -> Path:
    """VOCA's compute_FLAME_params."""
    return tool_writers.voca(Tool(3), folder)[0]


def sequence(folder: Path) -> Path:
    """An .npy of (frames, 15069), as FaceFormer writes VOCASET's."""
    np.save(folder / "sentence.npy", MESHES[:1].reshape(1, -1).astype(np.float16))
    return folder / "sentence.npy"


def scale(folder: Path) -> Path:
    """TF_FLAME's fit to a photo; the file of its scale, which is damaged, beside it."""
    lines = [f"v {x:f} {y:f} {z:f}\n" for x, y, z in MESHES[0, :9] * 5000] + ["f 1 2 3\n"]
    (folder / "photo.obj").write_text("".join(lines))
    np.save(folder / "photo_scale.npy", np.float64(5000.0))
    return folder / "photo_scale.npy"


def beside(path: Path) -> object:
    """What the mesh beside a scale is read as."""
    return load_meshes(path.with_name("photo.obj"))


KINDS: tuple[tuple[Callable[[Path], Path], Callable[[Path], Any]], ...] = (
    (smplx_npz, body_expression.load_body_expression),
    (smplx_pkl, body_expression.load_body_expression),
    (amass, lambda path: load_sequence(path, body_rotation=True)),
    (beat2, lambda path: load_sequence(path, body_rotation=True)),
    (voca, load_sequence),
    (sequence, load_meshes),
    (scale, beside),
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize(("write", "load"), KINDS, ids=lambda value: value.__name__.strip("<>"))
def test_damaged_files_end_in_a_sentence(tmp_path, monkeypatch, write, load):
    monkeypatch.setattr(body_expression, "N_BODY", N_BODY)
    path = write(tmp_path)
    whole, rng, begun = path.read_bytes(), np.random.default_rng(CASES), time.process_time()
    refused = 0
    for case in range(CASES):
        path.write_bytes(changed(whole, rng) if case else whole)
        try:
            load(path)
        except FlameError as error:
            said = str(error)
            assert case, f"the whole file is read: {said}"
            assert said.isprintable() and len(said) < 2000 and path.stem.partition("_")[0] in said, said
            refused += 1
    assert CASES // 20 < refused < CASES, "changes matter, and some do not"
    assert time.process_time() - begun < MAX_SECONDS, "all of them within what one file may take"


def changed(raw: bytes, rng: np.random.Generator) -> bytes:
    """Cut short, a piece taken out or put in, or some bytes changed: most where a file says what is in it."""
    choice, at = rng.integers(6), int(rng.integers(len(raw)))
    if choice == 0:
        return raw[:at]
    if choice == 1:
        return raw[:at] + rng.bytes(int(rng.integers(0, 60))) + raw[at + int(rng.integers(0, 60)) :]
    data, near = bytearray(raw), min(400, len(raw))
    for _ in range(rng.integers(1, 4)):
        ends = len(raw) - near if rng.random() < 0.3 else 0
        data[ends + int(rng.integers(near))] = int(rng.integers(256))
    return bytes(data)
