"""Pieces of pickles, .npy files and zips put together by hand, for files that no library would write."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile

PROTO = b"\x80\x04"
STOP = b"."
RECONSTRUCT = b"cnumpy.core.multiarray\n_reconstruct\n"


def counted(raw: bytes) -> bytes:
    return struct.pack("<I", len(raw)) + raw


def text(value: str) -> bytes:
    return b"X" + counted(value.encode())


def integer(value: int) -> bytes:
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def tuple_of(*values: bytes) -> bytes:
    return b"(" + b"".join(values) + b"t"


def shape(*sizes: int) -> bytes:
    return tuple_of(*map(integer, sizes))


def calling(module: str, name: str, *arguments: bytes) -> bytes:
    """The value of ``module.name(*arguments)``, as protocol 2 writes it."""
    return f"c{module}\n{name}\n".encode() + tuple_of(*arguments) + b"R"


def calling_by_stack(module: str, name: str, *arguments: bytes) -> bytes:
    """The same through protocol 4's STACK_GLOBAL, which in Python follows the dots in names."""
    return text(module) + text(name) + b"\x93" + tuple_of(*arguments) + b"R"


def dtype(name: str, order: str = "<") -> bytes:
    state = tuple_of(b"K\x03", text(order), b"NNN", integer(-1), integer(-1), b"K\x00")
    return calling("numpy", "dtype", text(name), b"K\x00", b"K\x01") + state + b"b"


def array(kind: bytes, sizes: bytes, raw: bytes) -> bytes:
    """An array of NumPy's usual form with a state of our choice."""
    made = RECONSTRUCT + tuple_of(b"cnumpy\nndarray\n", shape(0), text("b")) + b"R"
    return made + tuple_of(b"K\x01", sizes, kind, b"\x89", raw) + b"b"


def raw_bytes(raw: bytes) -> bytes:
    return b"B" + counted(raw)


def in_a_model(*values: bytes) -> bytes:
    """A whole pickle: a dict with a model's first key and some values."""
    items = b"".join(text(f"key {i}") + value for i, value in enumerate(values))
    return PROTO + b"}(" + text("v_template") + b"N" + items + b"u" + STOP


def npy(descr: str, sizes: str, data: bytes = b"") -> bytes:
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {sizes}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def npy_of(pickled: bytes) -> bytes:
    """An object array without dimensions, whose pickle is anything."""
    return npy("|O", "()", pickled)


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, raw in members.items():
            archive.writestr(zipfile.ZipInfo(name), raw)
    return file.getvalue()


def zip_that_says(name: str, deflated: bytes, size: int, crc: int = 0) -> bytes:
    """A zip of one deflated member whose unpacked size is what we say it is."""
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(deflated), size, len(name), 0)
    local = b"PK\x03\x04" + fields + name.encode() + deflated
    central = b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def torch_stream(pickled: bytes) -> bytes:
    """Torch's older layout around a pickle that refers to no storage."""
    return b"".join(
        pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})
    ) + pickled + pickle.dumps([], 2)  # fmt: skip
