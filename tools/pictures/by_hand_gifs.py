"""The animated pictures of docs/animating.md that show Blender's 3D view: a face board, and eyes that follow targets.

    python tools/pictures/by_hand_gifs.py --blender TOOL --archive ZIP --model FILE --out FOLDER

TOOL is the program that `make test-real-blender` takes (tests/real_blender/run.py). The folder gets a folder of frames
for each of them; write_gif.py joins those.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "real_blender"))

import run  # noqa: E402  (found only after the line above)

SECONDS = 420  # until the window is closed
SCRIPTS = "show_by_hand", "compute_model"


def main() -> None:
    """Install the zip into a profile of its own, and have the window draw itself, frame by frame."""
    parser = argparse.ArgumentParser(description="Draw the frames of animated pictures of the 3D view.")
    for name in ("blender", "archive", "model", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    tool, made_in = str(arguments.blender.resolve()), arguments.out.resolve()
    with tempfile.TemporaryDirectory(prefix="flame-by-hand-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        shown = Path(folder)
        for file in (arguments.archive, *(Path(__file__).with_name(f"{name}.py") for name in SCRIPTS)):
            shutil.copy(file, shown)
        shutil.copy(ROOT / "tests/real_blender/stepping.py", shown)
        model = shown / f"FLAME file{arguments.model.suffix}"
        shutil.copy(arguments.model, model)
        (shown / "home").mkdir()
        environment = os.environ | {"BLENDER_HOME": str(shown / "home")}

        def blender(*words: object) -> None:
            command = [tool, *map(str, words)]
            subprocess.run(command, cwd=shown, env=environment, check=True, stdin=subprocess.DEVNULL)

        archive = shown / arguments.archive.name
        blender("run", "--command", "extension", "install-file", "-r", "user_default", "--enable", archive)
        blender("run", "-b", "--python", shown / "compute_model.py", "--", model)
        window = [tool, "gui", "ended.png", str(SECONDS), "--python", "show_by_hand.py", "--", str(model), "out"]
        os.environ["BLENDER_HOME"] = environment["BLENDER_HOME"]
        os.chdir(shown)
        run.until_it_quits(window)
        for made in sorted((shown / "out").iterdir()):
            shutil.copytree(made, made_in / made.name, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
