"""``python -m flame_blender``: what ``blender --command flame`` does, with Blender as a module (the bpy wheel)."""

from __future__ import annotations

import sys

from .command_line import run


def main() -> int:
    """Enable the add-on where the command renders, and run it; the exit status."""
    if sys.argv[1:2] == ["render"]:
        try:
            from . import registration  # noqa: PLC0415  (the other commands need no Blender)
        except ModuleNotFoundError as error:
            if error.name != "bpy":
                raise
            sys.stderr.write("render: expected Blender as a module, found none; pip install bpy, or use Blender.\n")
            return 1
        registration.register()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
