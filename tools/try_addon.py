#!/usr/bin/env python3
"""Starts Blender with this checkout as the add-on, in a profile of its own. Edit, then press F3 > Reload FLAME.

    python tools/try_addon.py [--blender PROGRAM] [--profile FOLDER] [-- ARGUMENTS FOR BLENDER]

Python's standard library only, on Linux, macOS and Windows. The profile keeps its settings from one time to the next;
your own is neither read nor written.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "flame_blender"
PROFILE = ROOT / "out" / "profile"
RELOAD = ROOT / "tools" / "reload_addon.py"


class TryError(Exception):
    """The checkout cannot be tried; the message says why and what to do."""


def main() -> int:
    """Link, start Blender, wait for its end; Blender's exit status, or 1 and one sentence on stderr."""
    parser = argparse.ArgumentParser(description="Start Blender with this checkout as the add-on.")
    parser.add_argument("--blender", default="blender", help="Blender's program (default: blender)")
    parser.add_argument("--profile", type=Path, default=PROFILE, help="where its settings go (default: out/profile)")
    parser.add_argument("arguments", nargs="*", help="arguments for Blender, after --")
    given = parser.parse_args()
    try:
        link(PACKAGE, given.profile)
        return start(given.blender, given.profile, given.arguments)
    except TryError as error:
        print(f"try_addon.py: {error}", file=sys.stderr)
        return 1


def link(package: Path, profile: Path) -> None:
    """Make ``package`` an extension of ``profile``, as a link; on Windows a junction, which needs no special right."""
    place = profile / "extensions" / "user_default" / package.name
    if place.resolve() == package.resolve():
        return
    if os.path.lexists(place):
        raise TryError(f"{place} is there and is no link to {package}; remove it, or name another --profile.")
    place.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        import _winapi  # noqa: PLC0415  (Windows has it alone)

        _winapi.CreateJunction(str(package), str(place))
    else:
        place.symlink_to(package, target_is_directory=True)


def start(blender: str, profile: Path, arguments: list[str]) -> int:
    """Blender with the add-on enabled and Reload FLAME among its commands; its exit status."""
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(profile.resolve())}
    try:
        return subprocess.run([blender, "--python", RELOAD, *arguments], env=environment, check=False).returncode
    except OSError as error:
        raise TryError(
            f"{blender} cannot be started ({error.strerror}); name Blender's program by --blender."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
