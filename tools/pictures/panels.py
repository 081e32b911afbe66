"""The pictures of docs/using.md: the FLAME tab with the built-in head and with a head of a FLAME file, side by side.

    python tools/pictures/panels.py --blender TOOL --archive ZIP --model FILE --out docs/images/panels.png

Or with the built-in head in several languages:

    python tools/pictures/panels.py --blender TOOL --archive ZIP --languages zh_HANS ja_JP --out languages.png

TOOL is the program that `make test-real-blender` takes (tests/real_blender/run.py); ImageMagick joins the pictures.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 45  # until the window is photographed
VIEW, SIZE = "1100x940+500+50", "70%"  # of the window: the head and the tab beside it


def main() -> None:
    """Install the zip into a profile of its own, photograph one after the other, join them."""
    parser = argparse.ArgumentParser(description="Photograph the FLAME tab with two kinds of head, or in languages.")
    for name in ("blender", "archive", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    shown_as = parser.add_mutually_exclusive_group(required=True)
    shown_as.add_argument("--model", type=Path)
    shown_as.add_argument("--languages", nargs="+", help="as Blender names them")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    with tempfile.TemporaryDirectory(prefix="flame-panels-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        shown = Path(folder)
        for file in (
            arguments.archive,
            Path(__file__).with_name("show_tab.py"),
            ROOT / "tests/real_blender/stepping.py",
        ):
            shutil.copy(file, shown)
        views: list[tuple[object, ...]] = [("--language", language) for language in arguments.languages or ()]
        if arguments.model is not None:
            model = shown / f"FLAME file{arguments.model.suffix}"
            shutil.copy(arguments.model, model)
            views = [(), ("--model", model)]
        environment = os.environ | {"BLENDER_HOME": str(shown / "home")}
        (shown / "home").mkdir()

        def blender(*words: object) -> None:
            command = [str(arguments.blender.resolve()), *map(str, words)]
            subprocess.run(command, cwd=shown, env=environment, check=True, stdin=subprocess.DEVNULL)

        archive = shown / arguments.archive.name
        blender("run", "--command", "extension", "install-file", "-r", "user_default", "--enable", archive)
        pictures = []
        for number, given in enumerate(views):
            picture = shown / f"{number}.png"
            blender("gui", picture, SECONDS, "--python", shown / "show_tab.py", "--", *given)
            pictures.append(str(picture))
        join = ["convert", *pictures, "-crop", VIEW, "+repage", "+append", "-resize", SIZE, "-colors", "255", str(out)]
        subprocess.run(join, check=True)


if __name__ == "__main__":
    main()
