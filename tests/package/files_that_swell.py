"""Small files that ask for terabytes, unpack to gigabytes, nest without end or say one thing a billion times."""

from __future__ import annotations

import pickle
import struct
import zlib

import numpy as np

from tests.flame.flame_files import csc_matrix, head_arrays, old_pickle
from tests.package.handmade import (
    PROTO,
    STOP,
    array,
    calling,
    counted,
    dtype,
    in_a_model,
    integer,
    npy,
    npy_of,
    raw_bytes,
    shape,
    text,
    torch_stream,
    tuple_of,
    zip_that_says,
    zipped,
)  # fmt: skip

HUGE = struct.pack("<Q", 2**62)
MANY = 2**44
EIGHT = raw_bytes(bytes(8))


def files_that_swell() -> dict[str, bytes]:
    """All that a loader should see through at once."""
    return lengths() | nests() | copies() | arrays() | others() | zips()


def long_pickles() -> dict[str, bytes]:
    """What costs a second until it is seen through, all of it in the reader that every loader shares."""
    objects = npy_of(PROTO + b"]" * 3_000_000)
    packed = zip_that_says("shapedirs.npy", zlib.compress(objects)[2:-4], len(objects), zlib.crc32(objects))
    return endless_pickles() | copies_of_lists() | {"zip of objects": packed}


def lengths() -> dict[str, bytes]:
    """Opcodes that announce more than there is, and numbers of millions of digits."""
    return {
        "memo index": PROTO + b"K\x01r\xff\xff\xff\xff.",
        "memo index in digits": b"K\x01p99999999999999999999\n.",
        "text 8": PROTO + b"\x8d" + HUGE + b"x.",
        "bytes 8": PROTO + b"\x8e" + HUGE + b"x.",
        "byte array 8": b"\x80\x05\x96" + HUGE + b"x.",
        "text 4": PROTO + b"X\xff\xff\xff\xffx.",
        "string 4": PROTO + b"T\xff\xff\xff\xffx.",
        "long 4": PROTO + b"\x8b\xff\xff\xff\x7fx.",
        "long 4 negative": PROTO + b"\x8b\xff\xff\xff\xffx.",
        "long": PROTO + b"\x8b" + counted(b"\x7f" * 3_000_000) + b".",
        "frame": PROTO + b"\x95" + HUGE + b"N.",
        "digits": b"I" + b"9" * 5_000_000 + b"\n.",
        "long digits": b"L" + b"9" * 5_000_000 + b"L\n.",
        "float digits": b"F" + b"9" * 5_000_000 + b"\n.",
        "long names": b"c" + b"a" * 1_000_000 + b"\n" + b"b" * 1_000_000 + b"\n.",
        "line breaks in a name": PROTO + text("a\nb") + text("c\r\nd") + b"\x93.",
        "long key": pickle.dumps({"x" * 1_000_000: 1, "v_template": np.zeros(3)}),
    }


def laughs(levels: int = 9) -> bytes:
    """A list of ten lists of ten lists...: 90 references that stand for 10**9 numbers."""
    body = b"K\x01r" + struct.pack("<I", 0) + b"0"
    for level in range(1, levels + 1):
        body += b"(" + (b"j" + struct.pack("<I", level - 1)) * 10 + b"lr" + struct.pack("<I", level) + b"0"
    return body + b"j" + struct.pack("<I", levels)


def nests() -> dict[str, bytes]:
    """What overruns a stack, or multiplies, when it is walked, hashed, compared or made an array."""
    deep = b")" + b"\x85" * 120_000
    said = npy("<U21", "()", "flame_blender model 1".encode("utf-32-le"))
    laughing = array(dtype("O", "|"), shape(1), b"](" + laughs() + b"e")
    own = {"format.npy": said, "n_identity.npy": npy("<i8", "()", bytes(8))}
    rest = b"".join(text(key) + b"N" for key in head_arrays() if key != "v_template")
    landmarks = text("lmk_face_idx") + laughs() + text("lmk_b_coords") + b"h\x09"
    return {
        "tuples": PROTO + deep + STOP,
        "tuples as a key": PROTO + b"}" + deep + b"K\x01s.",
        "tuples in a set": PROTO + b"\x8f(" + deep + b"\x90.",
        "tuples in a frozen set": PROTO + b"(" + deep + b"\x91.",
        "tuples as a shape": in_a_model(array(dtype("f8"), deep, EIGHT)),
        "tuples as a persistent id": PROTO + deep + b"Q.",
        "lists": PROTO + b"](" * 60_000 + b"e" * 60_000 + STOP,
        "marks": PROTO + b"(" * 100_000 + b"t" * 100_000 + STOP,
        "list in itself": PROTO + b"]q\x00h\x00a.",
        "dict in itself": PROTO + b"}q\x00" + text("v_template") + b"h\x00s.",
        "laughs": PROTO + laughs() + STOP,
        "laughs in a model": PROTO + b"}(" + text("v_template") + laughs() + rest + b"u.",
        "laughs as landmarks": PROTO + b"}(" + landmarks + b"u.",
        "laughs as regions": PROTO + b"}(" + text("face") + laughs() + b"u.",
        "laughs in an npz": zipped({**own, "v_template.npy": npy_of(PROTO + laughing + STOP)}),
        "torch streams": deep_torch_stream(),
        "npy header": b"\x93NUMPY\x01\x00" + struct.pack("<H", 9_999) + b"(" * 9_999,
    }


def deep_torch_stream() -> bytes:
    """Streams in streams, each asking to be read by torch's own entry point."""
    inner = b"N."
    for _ in range(300):
        inner = torch_stream(b"\x80\x03" + calling("torch.storage", "_load_from_bytes", raw_bytes(inner)) + STOP)
    return b"\x80\x03" + calling("torch.storage", "_load_from_bytes", raw_bytes(inner)) + STOP


def copies() -> dict[str, bytes]:
    """One long value, turned into another one thousands of times."""
    long_text = text("x" * 100_000) + b"q\x00"
    encoded = calling("_codecs", "encode", b"h\x00", text("latin1"))
    row = raw_bytes(bytes(10_000_000)) + b"q\x00" + array(dtype("u1", "|"), shape(10_000_000), b"h\x00") + b"q\x01"
    dynamic = (
        b"}(" + text("lmk_face_idx") + b"(" + b"h\x01" * 79 + b"l" + text("lmk_b_coords") + b"(" + b"h\x01" * 79 + b"lu"
    )
    long_array = raw_bytes(bytes(1_000_000)) + b"q\x00" + array(dtype("u1", "|"), shape(1_000_000), b"h\x00") + b"q\x01"
    ends = array(dtype("i4"), shape(2), raw_bytes(struct.pack("<2i", 0, 1_000_000)))
    state = (
        b"}("
        + text("_shape")
        + shape(1, 1)
        + text("data")
        + b"h\x01"
        + text("indices")
        + b"h\x01"
        + text("indptr")
        + ends
    )
    sparse = b"cscipy.sparse.csc\ncsc_matrix\n)\x81" + state + b"ub"
    regions = b"}(" + b"".join(text(f"region {i}") + b"h\x01" for i in range(1_000)) + b"u"
    return {
        "of a text": PROTO + long_text + encoded * 5_000 + STOP,
        "of an array": PROTO + long_text + array(dtype("u1"), shape(100_000), b"h\x00") * 2_000 + STOP,
        "of a contour": PROTO + row + dynamic + STOP,
        "of a region": PROTO + row + regions + STOP,
        "of a sparse matrix": PROTO + long_array + sparse * 2_000 + STOP,
        "of an object to come": PROTO + b"cchumpy.ch\nCh\n)\x81" + b"q\x00" * 20_000 + b"2}" + text("x") + b"Nsb.",
    }


def copies_of_lists() -> dict[str, bytes]:
    """The same of a list of twenty thousand numbers."""
    long_list = b"](" + b"K\x01" * 20_000 + b"eq\x00"
    objects = array(dtype("O", "|"), shape(20_000), b"h\x00")
    return {
        "of a list": PROTO + long_list + b"cbuiltins\nset\nh\x00\x85R" * 5_000 + STOP,
        "of an array of objects": PROTO + long_list + objects * 2_000 + STOP,
    }


def arrays() -> dict[str, bytes]:
    """Dtypes, shapes and bytes that do not fit each other."""
    plain = dtype("f8")
    frombuffer = calling("numpy.core.numeric", "_frombuffer", EIGHT, plain, shape(MANY), text("C"))
    model = head_arrays()
    return {
        "terabytes": in_a_model(array(plain, shape(MANY), EIGHT)),
        "beyond 64 bits": in_a_model(array(plain, shape(2**70), EIGHT)),
        "product beyond 64 bits": in_a_model(array(plain, shape(2**40, 2**40), EIGHT)),
        "negative": in_a_model(array(plain, shape(-1), EIGHT)),
        "negative twice": in_a_model(array(plain, shape(-1, -1), EIGHT)),
        "shape of text": in_a_model(array(plain, tuple_of(text("3")), EIGHT)),
        "shape of a list": in_a_model(array(plain, b"]", EIGHT)),
        "no elements": in_a_model(array(plain, shape(0, 2**62), raw_bytes(b""))),
        "texts of no length": in_a_model(array(dtype("U0"), shape(MANY), raw_bytes(b""))),
        "texts of gigabytes": in_a_model(array(dtype("U999999999"), shape(1), EIGHT)),
        "fields": in_a_model(array(dtype("f8,f8"), shape(1), raw_bytes(bytes(16)))),
        "dtype by name": in_a_model(array(dtype("float64"), shape(1), EIGHT)),
        "dtype to come": in_a_model(array(calling("numpy", "dtype", text("f8")), shape(1), EIGHT)),
        "byte order": in_a_model(array(dtype("f8", "x"), shape(1), EIGHT)),
        "objects from bytes": in_a_model(array(dtype("O", "|"), shape(1), EIGHT)),
        "objects fewer than the shape": in_a_model(array(dtype("O", "|"), shape(MANY), b"](K\x01e")),
        "objects": in_a_model(array(dtype("O", "|"), shape(2), b"](K\x01K\x02e")),
        "scalar of objects": in_a_model(calling("numpy.core.multiarray", "scalar", dtype("O", "|"), EIGHT)),
        "frombuffer": in_a_model(frombuffer),
        "frombuffer of objects": in_a_model(frombuffer.replace(text("f8"), text("O8"))),
        "sparse matrix": old_pickle({**model, "J_regressor": csc_matrix(np.eye(3), _shape=(MANY, 3))}),
        "sparse matrix's ends": old_pickle(
            {**model, "J_regressor": csc_matrix(np.eye(3), indptr=np.array([0, 1, 2, MANY]))}
        ),
        "npy": npy("<f8", f"({10**12},)"),
        "npy beyond 64 bits": npy("<f8", f"({2**40}, {2**40})"),
    }


def others() -> dict[str, bytes]:
    """Torch files and meshes."""
    identity = tuple_of(text("storage"), b"ctorch\nFloatStorage\n", text("0"), text("cpu"), integer(MANY))
    members = {"a/data.pkl": PROTO + identity + b"Q.", "a/data/0": bytes(12), "a/byteorder": b"little"}
    return {
        "torch storage": zipped(members),
        "old torch storage": torch_stream(PROTO + identity + b"Q."),
        "obj of one line": b"v 0 0 0\nf " + b"1 " * 3_000_000,
        "obj of many lines": b"v 0 0 0\n" * 300_000,
        "obj of long faces": (b"v 0 0 0\nf " + b"1 " * 4_000 + b"\n") * 100,
        "obj too long": b"v 0 0 0\n" + b"#" * (1 << 26),
    }


def zips() -> dict[str, bytes]:
    """Zips that unpack to much more than they are, that say less than they are, and that are not what they say."""
    megabytes, header = 1_500, npy("|u1", f"({1_500 << 20},)")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(header) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)  # can be repeated: it refers to nothing
    zeros, size = start + block * megabytes + packer.flush(), len(header) + (megabytes << 20)
    small = zipped({"v_template.npy": npy("<f8", "(3,)", bytes(24))})
    return {
        "zip": zip_that_says("v_template.npy", zeros, size),
        "zip that says it is small": zip_that_says("v_template.npy", zeros, 100_000),
        "zip of a torch file": zip_that_says("a/data.pkl", zeros, size),
        "zip of many": zipped({f"{i}.npy": b"" for i in range(20_000)}),
        "zip with a long name": zipped({"x" * 60_000 + ".npy": b"hello"}),
        "zip with strange names": zipped(
            {"../../v_template.npy": b"", "/etc/a.npy": b"", "a\\b.npy": b"", "\n.npy": b""}
        ),
        "zip cut short": small[:-30],
        "zip with a wrong CRC": small.replace(bytes(24), bytes(23) + b"\x01", 1),
        "zip directory only": small[small.index(b"PK\x01\x02") :],
    }


def endless_pickles() -> dict[str, bytes]:
    """Millions of opcodes, most of which make something."""
    many = 2_500_000
    return {
        "dicts": PROTO + b"}" * many + STOP,
        "lists": PROTO + b"]" * many + STOP,
        "sets": PROTO + b"\x8f" * many + STOP,
        "frozen sets": PROTO + b"(\x91" * many + STOP,
        "memoised": PROTO + b"N" + b"\x94" * many + STOP,
        "marks": PROTO + b"(" * many + STOP,
        "numbers": PROTO + b"(" + b"M\xff\x7f" * many + b"l.",
        "nested tuples just short enough": PROTO + b")" + b"\x85" * 1_900_000 + STOP,
    }
