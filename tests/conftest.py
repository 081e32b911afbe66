"""For every suite: a Blender profile of its own, the models of the tests, and a report of what passed and was skipped.

The bpy wheels read the environment when bpy is first imported, so the profile is chosen while this file is imported.
A real Blender has its profile already, and whoever starts it chooses which.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a suite in Blender is not to import the package before its profile is chosen
    from flame_blender.flame.model import FlameModel

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "out" / "suites"
PROFILE = None
if "bpy" not in sys.modules:
    PROFILE = tempfile.mkdtemp(prefix="flame-test-profile-")
    os.environ["BLENDER_USER_RESOURCES"] = PROFILE


def pytest_addoption(parser: pytest.Parser) -> None:
    """--suite NAME leaves the closing line and the skips in out/suites/NAME.txt, for the end of `make test`."""
    parser.addoption("--suite", metavar="NAME", help="leave a report in out/suites/NAME.txt")


def pytest_configure(config: pytest.Config) -> None:
    """The mark of tests that run the same lines over and over."""
    why = "coverage rests in it, for it runs by the thousand what other tests run: what is told is never too much"
    config.addinivalue_line("markers", f"unmeasured: {why}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Coverage makes pure Python take twice as long: it rests where a test says so."""
    measuring = sys.gettrace() if item.get_closest_marker("unmeasured") else None
    if measuring is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(measuring)


@pytest.fixture(scope="session")
def built_in() -> FlameModel:
    """The head that comes with the add-on, whose directions and joints move as a head's do."""
    from flame_blender.model_files.loading import load_model
    from tests.flame.face_like import BUILT_IN

    return load_model(BUILT_IN)


@pytest.fixture(scope="session")
def face_like() -> FlameModel:
    """The built-in head's skin on a made-up topology: where everything of it lies is known."""
    from tests.flame.face_like import face_like_model

    return face_like_model()


@pytest.fixture(scope="session")
def full_model() -> FlameModel:
    """A full-size model on a made-up topology, with the landmark set ``ibug``."""
    from tests.flame.full_size import full_size_model

    return full_size_model(seed=0)


@pytest.fixture(scope="session")
def shared_model(tmp_path_factory: pytest.TempPathFactory) -> FlameModel:
    """The tool's file in FLAME 2020's own format, on FLAME's topology, with RingNet's landmarks; else our own."""
    from tests.flame.shared_models import make_shared_model

    return make_shared_model(tmp_path_factory.mktemp("shared"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the report of one suite: counts and processor time first, then each skipped test with its reason."""
    suite = config.getoption("--suite")
    if suite is None:
        return
    found = terminalreporter.stats
    kinds = ("passed", "failed", "error", "skipped", "deselected", "xfailed", "xpassed")
    counts = ", ".join(f"{len(found[kind])} {kind}" for kind in kinds if found.get(kind))
    spent = sum(os.times()[:4])  # with the programs that the tests started
    lines = [f"{suite}: {counts or 'no tests'}; {spent:.0f} s of processor time"]
    for report in found.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        lines.append(f"  skipped {report.nodeid}: {str(reason).removeprefix('Skipped: ')}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / f"{suite}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pytest_unconfigure() -> None:
    """Remove the profile."""
    if PROFILE is not None:
        shutil.rmtree(PROFILE, ignore_errors=True)
