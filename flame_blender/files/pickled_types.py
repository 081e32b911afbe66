"""The exact list of globals that FLAME pickles name, each standing for a small checked function of ours.

NumPy's own constructors are never handed what a file says: arrays are made from dtype, shape and bytes after checking
that the three agree. chumpy and SciPy need not be installed: a chumpy object is the array in its state, a SciPy matrix
its index and data arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from .file_budget import spend_for_array
from .raw_arrays import RefusedError, array_from_bytes, array_of_objects, plain_dtype, plain_shape, shortened
from .safe_unpickle import Known, KnownGlobals, Unbuilt, plain_key

LATIN_1_NAMES = ("latin1", "latin-1")


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A SciPy matrix: ``data`` (N,) at ``rows`` (N,) and ``columns`` (N,) of ``shape``; values at one place add up."""

    shape: tuple[int, ...]
    data: np.ndarray
    rows: np.ndarray
    columns: np.ndarray

    def dense(self) -> np.ndarray:
        """The matrix with its zeros, ``shape`` float64. Check the shape first: zeros take memory too."""
        dense = np.zeros(self.shape)
        np.add.at(dense, (self.rows, self.columns), self.data)
        return dense


class _Array(Unbuilt):
    """What ``_reconstruct`` returns before its state arrives."""

    def build(self, state: object) -> np.ndarray:
        if not isinstance(state, tuple) or len(state) != 5:
            raise RefusedError(f"holds an array with the state {shortened(state)}, expected five values")
        _, shape, dtype, fortran, raw = state
        if not isinstance(dtype, np.dtype):
            raise RefusedError(f"holds an array of {shortened(dtype)}, expected a dtype")
        shape = plain_shape(shape)
        if dtype.kind == "O":
            if type(raw) is not list:
                raise RefusedError(f"holds an array of objects made of {shortened(raw)}, expected a list")
            return array_of_objects(shape, bool(fortran), raw)
        array = array_from_bytes(dtype, shape, bool(fortran), _raw_bytes(raw))
        spend_for_array(dtype, array.size, held=True)
        return array


@dataclass(frozen=True, eq=False)
class _Dtype(Unbuilt):
    """A dtype before its byte order arrives."""

    dtype: np.dtype

    def build(self, state: object) -> np.dtype:
        if not isinstance(state, tuple) or len(state) < 5 or any(part is not None for part in state[2:5]):
            raise RefusedError(f"holds a dtype with the state {shortened(state)}, expected a byte order only")
        order = state[1]
        if not isinstance(order, str) or order not in ("<", ">", "=", "|"):
            raise RefusedError(f"holds a dtype of byte order {shortened(order)}")
        return self.dtype if order == "|" or self.dtype.kind == "O" else np.dtype(order + self.dtype.str[1:])


class _Chumpy(Unbuilt):
    """chumpy.ch.Ch: the array lies in state key ``x``."""

    def build(self, state: object) -> object:
        if not isinstance(state, dict) or "x" not in state:
            raise RefusedError("holds a chumpy object without its array x")
        return state["x"]


@dataclass(frozen=True, eq=False)
class _SciPyMatrix(Unbuilt):
    """A scipy.sparse matrix: ``_shape``, ``data`` and the index arrays, whatever else its version stored."""

    layout: str

    def build(self, state: object) -> SparseMatrix:
        if not isinstance(state, dict):
            raise RefusedError(f"holds a sparse matrix with the state {shortened(state)}, expected a dict")
        shape = plain_shape(state.get("_shape", state.get("shape")))
        data = _vector(state, "data", "fiu")
        if len(shape) != 2:
            raise RefusedError(f"holds a sparse matrix of shape {shape}, expected two sizes")
        if self.layout == "coo":
            rows, columns = _coo_indices(state)
        else:
            minor = _vector(state, "indices", "iu")
            major = _expanded(_vector(state, "indptr", "iu"), shape[self.layout == "csc"], len(minor))
            minor, data = minor[: len(major)], data[: len(major)]
            rows, columns = (minor, major) if self.layout == "csc" else (major, minor)
        if not len(rows) == len(columns) == len(data):
            raise RefusedError(
                f"holds a sparse matrix of {len(data)} values at {len(rows)} rows, {len(columns)} columns"
            )
        for indices, size in ((rows, shape[0]), (columns, shape[1])):
            if len(indices) and not 0 <= indices.min() <= indices.max() < size:
                raise RefusedError(f"holds a sparse matrix of shape {shape} with indices outside it")
        return SparseMatrix(shape, data, rows.astype(np.int64), columns.astype(np.int64))


def _vector(state: dict, key: str, kinds: str) -> np.ndarray:
    value = state.get(key)
    if not isinstance(value, np.ndarray) or value.ndim != 1 or value.dtype.kind not in kinds:
        raise RefusedError(f"holds a sparse matrix whose {key} is {shortened(value)}, expected a list of numbers")
    return value


def _coo_indices(state: dict) -> tuple[np.ndarray, np.ndarray]:
    coords = state.get("coords")
    if isinstance(coords, tuple) and len(coords) == 2:
        state = {"row": coords[0], "col": coords[1]}
    return _vector(state, "row", "iu"), _vector(state, "col", "iu")


def _expanded(ends: np.ndarray, count: int, n_stored: int) -> np.ndarray:
    """Row (or column) of each stored value from where each row ends, ``indptr`` of CSR and CSC."""
    if len(ends) != count + 1:
        raise RefusedError(f"holds a sparse matrix with {len(ends)} row ends, expected {count + 1}")
    ends = ends.astype(np.int64)
    counts = np.diff(ends)
    if ends[0] != 0 or counts.min(initial=0) < 0 or ends[-1] > n_stored:
        raise RefusedError(f"holds a sparse matrix whose indptr does not rise from 0 to at most {n_stored}")
    return np.repeat(np.arange(count), counts)


def _raw_bytes(raw: object) -> bytes:
    """An array's bytes; Python 2's byte strings have come as Latin-1 text."""
    if isinstance(raw, str):
        return raw.encode("latin-1")
    if not isinstance(raw, bytes):
        raise RefusedError(f"holds an array made of {shortened(raw)}, expected bytes")
    return raw


def _reconstruct(subtype: object, shape: object, type_code: object) -> _Array:  # noqa: ARG001 (the state repeats them)
    if subtype is not _NDARRAY:
        raise RefusedError(f"makes an array of type {shortened(subtype)}, expected numpy.ndarray")
    return _Array()


def _make_dtype(text: object, align: object = False, copy: object = True) -> _Dtype:  # noqa: ARG001 (no effect on plain dtypes)
    return _Dtype(plain_dtype(text))


def _scalar(dtype: object, raw: object) -> object:
    if not isinstance(dtype, np.dtype):
        raise RefusedError(f"holds a number of {shortened(dtype)}, expected a dtype")
    return array_from_bytes(dtype, (), False, _raw_bytes(raw))[()]


def _frombuffer(raw: object, dtype: object, shape: object, order: object, axis_order: object = None) -> np.ndarray:
    """NumPy's protocol 5 form: the bytes, then how to see them."""
    if not isinstance(dtype, np.dtype) or not isinstance(order, str) or order not in ("C", "F", "K"):
        raise RefusedError(f"holds an array of {shortened(dtype)} in order {shortened(order)}")
    array = array_from_bytes(dtype, plain_shape(shape), order == "F", _raw_bytes(raw))
    spend_for_array(dtype, array.size, held=True)
    return array if axis_order is None else array.transpose(plain_shape(axis_order))


def _encode(text: object, encoding: object) -> bytes:
    if not isinstance(text, str) or not isinstance(encoding, str) or encoding not in LATIN_1_NAMES:
        raise RefusedError(f"encodes {shortened(text)} as {shortened(encoding)}, expected text as latin1")
    return text.encode("latin-1")


def _set(members: object = ()) -> set:
    if not isinstance(members, (list, tuple)):
        raise RefusedError(f"makes a set of {shortened(members)}, expected a list")
    return set(map(plain_key, members))


def _bytes(raw: object = b"") -> bytes:
    """``bytes()`` and ``bytearray(b'...')``, as older protocols wrote them."""
    return _raw_bytes(raw)


def _ordered_dict() -> dict:
    return {}


def _reconstructor(kind: object, base: object, state: object) -> object:
    """Python 2's way to make an object in protocols 0 and 1."""
    if type(kind) is not Known or base is not _OBJECT or state is not None:
        raise RefusedError(f"makes {shortened(kind)} on {shortened(base)}")
    return kind.make()


def _not_callable(*arguments: object) -> object:
    raise RefusedError(f"calls a type with {len(arguments)} values, expected it only to be named")


_NDARRAY = Known("numpy.ndarray", _not_callable)
_OBJECT = Known("object", _not_callable)


def _table() -> KnownGlobals:
    table = {("numpy", "ndarray"): _NDARRAY, ("numpy", "dtype"): Known("numpy.dtype", _make_dtype)}
    for core in ("numpy.core", "numpy._core"):
        table[f"{core}.multiarray", "_reconstruct"] = Known("numpy _reconstruct", _reconstruct)
        table[f"{core}.multiarray", "scalar"] = Known("numpy scalar", _scalar)
        table[f"{core}.numeric", "_frombuffer"] = Known("numpy _frombuffer", _frombuffer)
    for layout in ("csc", "csr", "coo"):
        matrix = Known(f"scipy {layout}_matrix", partial(_SciPyMatrix, layout))
        table[f"scipy.sparse.{layout}", f"{layout}_matrix"] = matrix
        table[f"scipy.sparse._{layout}", f"{layout}_matrix"] = matrix
        table[f"scipy.sparse._{layout}", f"{layout}_array"] = matrix
    for builtins in ("builtins", "__builtin__"):
        table[builtins, "set"] = Known("set", _set)
        table[builtins, "bytes"] = table[builtins, "bytearray"] = Known("bytes", _bytes)
        table[builtins, "object"] = _OBJECT
    for copyreg in ("copyreg", "copy_reg"):
        table[copyreg, "_reconstructor"] = Known("copyreg _reconstructor", _reconstructor)
    table["chumpy.ch", "Ch"] = Known("chumpy.ch.Ch", _Chumpy)
    table["_codecs", "encode"] = Known("_codecs.encode", _encode)
    table["collections", "OrderedDict"] = Known("collections.OrderedDict", _ordered_dict)
    return table


PICKLED_TYPES = _table()
