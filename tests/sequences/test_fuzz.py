"""Damaged and altered files of every tool: a clip or one sentence naming the file, never another error.

Half of the cases and more are altered after unpacking (keys, shapes, dtypes, NaN, lengths, nesting) and packed again,
so that they reach the readers; the others are altered as bytes.
"""

from __future__ import annotations

import copy
import io
import itertools
import json
import pickle
import pickletools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from flame_blender.errors import SequenceError
from flame_blender.sequences import FlameSequence, load_sequence, loading
from tests.sequences.tool_writers import TOOLS, Tool

ALTERED, DAMAGED = 36, 24  # cases for each of the tools
OPCODES = 25  # for each of those that write pickles
MAX_MESSAGE = 2000
REACHED: list[int] = []  # for each tool


class Counted:
    """A reader that counts what reaches it."""

    reached = 0

    def __init__(self, reader) -> None:
        self.recognises = reader.recognises
        self._read = reader.read

    def read(self, contents):
        Counted.reached += 1
        return self._read(contents)


def outcome(path: Path) -> str:
    """What became of it, read or refused; anything else that happens is a failure."""
    try:
        found = load_sequence(path, body_rotation=True)
    except SequenceError as error:
        text = str(error)
        assert path.name in text, text
        assert text.endswith((".", ".)")) and "\n" not in text and len(text) < MAX_MESSAGE, text
        return "refused"
    assert isinstance(found, FlameSequence) and len(found) >= 1
    assert all(np.isfinite(found.values(name)).all() for name in ("shape", "expression", "jaw"))
    return "read"


def first_file(path: Path) -> Path:
    """The file, or the first frame's of a folder."""
    if path.is_file():
        return path
    files = sorted(each for each in path.rglob("*") if each.is_file())
    return next((each for each in files if each.stem in ("exp", "identity", "00000")), files[0])


def unpack(path: Path) -> tuple[str, object]:
    """Container and value; the files are this test's own."""
    start = path.read_bytes()[:4]
    if path.suffix == ".json":
        return "json", json.loads(path.read_text())
    if path.suffix in (".pt", ".pth", ".frame"):
        return "torch", torch.load(path, weights_only=False)
    if path.suffix == ".pkl":
        return "pickle", pickle.loads(path.read_bytes())
    loaded = np.load(path, allow_pickle=True)
    if start == b"PK\x03\x04":
        return "npz", dict(loaded)
    return "npy", loaded.item() if loaded.dtype == object else loaded


def pack(kind: str, value: Any, path: Path) -> None:
    if kind == "json":
        path.write_text(json.dumps(value, default=lambda each: np.asarray(each).tolist()))
    elif kind == "torch":
        torch.save(value, path)
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(value, protocol=2))
    elif kind == "npz":
        np.savez(path, **{str(key): each for key, each in value.items()})
    else:
        np.save(path, np.asarray(value, dtype=object) if isinstance(value, (dict, list)) else value, allow_pickle=True)


def altered(value: object, generator: np.random.Generator) -> object:
    """One change somewhere inside."""
    value = copy.deepcopy(value)
    if isinstance(value, dict) and value:
        key = list(value)[generator.integers(len(value))]
        choice = generator.integers(6)
        if choice == 0:
            del value[key]
        elif choice == 1:
            value[str(key) + "_"] = value.pop(key)
        elif choice == 2:
            value[key] = [None, "text", {}, [], {"x": 1}, True, 10**400, float("inf"), -1][generator.integers(9)]
        else:
            value[key] = altered(value[key], generator)
        return value
    if isinstance(value, list) and value:
        place = generator.integers(len(value))
        if generator.integers(4) == 0:
            return value[:place]
        value[place] = altered(value[place], generator)
        return value
    if isinstance(value, torch.Tensor):
        array = altered_array(value.numpy(), generator)
        return torch.from_numpy(array.astype(np.float32)) if array.dtype.kind in "fiub" else array
    if isinstance(value, np.ndarray):
        return altered_array(value, generator)
    return [None, "nan", -1, 1e308, [], {}, [[1], [2, 3]]][generator.integers(7)]


def altered_array(array: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if array.dtype.kind not in "fiu" or not array.size:
        return np.array(["text"])
    array = np.array(array)
    choice = generator.integers(9)
    if choice == 0:
        array = array.astype(float)
        array.reshape(-1)[generator.integers(array.size)] = [np.nan, np.inf, -np.inf, 1e300][generator.integers(4)]
        return array
    axis = generator.integers(array.ndim) if array.ndim else 0
    return [
        lambda: np.concatenate([array, array], axis) if array.ndim else array[None],
        lambda: np.take(array, range(max(array.shape[axis] - 1, 0)), axis) if array.ndim else array,
        lambda: array[None],
        lambda: array.reshape(-1),
        lambda: array.T,
        lambda: array.astype(("?", "i1", "f2", "c8", "U8")[generator.integers(5)]),
        lambda: np.zeros(0),
        lambda: np.zeros((0, *array.shape[1:])),
    ][choice - 1]()


@pytest.mark.parametrize("write", TOOLS, ids=lambda write: write.__name__)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_altered_values(tmp_path, write, capsys, monkeypatch):
    """Prints how many of the cases got as far as a reader."""
    monkeypatch.setattr(loading, "READERS", tuple(Counted(reader) for reader in loading.READERS))
    generator = np.random.default_rng(TOOLS.index(write))
    path, *_ = write(Tool(3), tmp_path)
    file = first_file(path)
    kind, value = unpack(file)
    outcomes, reached = [], 0
    for _ in range(ALTERED):
        changed = altered(value, generator)
        if generator.integers(3) == 0:
            changed = altered(changed, generator)
        try:
            pack(kind, changed, file)
        except (ValueError, TypeError, OverflowError, RuntimeError):
            pack(kind, {"nothing": 1}, file)  # what the tool's own writer refuses cannot be in a file
        Counted.reached = 0
        outcomes.append(outcome(path))
        reached += Counted.reached > 0
    with capsys.disabled():
        sys.stdout.write(f"\n{write.__name__}: {outcomes.count('read')} read, {outcomes.count('refused')} refused; ")
        sys.stdout.write(f"{reached} of {ALTERED} reached a reader ")
    assert outcomes.count("refused") > ALTERED // 8, "the changes do matter"
    assert reached > ALTERED // 5, "an array without keys is told by its shape alone; of others most reach a reader"
    REACHED.append(reached)


@pytest.mark.parametrize("write", TOOLS, ids=lambda write: write.__name__)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_damaged_bytes(tmp_path, write):
    generator = np.random.default_rng(100 + TOOLS.index(write))
    path, *_ = write(Tool(4), tmp_path)
    file = first_file(path)
    whole = file.read_bytes()
    for _ in range(DAMAGED):
        raw = bytearray(whole)
        choice = generator.integers(3)
        if choice == 0:
            raw = raw[: generator.integers(len(raw))]
        elif choice == 1:
            for place in generator.integers(0, len(raw), generator.integers(1, 9)):
                raw[place] = generator.integers(256)
        else:
            start = generator.integers(len(raw))
            raw[start : start + generator.integers(1, 200)] = generator.bytes(generator.integers(0, 200))
        file.write_bytes(raw)
        outcome(path)


def pickle_in(path: Path) -> tuple[bytes, bytes] | None:
    """What stands before the pickle of a .pkl or an .npy of objects, and the pickle; None where there is none."""
    raw = path.read_bytes()
    start = 0 if path.suffix == ".pkl" else raw.find(b"\n") + 1 if b"'|O'" in raw[:200] else None
    return None if start is None else (raw[:start], raw[start:])


def altered_opcodes(raw: bytes, generator: np.random.Generator) -> bytes:
    """One instruction of a pickle removed, doubled, exchanged with its neighbour, or replaced by another one."""
    places = [place for _, _, place in pickletools.genops(raw)]
    parts = [raw[start:end] for start, end in itertools.pairwise([*places, len(raw)])]
    at, other = (int(each) for each in generator.integers(0, len(parts) - 1, 2))
    choice = generator.integers(5)
    if choice == 0:
        del parts[at]
    elif choice == 1:
        parts.insert(at, parts[at])
    elif choice == 2:
        parts[at], parts[at + 1] = parts[at + 1], parts[at]
    elif choice == 3:
        parts[at] = parts[other]
    else:
        opcodes = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes]
        parts[at] = opcodes[generator.integers(len(opcodes))] + parts[at][1:]
    return b"".join(parts)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_altered_opcodes(tmp_path):
    """In every file that is a pickle, whichever tool's."""
    generator, cases = np.random.default_rng(17), 0
    for write in TOOLS:
        folder = tmp_path / write.__name__
        folder.mkdir()
        path, *_ = write(Tool(5), folder)
        file = first_file(path)
        found = pickle_in(file)
        for _ in range(OPCODES if found is not None else 0):
            before, code = found
            file.write_bytes(before + altered_opcodes(code, generator))
            outcome(path)
            cases += 1
    assert cases >= 9 * OPCODES


def test_enough_cases(capsys) -> None:
    """More than 2,000 cases, half of them altered after unpacking; of those most reach a reader."""
    assert len(TOOLS) * (ALTERED + DAMAGED) >= 2000 and ALTERED >= DAMAGED
    with capsys.disabled():
        sys.stdout.write(f"\n{len(TOOLS) * (ALTERED + DAMAGED)} cases, {len(REACHED) * ALTERED} altered, ")
        sys.stdout.write(f"{sum(REACHED)} of these reached a reader ")
    assert sum(REACHED) >= len(REACHED) * ALTERED // 2


def test_what_the_safe_reader_is_for(tmp_path):
    """A pickle that would run something, inside an .npz, a .npy, a .pkl and a torch file."""

    class Runs:
        def __reduce__(self):
            return exec, ("raise SystemExit('ran')",)

    hostile = {"exp": Runs(), "pose": np.zeros((1, 6)), "shape": np.zeros((1, 100)), "cam": np.zeros((1, 3))}
    np.save(tmp_path / "a.npy", hostile, allow_pickle=True)
    np.savez(tmp_path / "a.npz", exp=np.array([Runs()], object))
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(hostile))
    buffer = io.BytesIO()
    torch.save(hostile, buffer)
    (tmp_path / "a.pt").write_bytes(buffer.getvalue())
    for path in sorted(tmp_path.iterdir()):
        assert outcome(path) == "refused"
