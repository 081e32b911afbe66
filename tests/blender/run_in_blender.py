"""Runs pytest in the Blender that runs this script: with no arguments, the tests in tests/blender.

In a bpy wheel      python tests/blender/run_in_blender.py [PYTEST ARGUMENTS]
In a real Blender   blender -b --factory-startup --python tests/blender/run_in_blender.py -- [PYTEST ARGUMENTS]

A real Blender finds pytest in .envs/pytest (`make .envs/pytest/.made`). The process ends without Python's own clean-up,
because Blender 4.2's wheel can crash there once files were loaded; a crash before that is a failure like any other.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / ".envs" / "pytest"))

import pytest  # noqa: E402  (found only after the line above)


def main() -> int:
    """Pytest's exit status."""
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    os.chdir(ROOT)
    return int(pytest.main(arguments or ["tests/blender"]))


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
