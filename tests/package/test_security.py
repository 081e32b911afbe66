"""What SECURITY.md promises of the package's own code, and the numbers that it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from flame_blender.files import file_budget
from flame_blender.streams import receiver

ROOT = Path(__file__).resolve().parents[2]
LISTENER = ROOT / "flame_blender" / "streams" / "receiver.py"  # of Live Capture, which the user starts
FILES = sorted((ROOT / "flame_blender").rglob("*.py"))
RUN_CODE = {
    "code",
    "codeop",
    "ctypes",
    "dill",
    "imp",
    "joblib",
    "marshal",
    "pickle",
    "runpy",
    "shelve",
}
START_PROGRAMS = {"asyncio", "multiprocessing", "pty", "subprocess", "webbrowser"}
CONNECT = {
    "ftplib",
    "http",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib",
    "xmlrpc",
}
CALLS = {"__import__", "eval", "exec", "compile", "os.system", "os.popen", "os.startfile", "torch.load", "np.load"}


def offences(source: str) -> list[str]:
    """What a module imports or calls that the promises exclude."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in CALLS or called.startswith(("os.exec", "os.spawn", "os.posix_spawn")):
                found.append(called)
            continue
        else:
            continue
        found += [name for name in names if name.split(".")[0] in RUN_CODE | START_PROGRAMS | CONNECT]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_package_runs_no_code_starts_no_program_and_connects_to_nothing(path: Path):
    listens = ["socket"] if path == LISTENER else []
    assert offences(path.read_text(encoding="utf-8")) == listens


def test_what_listens_to_a_port_sends_nothing():
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(LISTENER.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert {"bind", "recv", "close"} <= called
    assert not {name for name in called if name.startswith(("send", "connect", "accept", "listen"))}
    assert (receiver.LOOPBACK, receiver.MOST_AT_ONCE) == ("127.0.0.1", 64)
    assert not receiver.Receiver().everywhere


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import urllib.request",
        "eval(text)",
        "os.execv(a, b)",
        "np.load(path)",
    ],
)
def test_the_check_itself_notices(source: str):
    assert offences(source)


def test_the_numbers_are_those_of_the_code():
    text = re.sub(r"\s+", " ", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    memory = f"{file_budget.SPARE_BYTES / 1e6:.0f} MB and {file_budget.BYTES_PER_BYTE} times"
    assert f"{file_budget.MAX_STEPS:,} steps, {memory} its own size of memory" in text
    assert f"{file_budget.MAX_DEPTH} levels, {file_budget.MAX_SECONDS:g} seconds of the processor" in text


def test_the_tests_that_hold_the_promises_are_there():
    named = re.findall(r"`(tests/[^`]*)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) == 5
    assert [name for name in named if not (ROOT / name).is_file()] == []
