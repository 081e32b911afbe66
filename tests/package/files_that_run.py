"""Pickles that would run a shell command if a loader ever called, imported or changed what they name."""

from __future__ import annotations

import os
import pickle

import numpy as np

from tests.flame.flame_files import Ch, old_pickle
from tests.package.handmade import (
    PROTO,
    RECONSTRUCT,
    calling,
    calling_by_stack,
    in_a_model,
    npy_of,
    raw_bytes,
    text,
    torch_stream,
    tuple_of,
)  # fmt: skip

NAMES = """
os.system posix.system nt.system os._exit sys.exit subprocess.Popen subprocess.check_output pty.spawn code.interact
builtins.eval builtins.exec builtins.compile builtins.__import__ builtins.open builtins.getattr builtins.setattr
builtins.breakpoint builtins.input builtins.type builtins.dict builtins.list builtins.complex builtins.range
__builtin__.eval __builtin__.file __builtin__.getattr __builtin__.execfile __builtin__.apply
operator.attrgetter operator.methodcaller functools.partial functools.reduce importlib.import_module runpy.run_path
pydoc.locate pickle.loads _pickle.loads marshal.loads types.FunctionType types.CodeType ctypes.CDLL shutil.rmtree
webbrowser.open tempfile.mktemp timeit.timeit bdb.Bdb cProfile.run codecs.encode codecs.open
_codecs.decode _codecs.lookup collections.namedtuple copyreg.__newobj__ copy_reg.add_extension
numpy.load numpy.fromfile numpy.memmap numpy.zeros numpy.ones numpy.vectorize numpy.matrix numpy.recarray numpy.void
numpy.core.multiarray.fromfile numpy.core.multiarray.zeros numpy._core.multiarray.empty numpy.core.records.fromfile
numpy.core.numeric.fromfunction numpy.testing.runstring numpy.testing._private.utils.runstring numpy.f2py.compile
numpy.distutils.exec_command.exec_command numpy.lib.npyio.DataSource numpy.ma.core._mareconstruct
scipy.sparse.load_npz scipy.io.loadmat scipy.sparse.dok.dok_matrix chumpy.Ch chumpy.ch.MatVecMult
torch.load torch.hub.load torch.jit.load torch._utils._rebuild_tensor torch._inductor.codecache.PyCodeCache
bpy.app bpy.ops.wm.quit_blender flame_blender.files.archive.read_any flame_blender.files.safe_unpickle.unpickle
"""
# Known names, called with what they do not expect.
KNOWN_NAMES = """
numpy.ndarray numpy.dtype builtins.object builtins.set builtins.bytes collections.OrderedDict chumpy.ch.Ch
numpy.core.multiarray._reconstruct numpy.core.multiarray.scalar numpy.core.numeric._frombuffer _codecs.encode
copyreg._reconstructor scipy.sparse.csc.csc_matrix torch.FloatStorage torch.storage._load_from_bytes
torch._utils._rebuild_tensor_v2 torch._utils._rebuild_parameter
"""
# Names with dots, which STACK_GLOBAL would follow from a harmless module to anything it has imported.
DOTTED = [
    ("os", "path.os.system"), ("numpy", "os.system"), ("numpy", "ndarray.tofile"), ("numpy", "dtype.__reduce__"),
    ("numpy", "ndarray.__setstate__"), ("collections", "OrderedDict.__init__.__globals__"),
    ("chumpy.ch", "Ch.__init__"),
    ("numpy.core.multiarray", "_reconstruct.__self__"), ("_codecs", "encode.__call__"), ("", ""), ("numpy", ""),
    ("builtins", "object.__subclasses__"), ("scipy.sparse.csc", "csc_matrix.__init__"),
]  # fmt: skip
STATE = pickle.dumps({"__setstate__": None, "__class__": None, "make": None, "__dict__": {}, "name": "x"}, 2)[2:-1]
TARGETS = {
    "function": RECONSTRUCT, "class": b"cnumpy\nndarray\n", "chumpy class": b"cchumpy.ch\nCh\n", "list": b"]",
    "scipy class": b"cscipy.sparse.csc\ncsc_matrix\n", "dict": b"}", "text": text("x"), "none": b"N", "tuple": b")",
    "dtype": b"cnumpy\ndtype\n", "array": pickle.dumps(np.zeros(2), 2)[2:-1], "set": b"\x8f", "number": b"K\x01",
    "array to come": RECONSTRUCT + tuple_of(b"cnumpy\nndarray\n", b"N", b"N") + b"R",
    "chumpy object": b"cchumpy.ch\nCh\n)\x81",
}  # fmt: skip


class Runs:
    """What Python's own unpickler turns into a call of os.system."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple:
        return os.system, (self.command,)


def files_that_run(command: str) -> dict[str, bytes]:
    """Pickles by what they do; ``command`` leaves a trace wherever it is run."""
    told = text(command)
    files = {}
    for known in (NAMES + KNOWN_NAMES).split():
        module, _, name = known.rpartition(".")
        files[f"call {known}"] = in_a_model(calling(module, name, told))
        files[f"new {known}"] = in_a_model(f"c{module}\n{name}\n".encode() + tuple_of(told) + b"\x81")
        files[f"stack {known}"] = in_a_model(calling_by_stack(module, name, told))
    for module, name in DOTTED:
        files[f"stack {module} {name}"] = in_a_model(calling_by_stack(module, name, told))
    for name, target in TARGETS.items():
        files[f"state of {name}"] = in_a_model(target + STATE + b"b")
        files[f"slots of {name}"] = in_a_model(target + b"N" + STATE + b"\x86b")
        files[f"item of {name}"] = in_a_model(target + text("key") + b"K\x01s")
        files[f"append to {name}"] = in_a_model(target + told + b"a")
        files[f"extend {name}"] = in_a_model(target + b"(" + told + b"e")
        files[f"add to {name}"] = in_a_model(target + b"(" + told + b"\x90")
        files[f"call {name}"] = in_a_model(target + tuple_of(told) + b"R")
        files[f"new with {name}"] = in_a_model(b"cchumpy.ch\nCh\n" + target + b"\x81")
    return files | _single_tricks(command)


def _single_tricks(command: str) -> dict[str, bytes]:
    told, run = text(command), calling("os", "system", text(command))
    rebuilding, streaming = ("copy_reg", "_reconstructor"), ("torch.storage", "_load_from_bytes")
    known_class, base, array_type = b"cchumpy.ch\nCh\n", b"c__builtin__\nobject\n", b"cnumpy\nndarray\n"
    computed = Ch(np.zeros(3))
    computed.__dict__ = {"a": Ch(np.zeros(3)), "idxs": [1]}
    return {
        "instance": b"(" + told + b"ios\nsystem\n.",
        "object": b"(cos\nsystem\n" + told + b"o.",
        "new with keywords": in_a_model(known_class + b")}\x92"),
        "extension 1": PROTO + b"\x82\x01" + told + b"\x85R.",
        "extension 2": PROTO + b"\x83\x01\x00" + told + b"\x85R.",
        "extension 4": PROTO + b"\x84\x01\x00\x00\x00" + told + b"\x85R.",
        "persistent": b"Pos.system\n.",
        "persistent by stack": PROTO + told + b"Q.",
        "out of band": b"\x80\x05\x97.",
        "read only": b"\x80\x05" + told + b"\x98.",
        "array of another class": in_a_model(RECONSTRUCT + tuple_of(b"cos\nsystem\n", b")", told) + b"R"),
        "array of a known class": in_a_model(RECONSTRUCT + tuple_of(base, b")", told) + b"R"),
        "reconstructed": in_a_model(calling(*rebuilding, b"cos\nsystem\n", base, b"N")),
        "reconstructed on another base": in_a_model(calling(*rebuilding, known_class, array_type, b"N")),
        "reconstructed with a state": in_a_model(calling(*rebuilding, known_class, base, b"K\x01")),
        "reconstructed text": in_a_model(calling(*rebuilding, told, base, b"N")),
        "other encoding": in_a_model(calling("_codecs", "encode", told, text("rot13"))),
        "nested torch stream": in_a_model(calling(*streaming, raw_bytes(torch_stream(run + b".")))),
        "nested pickle": in_a_model(calling(*streaming, raw_bytes(run + b"."))),
        "torch stream": torch_stream(PROTO + run + b"."),
        "code in a chumpy object": in_a_model(known_class + b")\x81}" + text("x") + run + b"sb"),
        "chumpy object that is computed": old_pickle({"v_template": computed, "shapedirs": 1}),
        "code in an array of objects": npy_of(in_a_model(run)),
        "code after the end": in_a_model() + run + b".",
        "python's own": pickle.dumps(Runs(command)),
    }  # fmt: skip
