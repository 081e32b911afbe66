"""read_npy and read_npz give what NumPy gives, and refuse headers that do not fit the bytes behind them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.archive import container, npz_shapes, read_any, read_members, read_npy, read_npz

ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4)),
    np.array(2.5),
    np.zeros((3, 0), np.uint8),
    np.arange(3, dtype=">f8"),
    np.array([True, False]),
    np.array(["left_eye", "é"]),
    np.array(""),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_arrays(tmp_path, array, version):
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array(file, array, version)
    found = read_npy(tmp_path / "a.npy")
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert not found.flags.writeable


def test_arrays_of_objects(tmp_path):
    objects = np.empty((2, 2), object)
    objects[:] = [[{"a": 1}, [1]], [None, "x"]]
    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    assert read_npy(tmp_path / "a.npy").tolist() == objects.tolist()
    np.save(tmp_path / "b.npy", np.array({"a": 1}, object), allow_pickle=True)
    assert read_npy(tmp_path / "b.npy") == {"a": 1}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(tmp_path, save):
    named = {f"set/{i}": array for i, array in enumerate(ARRAYS)}
    save(tmp_path / "a.npz", **named)
    found = read_npz(tmp_path / "a.npz")
    assert list(found) == list(named)
    for key, array in named.items():
        np.testing.assert_array_equal(found[key], array)
    assert list(read_npz(tmp_path / "a.npz", only=("set/2", "absent"))) == ["set/2"]
    assert npz_shapes(tmp_path / "a.npz") == {key: (array.dtype, array.shape) for key, array in named.items()}


def test_members_that_are_no_arrays_are_passed_over(tmp_path):
    np.savez(tmp_path / "a.npz", a=np.arange(3))
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("README.txt", "hello")
    assert list(read_npz(tmp_path / "a.npz")) == ["a"]


def npy(header: str | bytes, data: bytes = bytes(24), version: int = 1) -> bytes:
    raw = header.encode("latin-1") if isinstance(header, str) else header
    return b"\x93NUMPY" + bytes([version, 0]) + len(raw).to_bytes(2 if version == 1 else 4, "little") + raw + data


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n"


@pytest.mark.parametrize(
    "header", [GOOD, GOOD.replace("(3,)", "(3L,)"), '{"shape":(3,),"fortran_order":False,"descr":"<f8"}']
)
def test_headers_of_python_2_and_of_other_writers(tmp_path, header):
    (tmp_path / "a.npy").write_bytes(npy(header))
    assert read_npy(tmp_path / "a.npy").tolist() == [0, 0, 0]


BAD = {
    "no version": (b"\x93NUMPY", "must be an array in NumPy's format"),
    "version 9": (npy(GOOD, version=9), "must be an array in NumPy's format"),
    "no length": (b"\x93NUMPY\x01\x00\x05", "must have a header of 1 to 10000 bytes, found 0"),
    "header too long": (npy(GOOD + " " * 10_000), "must have a header of 1 to 10000 bytes, found 10058"),
    "header of gigabytes": (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + GOOD.encode(), "found 4294967295"),
    "header cut short": (npy(GOOD)[:30], "expected a Python dict"),
    "code": (npy("__import__('os').system('true')"), "expected a Python dict"),
    "call in a value": (npy(GOOD.replace("(3,)", "exit()")), "expected a Python dict"),
    "nest": (npy("(" * 9000), "expected a Python dict"),
    "minus signs": (npy("-" * 9000 + "1"), "expected"),
    "huge number": (npy(GOOD.replace("3", "9" * 9000)), "expected"),
    "list": (npy("[1, 2]"), "expected descr, fortran_order and shape"),
    "missing key": (npy("{'descr': '<f8', 'shape': (3,)}"), "expected descr, fortran_order and shape"),
    "extra key": (npy(GOOD.replace("{", "{'x': 1, ")), "expected descr, fortran_order and shape"),
    "too few bytes": (npy(GOOD, bytes(23)), r"says 24 bytes for float64 \(3,\), found 23"),
    "too many bytes": (npy(GOOD, bytes(25)), r"says 24 bytes for float64 \(3,\), found 25"),
    "huge shape": (npy(GOOD.replace("(3,)", "(10**12,)")), "expected a Python dict"),
    "huge shape in digits": (npy(GOOD.replace("(3,)", f"({10**12},)")), "says 8000000000000 bytes"),
    "product beyond 64 bits": (npy(GOOD.replace("(3,)", f"({2**40},{2**40})")), "says 9671406556917033397649408 bytes"),
    "huge size beside zero": (npy(GOOD.replace("(3,)", f"(0,{2**62})")), "expected sizes that fit in memory"),
    "negative": (npy(GOOD.replace("(3,)", "(-3,)")), "expected sizes that fit in memory"),
    "shape of floats": (npy(GOOD.replace("(3,)", "(3.0,)")), "expected a tuple of whole numbers"),
    "shape of booleans": (npy(GOOD.replace("(3,)", "(True,)")), "expected a tuple of whole numbers"),
    "shape as a list": (npy(GOOD.replace("(3,)", "[3]")), "expected a tuple of whole numbers"),
    "many axes": (npy(GOOD.replace("(3,)", "(1," * 1 + "1," * 40 + ")")), "expected a tuple of whole numbers"),
    "structured": (npy(GOOD.replace("'<f8'", "[('a', '<f8')]")), "expected numbers, booleans or text"),
    "dates": (npy(GOOD.replace("f8", "M8[s]")), "expected numbers, booleans or text"),
    "void": (npy(GOOD.replace("f8", "V8")), "expected numbers, booleans or text"),
    "a C struct": (npy(GOOD.replace("<f8", "f8,f8")), "expected numbers, booleans or text"),
    "texts of no length": (npy(GOOD.replace("<f8", "<U0").replace("3", str(10**12)), b""), "texts of no length"),
    "texts that do not exist": (npy(GOOD.replace("<f8", "<U2"), b"\xff" * 24), "characters that do not exist"),
    "objects that are none": (npy(GOOD.replace("<f8", "|O"), b"\x80\x02K\x01."), "must unpickle to .* of 3 objects"),
    "objects that run code": (npy(GOOD.replace("<f8", "|O"), b"cos\nsystem\n."), "asks for 'os.system'"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_arrays_are_named(tmp_path, kind):
    data, message = BAD[kind]
    for path, name in ((tmp_path / "a.npy", ""), (tmp_path / "a.npz", ": key")):
        path.write_bytes(data if not name else zipped({"key.npy": data}))
        with pytest.raises(ModelError, match=message) as caught:
            read_any(path)
        assert str(caught.value).startswith(f"{path}{name}")
        assert len(str(caught.value)) < len(str(path)) + 300


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_the_two_methods_of_numpy_are_unpacked(tmp_path, method):
    """LZMA streams may ask for gigabytes of dictionary before giving a byte."""
    (tmp_path / "a.npz").write_bytes(zipped({"a.npy": npy(GOOD)}, method))
    with pytest.raises(ModelError, match="expected members stored or deflated"):
        read_npz(tmp_path / "a.npz")


def patched(raw: bytes, at: int, layout: int, value: int) -> bytes:
    return raw[:at] + value.to_bytes(layout, "little") + raw[at + layout :]


def test_a_zip_that_lies_about_sizes_is_named(tmp_path):
    raw = zipped({"a.npy": npy(GOOD)})
    directory = raw.index(b"PK\x01\x02")
    path = tmp_path / "a.npz"
    size = len(npy(GOOD))
    for packed, unpacked in (
        (size, 2**31 - 1),
        (2**31 - 1, 2**31 - 1),
        (2**31 - 1, size),
        (size, size - 1),
        (size - 1, size),
    ):
        path.write_bytes(patched(patched(raw, directory + 20, 4, packed), directory + 24, 4, unpacked))
        with pytest.raises(ModelError, match=r"^" + str(path)):
            read_npz(path)
    path.write_bytes(patched(raw, directory + 16, 4, 12345))
    with pytest.raises(ModelError, match=r"expected a whole zip, found damage \(\"Bad CRC-32 for file 'a.npy'\"\)"):
        read_npz(path)


def test_an_encrypted_zip_is_named(tmp_path):
    raw = zipped({"a.npy": npy(GOOD)})
    raw = patched(patched(raw, raw.index(b"PK\x01\x02") + 8, 2, 1), 6, 2, 1)
    (tmp_path / "a.npz").write_bytes(raw)
    with pytest.raises(ModelError, match="expected a plain zip, found one with a password"):
        read_npz(tmp_path / "a.npz")


def test_what_is_no_container(tmp_path):
    for name, content in (("text", b"hello"), ("empty zip", zipped({})), ("zip", zipped({"a.txt": b"hello"}))):
        (tmp_path / name).write_bytes(content)
        assert container(tmp_path / name) is None
        assert read_any(tmp_path / name) is None


def test_members_of_any_zip(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"a.txt": b"hello", "b.txt": b"there"}))
    found = read_members(tmp_path / "a.zip", lambda name: name != "b.txt", lambda file, size, _: file.read(size))
    assert found == {"a.txt": b"hello"}


def test_links_are_followed_and_rings_of_them_named(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(3))
    (tmp_path / "link.npy").symlink_to(tmp_path / "a.npy")
    assert read_npy(tmp_path / "link.npy").tolist() == [0, 1, 2]
    (tmp_path / "ring.npy").symlink_to(tmp_path / "ring.npy")
    with pytest.raises(ModelError, match=r"ring.npy: cannot be read \(Too many levels of symbolic links\)"):
        read_npy(tmp_path / "ring.npy")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_devices_are_not_read():
    with pytest.raises(ModelError, match="expected an ordinary file, found a device or a pipe"):
        read_any("/dev/zero")
