"""No file makes a loader run code, take memory it does not account for, or fail with anything but a ModelError."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.archive import KNOWN
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.saving import save_model
from tests.flame.flame_files import flame_2020, flame_2023_open, head_arrays, old_pickle
from tests.package.files_that_run import Runs, files_that_run
from tests.package.files_that_swell import files_that_swell, long_pickles
from tests.package.handmade import calling, in_a_model, npy_of, text, zipped

ROOT = Path(__file__).resolve().parents[2]
MAX_MEGABYTES = 350  # on top of what the process holds anyway; the files ask for thousands and more
MAX_SECONDS = 15  # of the process's own time, for each loader


def told_of(folder: Path, *loaders: str) -> dict[str, dict]:
    """What the guarded process says of each file in ``folder``, to which two good ones are added."""
    (folder / "good.pkl").write_bytes(flame_2020(head_arrays()))
    np.savez(folder / "good.npz", **head_arrays())
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(ROOT / "tests" / "package" / "load_guarded.py"), str(folder), *loaders]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=580)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    for name in ("good.pkl", "good.npz"):
        assert told.pop(name)["results"]["load_model"] == "loaded"
    return told


def assert_harmless(told: dict[str, dict]) -> None:
    """Every loader either loaded the file or gave one short sentence that names it, in little memory and time."""
    for name, said in told.items():
        for loader, result in said["results"].items():
            what = f"{name}, {loader}: {result[:300]}"
            assert "Error!" not in result, what
            assert result == "loaded" or (f"/{name}" in result and result.endswith(".")), what
            assert "\n" not in result, what
            assert len(result) < 700, what
            assert "there is not enough of it" not in result, f"{what} (refused only when memory had run out)"
        assert said["megabytes"] < MAX_MEGABYTES, f"{name} took {said['megabytes']:.0f} MB"
        assert said["cpu"] < MAX_SECONDS, f"{name} took {said['cpu']:.0f} s"


def assert_no_model(told: dict[str, dict]) -> None:
    assert [name for name, said in told.items() if said["results"]["load_model"] == "loaded"] == []


def test_nothing_runs(tmp_path):
    canary, files = tmp_path / "canary", tmp_path / "files"
    files.mkdir()
    for index, (name, content) in enumerate(files_that_run(f"touch {canary}").items()):
        stem = f"{index} " + "".join(letter if letter.isalnum() else "-" for letter in name)
        (files / f"{stem}.pkl").write_bytes(content)
        if index % 5 == 0:
            array = npy_of(content)
            (files / f"{stem}.npy").write_bytes(array)
            (files / f"{stem}.npz").write_bytes(zipped({"v_template.npy": array, "shapedirs.npy": array}))
            (files / f"{stem}.pt").write_bytes(zipped({"a/data.pkl": content}))
    told = told_of(files)
    assert len(told) > 600
    assert_harmless(told)
    assert_no_model(told)
    assert not canary.exists()


def test_the_canary_sings_in_python_s_own_unpickler(tmp_path):
    """The same files are dangerous: without this, the test above could not fail."""
    canary = tmp_path / "canary"
    for content in (
        in_a_model(calling("os", "system", text(f"touch {canary}"))),
        pickle.dumps(Runs(f"touch {canary}")),
    ):
        pickle.loads(content)
        assert canary.exists()
        canary.unlink()


def test_the_guard_stops_what_it_should(tmp_path):
    """Each kind of thing that it forbids, done on purpose."""
    code = f"""
import sys; sys.path.insert(0, {str(ROOT / "tests" / "package")!r})
import load_guarded, os, pickle, subprocess
sys.addaudithook(load_guarded.guard)
for act in (lambda: os.system("true"), lambda: exec("1"), lambda: pickle.loads(b"cos\\nsystem\\n."),
            lambda: open("x", "w"), lambda: __import__("this"),
            lambda: subprocess.run(["true"]), lambda: os.remove("x"),
            lambda: os.open("x", os.O_CREAT | os.O_RDWR)):
    print(load_guarded.outcome(lambda path: act(), None).split()[0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["GuardError!:"] * 8


def test_the_list_of_known_names_is_the_one_that_was_thought_through():
    """Whoever adds a name should come here and think about what a stranger's arguments could do with it."""
    numpy = {"multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer"}
    scipy = {"csc_matrix", "csr_matrix", "coo_matrix"}
    torch = {"Double", "Float", "Half", "Long", "Int", "Short", "Char", "Byte", "Bool"}
    builtins = {"set", "bytes", "bytearray", "object"}
    assert {f"{module}.{name}" for module, name in KNOWN} == {
        *(f"{module}.{name}" for module in ("numpy.core", "numpy._core") for name in numpy),
        *(f"scipy.sparse.{name[:3]}.{name}" for name in scipy),
        *(f"scipy.sparse._{name[:3]}.{name[:3]}_{kind}" for name in scipy for kind in ("matrix", "array")),
        *(f"torch.{kind}Storage" for kind in torch),
        *(f"{module}.{name}" for module in ("builtins", "__builtin__") for name in builtins),
        *("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "torch.storage._load_from_bytes"),
        *("numpy.ndarray", "numpy.dtype", "chumpy.ch.Ch", "_codecs.encode", "collections.OrderedDict"),
        *("copyreg._reconstructor", "copy_reg._reconstructor"),
    }


@pytest.mark.parametrize(
    ("make", "loaders"), [(files_that_swell, ()), (long_pickles, ("load_model",))], ids=["swelling", "long"]
)
def test_memory_is_not_taken(tmp_path, make, loaders):
    for index, (name, content) in enumerate(make().items()):
        (tmp_path / f"{index} {name.replace(' ', '-')}").write_bytes(content)
    told = told_of(tmp_path, *loaders)
    assert_harmless(told)
    assert_no_model(told)


def real_formats(folder: Path) -> dict[str, bytes]:
    """A small file in each of the formats that are loaded."""
    arrays, made = head_arrays(n_vertices=4), folder / "made"
    made.mkdir()
    (made / "2020.pkl").write_bytes(flame_2020(arrays))
    save_model(load_model(made / "2020.pkl"), made / "own.npz")
    np.savez_compressed(made / "smplx.npz", **arrays)
    dynamic = {"lmk_face_idx": [np.arange(17, dtype=np.uint32)] * 79, "lmk_b_coords": [np.full((17, 3), 1 / 3)] * 79}
    return {path.name: path.read_bytes() for path in sorted(made.iterdir())} | {
        "open.pkl": flame_2023_open(arrays, 5),
        "python2.pkl": old_pickle(arrays, 0),
        "masks.pkl": old_pickle({"face": np.arange(40), "neck": np.arange(9)}, 0),
        "dynamic.npy": npy_of(old_pickle(np.array(dynamic, object), 2)),
        "template.obj": b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n" * 3,
    }


LOADER_OF = {"masks.pkl": "load_regions", "dynamic.npy": "load_landmarks", "template.obj": "load_template"}


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """A few bits flipped, bytes set, a piece cut out or repeated, mostly where the file says what it holds."""
    raw = bytearray(content)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(len(raw) if rng.random() < 0.3 else min(len(raw), 700)))
        kind = rng.integers(4)
        if kind == 0:
            raw[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            raw[at] = int(rng.integers(256))
        elif kind == 2:
            del raw[at : at + int(rng.integers(1, 9))]
        else:
            raw[at:at] = raw[at : at + int(rng.integers(1, 40))]
    return bytes(raw)


def test_damage_anywhere_is_named_or_harmless(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    rng = np.random.default_rng(20261122)
    formats = real_formats(tmp_path)
    for name, content in formats.items():
        (files / f"whole {name}").write_bytes(content)
        for end in rng.choice(len(content), min(60, len(content)), replace=False):
            (files / f"{end} cut {name}").write_bytes(content[:end])
        for number in range(150):
            (files / f"{number} damaged {name}").write_bytes(damaged(content, rng))
    told = told_of(files)
    assert_harmless(told)
    for name in formats:
        results = {key: said["results"][LOADER_OF.get(name, "load_model")] for key, said in told.items() if name in key}
        assert results.pop(f"whole {name}") == "loaded"
        # A share of the changes hits the numbers themselves, which nothing but a zip's CRC can notice.
        assert sum(result != "loaded" for result in results.values()) > 0.3 * len(results), name


@pytest.mark.parametrize("name", ["2020.pkl", "own.npz", "open.pkl", "smplx.npz"])
def test_no_truncated_model_is_ever_loaded(tmp_path, name):
    content = real_formats(tmp_path)[name]
    path = tmp_path / "cut"
    for end in range(0, len(content), 97):
        path.write_bytes(content[:end])
        with pytest.raises(ModelError, match=r"^" + str(path)):
            load_model(path)
