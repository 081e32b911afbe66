"""The pictures of docs/using.md: the FLAME tab with the built-in head and with a head of a FLAME file, side by side.

    python tools/pictures/panels.py --blender TOOL --archive ZIP --model FILE --out docs/images/panels.png

Or with the built-in head in several languages:

    python tools/pictures/panels.py --blender TOOL --archive ZIP --languages zh_HANS ja_JP --out languages.png

Or what lies further down the tab, and the menu of what is exported, with a head of a FLAME file on a body:

    python tools/pictures/panels.py --blender TOOL --archive ZIP --family FILE --out docs/images/panels_family.png

Or face boards beside a head of either kind (docs/animating.md):

    python tools/pictures/panels.py --blender TOOL --archive ZIP --boards FILE --out docs/images/boards.png

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
SECONDS = 45  # until the window is photographed, if no others are told
SCRIPTS = (
    "show_tab",
    "show_board",
    "show_family",
    "family_scene",
    "compute_model",
    "made_up_skin",
    "mannequin",
    "studio",
)
VIEW, SIZE = "1100x940+500+50", "70%"  # of the window: the head and the tab beside it
FAMILY_VIEW = "1200x940+400+50"  # and the menu
BOARD_VIEW = "990x720+140+180"


def main() -> None:
    """Install the zip into a profile of its own, photograph one after the other, join them."""
    parser = argparse.ArgumentParser(description="Photograph the FLAME tab with two kinds of head, or in languages.")
    for name in ("blender", "archive", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    shown_as = parser.add_mutually_exclusive_group(required=True)
    shown_as.add_argument("--model", type=Path)
    shown_as.add_argument("--languages", nargs="+", help="as Blender names them")
    shown_as.add_argument("--family", type=Path)
    shown_as.add_argument("--boards", type=Path)
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    with tempfile.TemporaryDirectory(prefix="flame-panels-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        shown = Path(folder)
        beside = [Path(__file__).with_name(f"{name}.py") for name in SCRIPTS]
        for file in (arguments.archive, *beside, ROOT / "tests/real_blender/stepping.py"):
            shutil.copy(file, shown)
        beside_a_board = ("--python", shown / "show_board.py", "--")
        tab, blend = ("--python", shown / "show_tab.py", "--"), shown / "family.blend"
        views: list[tuple[object, ...]] = [(*tab, "--language", language) for language in arguments.languages or ()]
        file = arguments.model or arguments.family or arguments.boards
        if file is not None:
            model = shown / f"FLAME file{file.suffix}"
            shutil.copy(file, model)
            views = [tab, (*tab, "--model", model)]
        if arguments.boards is not None:
            views = [(*beside_a_board, *words) for words in ((), ("--model", model))]
        if arguments.family is not None:
            views = [(blend, "--python", shown / "show_family.py")]
        environment = os.environ | {"BLENDER_HOME": str(shown / "home")}
        (shown / "home").mkdir()

        def blender(*words: object) -> None:
            command = [str(arguments.blender.resolve()), *map(str, words)]
            subprocess.run(command, cwd=shown, env=environment, check=True, stdin=subprocess.DEVNULL)

        archive = shown / arguments.archive.name
        blender("run", "--command", "extension", "install-file", "-r", "user_default", "--enable", archive)
        if (
            arguments.model is not None or arguments.boards is not None
        ):  # however long it takes: a window is photographed after some seconds
            blender("run", "-b", "--python", shown / "compute_model.py", "--", model)
        if arguments.family is not None:
            blender("run", "-b", "--python", shown / "family_scene.py", "--", model, blend)
        pictures = []
        for number, given in enumerate(views):
            picture = shown / f"{number}.png"
            blender("gui", picture, arguments.seconds, *given)
            pictures.append(str(picture))
        view = FAMILY_VIEW if arguments.family is not None else BOARD_VIEW if arguments.boards is not None else VIEW
        join = ["convert", *pictures, "-crop", view, "+repage", "+append", "-resize", SIZE, "-colors", "255", str(out)]
        subprocess.run(join, check=True)


if __name__ == "__main__":
    main()
