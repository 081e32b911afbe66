"""Pictures of docs/animating.md that window tests leave behind: faces in the tab and in their popup, pins on a photo.

    python tools/pictures/window_pictures.py --blender TOOL --archive ZIP --out docs/images

TOOL is the program that `make test-real-blender` takes (tests/real_blender/run.py); ImageMagick cuts the pictures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "real_blender"))

import run  # noqa: E402  (found only after the line above)

SECONDS = 400  # a window's, at most
SIDEBAR, POPUP, PHOTO = "290x340+1024+78", "1066x815+248+78", "1250x830+62+60"


def main() -> None:
    """Install the zip into a profile of its own, go through two window tests, cut what they have kept."""
    parser = argparse.ArgumentParser(description="Cut the pictures that window tests leave behind.")
    for name in ("blender", "archive", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    tool, archive, out = str(arguments.blender.resolve()), arguments.archive.resolve(), arguments.out.resolve()
    with tempfile.TemporaryDirectory(prefix="flame-windows-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        copy, home = Path(folder) / "checkout", Path(folder) / "home"
        run.lay_out(copy, archive)
        home.mkdir()
        os.environ["BLENDER_HOME"] = str(home)
        os.chdir(copy)
        run.step(
            [tool, "run", "--command", "extension", "install-file", "-r", "user_default", "--enable", archive.name]
        )
        run.window(tool, "poses_in_window.py", run.POSED, SECONDS)
        run.window(tool, "pins_in_window.py", run.PINNED, SECONDS)
        kept = copy / run.PICTURES
        tab = cut(kept / "poses_4_panel.png", SIDEBAR)
        faces = [*tab, *cut(kept / "poses_5_popup.png", POPUP), "-background", "#1d1d1d", "+append", "-colors", "255"]
        joined(faces, out / "faces.png")
        joined([*cut(kept / "pins dragged.png", PHOTO), "-resize", "1000x", "-quality", "88"], out / "photo_pins.jpg")


def cut(picture: Path, part: str) -> list[str]:
    """A part of a picture, as ImageMagick takes it."""
    return ["(", str(picture), "-crop", part, "+repage", ")"]


def joined(words: list[str], out: Path) -> None:
    """Write it."""
    subprocess.run(["convert", *words, "-strip", str(out)], check=True)


if __name__ == "__main__":
    main()
