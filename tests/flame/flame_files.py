"""Small made-up heads, written the way each of FLAME's tools writes its files. No chumpy, SciPy or Python 2 needed."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

N_JOINTS = 5
ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"


class Ch:
    """Bears chumpy's name: a pickle holds nothing of it but the name and the state."""

    __module__ = "chumpy.ch"

    def __init__(self, array: np.ndarray) -> None:
        self.__dict__ = {
            "_dirty_vars": {"x"}, "_itr": None, "_depends_on_deps": {}, "_make_dense": False, "_make_sparse": False,
            "_status": "idle", "x": array,
        }  # fmt: skip


class csc_matrix:  # noqa: N801 (SciPy's name)
    """Bears SciPy's name, with the state that SciPy's own matrix pickles."""

    __module__ = "scipy.sparse.csc"

    def __init__(self, dense: np.ndarray, **more: object) -> None:
        columns, rows = np.nonzero(dense.T)
        ends = np.concatenate([[0], np.cumsum((dense != 0).sum(0))])
        self.__dict__ = {
            "_shape": dense.shape, "maxprint": 50, "data": dense[rows, columns], "indices": rows.astype(np.int32),
            "indptr": ends.astype(np.int32), "format": "csc", **more,
        }  # fmt: skip


Pickler: Any = pickle._Pickler  # the one written in Python, whose methods no stub describes


class OldPickler(Pickler):
    """Writes globals under the module names of older libraries and, for Python 2, texts as byte strings."""

    dispatch = dict(Pickler.dispatch)

    def __init__(self, file: io.BytesIO, protocol: int, python2: bool, modules: dict[str, str]) -> None:
        super().__init__(file, protocol)
        self.python2, self.modules = python2, modules

    def save_global(self, obj: Any, name: str | None = None) -> None:
        module, name = obj.__module__, name or obj.__qualname__
        for new, old in self.modules.items():
            module = module.replace(new, old)
        if self.proto >= 4:
            self.save(module)
            self.save(name)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(obj)

    def save_text(self, obj: str | bytes) -> None:
        raw = obj.encode("latin-1") if isinstance(obj, str) else obj
        if not self.python2:
            (Pickler.save_str if isinstance(obj, str) else Pickler.save_bytes)(self, obj)
            return
        if self.proto == 0:
            self.write(pickle.STRING + repr(raw)[1:].encode() + b"\n")
        elif len(raw) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(raw)]) + raw)
        else:
            self.write(pickle.BINSTRING + len(raw).to_bytes(4, "little") + raw)
        self.memoize(obj)

    dispatch[str] = dispatch[bytes] = save_text
    dispatch[type] = dispatch[FunctionType] = dispatch[type(np.frombuffer)] = save_global


def old_pickle(value: object, protocol: int = 2, python2: bool = True, **modules: str) -> bytes:
    """``value`` as Python 2 with NumPy 1 pickled it (or, not ``python2``, as Python 3 with old module names)."""
    names = {"numpy._core": "numpy.core", **modules}
    if python2:
        names |= {"builtins": "__builtin__", "copyreg": "copy_reg"}
    file = io.BytesIO()
    OldPickler(file, protocol, python2, names).dump(value)
    return file.getvalue()


def head_arrays(seed: int = 0, n_vertices: int = 23, n_directions: int = 20) -> dict[str, np.ndarray]:
    """A made-up head under FLAME's keys, with the dtypes of a released file."""
    rng = np.random.default_rng(seed)
    weights = rng.random((n_vertices, N_JOINTS))
    regressor = np.where(rng.random((N_JOINTS, n_vertices)) < 0.3, rng.random((N_JOINTS, n_vertices)), 0.0)
    return {
        "v_template": rng.normal(size=(n_vertices, 3)),
        "f": rng.integers(0, n_vertices, (31, 3)).astype(np.uint32),
        "shapedirs": rng.normal(size=(n_vertices, 3, n_directions)),
        "posedirs": rng.normal(size=(n_vertices, 3, 36)),
        "J_regressor": regressor,
        "weights": weights / weights.sum(1, keepdims=True),
        "kintree_table": np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.uint32),
        "J": np.zeros((N_JOINTS, 3)),
        "bs_style": "lbs",
        "bs_type": "lrotmin",
    }


def flame_2020(arrays: dict[str, np.ndarray], **modules: str) -> bytes:
    """generic_model.pkl of 2017 to 2020: Python 2, protocol 2, chumpy objects and a sparse joint regressor."""
    wrapped = {key: Ch(arrays[key]) for key in ("v_template", "shapedirs", "posedirs", "weights", "J")}
    return old_pickle({**arrays, **wrapped, "J_regressor": csc_matrix(arrays["J_regressor"])}, **modules)


def flame_2023_open(arrays: dict[str, np.ndarray], n_expression: int) -> bytes:
    """flame2023_Open.pkl: Python 3, protocol 5, _frombuffer, no chumpy, metadata beside the arrays."""
    metadata = {
        "expr_source": "SUPR_head", "supr_gender": "male", "expr_components": "last_100", "n_expr": n_expression,
    }  # fmt: skip
    regressor = csc_matrix(arrays["J_regressor"])
    value = {**arrays, "J_regressor": regressor, "supr_expression_metadata": metadata}
    return old_pickle(value, 5, python2=False, **{"scipy.sparse.csc": "scipy.sparse._csc"})
