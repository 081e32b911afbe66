"""NumPy arrays out of raw bytes: every number of a header is checked before memory is taken."""

from __future__ import annotations

import math
import re

import numpy as np

from .file_budget import spend

MAX_DIMENSIONS = 32
BYTES_PER_LISTED_NUMBER = 24
MAX_CODE_POINT = 0x10FFFF
# Numbers, booleans and texts. Structured, date and void dtypes occur in no FLAME file.
_PLAIN_DTYPE = re.compile(r"[<>|=]?(?:\?|b1|i[1248]|u[1248]|f[248]|c8|c16|[SU]\d{1,7}|O[48]?)")


class RefusedError(ValueError):
    """The file asks for something that is not plain data; the message goes behind the file's name."""


def plain_dtype(text: object) -> np.dtype:
    """``"<f8"`` and its like as a dtype. RefusedError for all but numbers, booleans, texts and objects."""
    if not isinstance(text, str) or not _PLAIN_DTYPE.fullmatch(text):
        raise RefusedError(f"holds an array of dtype {shortened(text)}, expected numbers, booleans or text")
    return np.dtype(text if not text.endswith(("O4", "O8")) else "O")


def plain_shape(shape: object) -> tuple[int, ...]:
    """A tuple of sizes, or RefusedError."""
    if not isinstance(shape, tuple) or len(shape) > MAX_DIMENSIONS or any(type(size) is not int for size in shape):
        raise RefusedError(f"holds an array of shape {shortened(shape)}, expected a tuple of whole numbers")
    if any(not 0 <= size < 2**48 for size in shape):
        raise RefusedError(f"holds an array of shape {shortened(shape)}, expected sizes that fit in memory")
    return shape


def byte_count(dtype: np.dtype, shape: tuple[int, ...]) -> int:
    """Bytes that an array of numbers or text takes; RefusedError for many elements of no size."""
    count = math.prod(shape)
    if dtype.itemsize == 0 and count > 1:
        raise RefusedError(f"holds {count} texts of no length, expected at most one")
    return count * dtype.itemsize


def array_from_bytes(dtype: np.dtype, shape: tuple[int, ...], fortran: bool, raw: bytes) -> np.ndarray:
    """The array over ``raw``, without a copy, read-only. RefusedError unless there are exactly the bytes it takes."""
    expected = byte_count(dtype, shape)
    if dtype.kind == "O" or len(raw) != expected:
        raise RefusedError(f"holds {len(raw)} bytes for an array of {dtype} {shape}, expected {expected}")
    if not raw:
        empty = np.zeros(shape, dtype)
        empty.setflags(write=False)
        return empty
    if dtype.kind == "U" and np.frombuffer(raw, np.dtype("u4").newbyteorder(dtype.byteorder)).max() > MAX_CODE_POINT:
        raise RefusedError("holds text with characters that do not exist")
    array = np.frombuffer(raw, dtype)
    return array.reshape(shape, order="F" if fortran else "C")


def array_of_objects(shape: tuple[int, ...], fortran: bool, items: list) -> np.ndarray:
    """An object array holding ``items``. RefusedError unless they are as many as the shape says."""
    if len(items) != math.prod(shape):
        raise RefusedError(f"holds {len(items)} objects for an array of shape {shape}, expected {math.prod(shape)}")
    array = np.empty(len(items), object)
    for index, item in enumerate(items):
        array[index] = item
    return array.reshape(shape, order="F" if fortran else "C")


def as_numbers(value: object) -> np.ndarray:
    """Nested lists of numbers, or of arrays of them, as an array; arrays as they are. RefusedError for anything else.

    They are counted before NumPy makes an array of them: a list can name one long array, or a text, many times.
    """
    if not isinstance(value, np.ndarray):
        count = _count_of_numbers(value, 0)
        spend(n_bytes=BYTES_PER_LISTED_NUMBER * count)
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError, TypeError) as error:  # lists of unequal length
        raise RefusedError(f"holds {shortened(value)}, expected numbers in rows of one length") from error
    if array.dtype.kind not in "fiu":
        raise RefusedError(f"holds {shortened(value)}, expected numbers")
    return array


def _count_of_numbers(value: object, depth: int) -> int:
    if isinstance(value, (float, int, np.number)):
        return 1
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return value.size
    if not isinstance(value, (list, tuple)) or depth > MAX_DIMENSIONS:
        raise RefusedError(f"holds {shortened(value)}, expected numbers")
    return sum(_count_of_numbers(item, depth + 1) for item in value)


def fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    """Whether ``shape`` is the expected one, None standing for any size."""
    return len(shape) == len(expected) and all(want in (None, has) for want, has in zip(expected, shape, strict=True))


def shape_text(expected: tuple[int | None, ...]) -> str:
    """How an error writes an expected shape: ``(any, 3)``."""
    sizes = ["any" if want is None else str(want) for want in expected]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def shortened(value: object, limit: int = 60) -> str:
    """What an error message may quote of a value that came out of a file: one line, never long."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} {value.shape}"
    if isinstance(value, tuple) and len(value) <= 6:
        return f"({', '.join(shortened(item, 20) if not isinstance(item, tuple) else '(...)' for item in value)})"
    if isinstance(value, (str, bytes)):
        return repr(value[:limit]) + "..." * (len(value) > limit)
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    count = f" of {len(value)}" if isinstance(value, (list, tuple, dict, set, frozenset)) else ""
    return f"a {type(value).__name__}{count}"
