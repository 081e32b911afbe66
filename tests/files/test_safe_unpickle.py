"""The data-only unpickler gives what Python's own gives for plain data, in every protocol, and nothing else."""

from __future__ import annotations

import math
import pickle
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.archive import KNOWN
from flame_blender.files.pickled_types import SparseMatrix
from flame_blender.files.safe_unpickle import unpickle
from tests.flame.flame_files import Ch, csc_matrix, old_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
PLAIN = {
    "constants": [None, True, False],
    "integers": [0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, -(2**31), 2**31, 2**63, -(2**200)],
    "floats": [0.0, -1.5, 1e300, math.inf, -math.inf],
    "texts": ["", "jaw", "ç€𝄞", "line\nbreak\\x00", "x" * 300, "\ud800"],
    "bytes": [b"", b"\x00\xff", bytes(range(256)) * 2],
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((), ((),))],
    "containers": {"list": [[], [1]], 3: {}, 2.5: {"a": {"b": None}}, b"k": 1, None: 2, True: 3},
    "sets": [set(), {1, "a"}, {2.5}],
}


def load(data: bytes) -> Any:
    value, end = unpickle(data, "file", KNOWN)
    assert end == len(data)
    return value


def same(found: Any, expected: Any) -> bool:
    """Equal in value and in type, arrays in dtype and shape too, in either byte order."""
    if type(found) is not type(expected):
        return False
    if isinstance(expected, np.ndarray):
        if found.dtype.newbyteorder("=") != expected.dtype.newbyteorder("=") or found.shape != expected.shape:
            return False
        return all(map(same, found.ravel().tolist(), expected.ravel().tolist()))
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        return len(found) == len(expected) and all(map(same, found, expected))
    return bool(found == expected)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", PLAIN)
def test_plain_values(kind, protocol):
    assert same(load(pickle.dumps(PLAIN[kind], protocol)), PLAIN[kind])


@pytest.mark.parametrize("protocol", [4, 5])
def test_frozen_sets_and_byte_arrays_come_as_plain_data(protocol):
    assert load(pickle.dumps(frozenset({1, 2}), protocol)) == frozenset({1, 2})
    assert load(pickle.dumps(bytearray(b"abc"), protocol)) == b"abc"
    assert load(pickle.dumps(OrderedDict(), protocol)) == {}


def random_value(rng: np.random.Generator, depth: int = 0) -> object:
    kinds = [
        lambda: int(rng.integers(-(2**40), 2**40)),
        lambda: float(rng.normal()),
        lambda: "".join(map(chr, rng.integers(1, 0x2FF, rng.integers(0, 20)))),
        lambda: rng.bytes(int(rng.integers(0, 300))),
        lambda: rng.normal(size=rng.integers(0, 4, 2)).astype(rng.choice(["f4", "f8", "i2", "u4"])),
        lambda: rng.choice(["a", "bc"], rng.integers(1, 3)),
    ]
    if depth < 4:
        items = [random_value(rng, depth + 1) for _ in range(rng.integers(0, 5))]
        kinds += [
            lambda: items,
            lambda: tuple(items),
            lambda: dict(enumerate(items)),
            lambda: {str(i): i for i in items},
        ]
        kinds += [lambda: {f"key {i}": item for i, item in enumerate(items)}] * 2
    return kinds[rng.integers(len(kinds))]()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_random_nests_equal_python_s_own(protocol):
    rng = np.random.default_rng(protocol)
    for _ in range(60):
        data = pickle.dumps([random_value(rng) for _ in range(3)], protocol)
        assert same(load(data), pickle.loads(data))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "array",
    [
        np.arange(24.0).reshape(2, 3, 4),
        np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4)),
        np.arange(24, dtype=np.uint8).reshape(2, 3, 4).transpose(1, 0, 2),
        np.array(2.5),
        np.zeros((0, 3)),
        np.arange(5, dtype=">i4"),
        np.array([True, False]),
        np.array([1 + 2j], np.complex64),
        np.array(["ab", "€"]),
        np.array([b"ab", b"c"]),
        np.array([None, [1, 2], {"a": np.ones(2)}], object),
        np.array({"inside": 1}, object),
        np.float32([np.inf, -0.0]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays(array, protocol):
    found = load(pickle.dumps(array, protocol))
    assert isinstance(found, np.ndarray)
    assert same(found, pickle.loads(pickle.dumps(array, protocol)))
    assert array.dtype.kind == "O" or not found.flags.writeable


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int64(-3), np.bool_(True), np.str_("jaw")])
def test_numpy_scalars(scalar, protocol):
    found = load(pickle.dumps(scalar, protocol))
    assert found == scalar
    assert found.dtype == scalar.dtype


@pytest.mark.parametrize("protocol", [0, 1, 2])
def test_byte_strings_of_python_2(protocol):
    raw = bytes(range(256))
    array = np.arange(300.0).reshape(3, 100)
    found = load(old_pickle({"all": raw, "quotes": b"'\"\\", "array": array, "short": array[:1, :3]}, protocol))
    assert found["all"] == raw.decode("latin-1")
    assert found["quotes"] == "'\"\\"
    assert same(found["array"], array)
    assert same(found["short"], array[:1, :3])


@pytest.mark.parametrize("quoted", [b"'open", b"'", b"", b"'a\"", b"'\\", b"'\\'", b"'\\q'", b"'\\x4'", b"no quotes"])
def test_bad_quotes_are_refused(quoted):
    with pytest.raises(ModelError, match=r"^file: expected"):
        load(b"S" + quoted + b"\n.")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_one_object_named_twice_stays_one(protocol):
    array = np.arange(3.0)
    inner: list[object] = []
    found = load(pickle.dumps({"a": array, "b": [array, inner, inner]}, protocol))
    assert found["a"] is found["b"][0]
    assert found["b"][1] is found["b"][2]


def test_what_holds_itself_or_nests_without_end_is_refused():
    """No reader could walk it, nor tell of it."""
    inner: list = []
    inner.append(inner)
    own: dict = {}
    own["codedict"] = own
    deep: object = 1
    for _ in range(70):
        deep = [deep]
    for value in (inner, own, deep):
        with pytest.raises(ModelError, match="nests deeper than 64"):
            load(pickle.dumps(value))


def test_what_is_named_many_times_counts_many_times():
    """Ten lists of ten lists ... are as much as what they stand for; the same list named twice is no harm."""
    value: list = [1] * 10
    for _ in range(4):
        value = [value] * 10
    assert load(pickle.dumps(value)) == value
    for _ in range(3):
        value = [value] * 10
    with pytest.raises(ModelError, match="again and again"):
        load(pickle.dumps(value))


@pytest.mark.parametrize("place", ["key", "member", "memo"])
def test_numbers_of_one_hash_are_no_keys(place):
    """Multiples of 2**61 - 1 all hash to 0: a dict of n of them would take n * n steps."""
    numbers = [(2**61 - 1) * (100 + k) for k in range(20)]
    if place == "memo":
        raw = b"N" + b"".join(b"p%d\n" % number for number in numbers) + b"."
    else:
        raw = pickle.dumps(set(numbers) if place == "member" else dict.fromkeys(numbers), 4)
    with pytest.raises(ModelError, match=r"bits as a key|under the number"):
        load(raw)
    assert load(pickle.dumps(dict.fromkeys([2**63 - 1, -(2**63), 0]))).keys() == {2**63 - 1, -(2**63), 0}


@pytest.mark.parametrize("protocol", [0, 1, 2])
def test_chumpy_objects_are_their_arrays(protocol):
    array = np.arange(6.0).reshape(2, 3)
    wrapped = Ch(array)
    found = load(old_pickle({"first": wrapped, "again": wrapped}, protocol))
    assert same(found["first"], array)
    assert found["again"] is found["first"]


@pytest.mark.parametrize("protocol", [0, 2])
def test_sparse_matrix_by_name(protocol):
    dense = np.array([[0.0, 2.0, 0.0], [1.5, 0.0, 0.0]])
    found = load(old_pickle(csc_matrix(dense), protocol))
    assert isinstance(found, SparseMatrix)
    np.testing.assert_array_equal(found.dense(), dense)


@pytest.mark.parametrize("layout", ["csc_matrix", "csr_matrix", "coo_matrix", "csc_array", "csr_array", "coo_array"])
@pytest.mark.parametrize("protocol", [2, 5])
def test_sparse_matrices_of_scipy(layout, protocol):
    sparse = pytest.importorskip("scipy.sparse", reason="SciPy is not installed: its own pickles are not tried")
    rng = np.random.default_rng(5)
    dense = np.where(rng.random((4, 7)) < 0.4, rng.normal(size=(4, 7)), 0.0)
    matrix = getattr(sparse, layout)(dense)
    np.testing.assert_array_equal(load(pickle.dumps(matrix, protocol)).dense(), dense)


def test_values_at_one_place_add_up():
    matrix = csc_matrix(
        np.eye(2), data=np.array([1.0, 2.0, 3.0]), indices=np.array([0, 0, 1]), indptr=np.array([0, 2, 3])
    )
    np.testing.assert_array_equal(load(old_pickle(matrix)).dense(), [[3.0, 0.0], [0.0, 3.0]])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"indptr": np.array([0, 1])}, "2 row ends, expected 3"),
        ({"indptr": np.array([0, 1, 2**50])}, "indptr does not rise"),
        ({"indptr": np.array([0, 5, 2])}, "indptr does not rise"),
        ({"indptr": np.array([1, 1, 2])}, "indptr does not rise"),
        ({"indices": np.array([0, 2])}, "indices outside it"),
        ({"indices": np.array([-1, 1])}, "indices outside it"),
        ({"data": np.array([1.0])}, "1 values at 2 rows"),
        ({"data": np.array(["a", "b"])}, "whose data is an array"),
        ({"data": [1.0, 2.0]}, "whose data is a list"),
        ({"_shape": (2, 2, 2)}, "expected two sizes"),
        ({"_shape": (2, -2)}, "expected sizes that fit"),
        ({"_shape": None}, "tuple of whole numbers"),
    ],
)
def test_impossible_sparse_matrices_are_refused(changed, message):
    with pytest.raises(ModelError, match=message):
        load(old_pickle(csc_matrix(np.eye(2), **changed)))


def test_errors_name_the_file_and_what_was_found():
    with pytest.raises(ModelError, match=r"^head.pkl: expected plain data, but the pickle asks for 'os.system', which"):
        unpickle(b"cos\nsystem\n.", "head.pkl", KNOWN)
    with pytest.raises(ModelError, match=r"^head.pkl: .*ends early"):
        unpickle(b"\x80\x02X\xff\xff\xff\x7fab", "head.pkl", KNOWN)
    with pytest.raises(ModelError, match=r"^head.pkl: expected a whole pickle, found damage near byte 1 of 1"):
        unpickle(b".", "head.pkl", KNOWN)
