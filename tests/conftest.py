"""For every suite: a Blender profile of its own, and a report of what passed and what was skipped.

The bpy wheels read the environment when bpy is first imported, so the profile is chosen while this file is imported.
A real Blender has its profile already, and whoever starts it chooses which.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "out" / "suites"
PROFILE = None
if "bpy" not in sys.modules:
    PROFILE = tempfile.mkdtemp(prefix="flame-test-profile-")
    os.environ["BLENDER_USER_RESOURCES"] = PROFILE


def pytest_addoption(parser: pytest.Parser) -> None:
    """--suite NAME leaves the closing line and the skips in out/suites/NAME.txt, for the end of `make test`."""
    parser.addoption("--suite", metavar="NAME", help="leave a report in out/suites/NAME.txt")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the report of one suite: counts in the first line, then each skipped test with its reason."""
    suite = config.getoption("--suite")
    if suite is None:
        return
    found = terminalreporter.stats
    kinds = ("passed", "failed", "error", "skipped", "deselected", "xfailed", "xpassed")
    counts = ", ".join(f"{len(found[kind])} {kind}" for kind in kinds if found.get(kind))
    lines = [f"{suite}: {counts or 'no tests'}"]
    for report in found.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        lines.append(f"  skipped {report.nodeid}: {str(reason).removeprefix('Skipped: ')}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / f"{suite}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pytest_unconfigure() -> None:
    """Remove the profile."""
    if PROFILE is not None:
        shutil.rmtree(PROFILE, ignore_errors=True)
