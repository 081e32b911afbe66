"""Takes the built zip through a real Blender: validate, install, a headless script, the test suite, a window.

    python tests/real_blender/run.py --blender TOOL --archive ZIP --screenshot OUT.png

TOOL is a program with four verbs: `setup` (make sure Blender is there), `run ARGS` (run `blender ARGS` with $HOME at
$BLENDER_HOME), `gui OUT.png SECONDS ARGS` (start it in a window on a virtual screen, and photograph it) and `remove`
(undo the set-up). Ends with status 1 and the step's name at the first failure.

Blender gets a copy of the checkout in /tmp: it may run in a root folder of its own, which shows it /tmp but not every
folder that a checkout can lie in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path("tests") / "real_blender"
PICTURES = Path("out") / "window"  # of panels, for people to look at
NOT_COPIED = shutil.ignore_patterns(".git", ".envs", "out", "build", "__pycache__", ".*_cache")
SETUP_LIMIT = 1800  # seconds; the first set-up downloads Blender
STEP_LIMIT = 900
WINDOW_SECONDS = 30
USE_SECONDS = 150
LONG_USE_SECONDS = 240
QUIT = "Blender quit"  # what Blender prints last
FACE, INSTALLED = "face_like", "face: installed in Blender"  # what install_face.py installs and says
SEEN = "copy: seen by Blender"
SHOWN = "panel: shown in Blender"
USED = "window: good in Blender"
FITTED = "fit: good in Blender"
PINNED = "pins: good in Blender"
FACED = "character: good in Blender"
JOINED = "family: good in Blender"
CAPTURED = "capture: good in Blender"
BOARDED = "board: good in Blender"
ALIVE = "life: good in Blender"
POSED = "poses: good in Blender"
MADE = "data sets: good in Blender"
EXERCISED = "exercise: good in Blender"
STOPPED = "stopped: good in Blender"
BY_HAND = (  # tried with the head of a FLAME file too
    ("capture_in_window.py", CAPTURED, USE_SECONDS),
    ("pins_in_window.py", PINNED, USE_SECONDS),
    ("board_in_window.py", BOARDED, USE_SECONDS),
    ("life_in_window.py", ALIVE, USE_SECONDS),
    ("poses_in_window.py", POSED, LONG_USE_SECONDS),
)


class StepError(Exception):
    """A step failed; the message names it."""


def main() -> int:
    """All steps in order; the exit status."""
    parser = argparse.ArgumentParser(description="Try the built zip in a real Blender.")
    parser.add_argument("--blender", type=Path, required=True, help="the program with the verbs setup, run and gui")
    parser.add_argument("--archive", type=Path, required=True, help="the built zip")
    parser.add_argument("--screenshot", type=Path, required=True, help="where the picture of the panel goes")
    arguments = parser.parse_args()
    tool, archive = str(arguments.blender.resolve()), arguments.archive.resolve()
    picture = arguments.screenshot.resolve()
    try:
        with tempfile.TemporaryDirectory(prefix="flame-real-blender-", dir="/tmp", ignore_cleanup_errors=True) as shown:
            copy, home = Path(shown) / "checkout", Path(shown) / "home"
            lay_out(copy, archive)
            home.mkdir()
            os.environ["BLENDER_HOME"] = str(home)
            os.chdir(copy)
            set_up(tool)
            try_archive(tool, archive.name)
            shutil.copytree(copy / "out", ROOT / "out", dirs_exist_ok=True)
            try_window(tool, picture)
    except StepError as error:
        print(f"real Blender: {error}", file=sys.stderr)
        return 1
    print("real Blender: good")
    return 0


def lay_out(copy: Path, archive: Path) -> None:
    """The checkout in a folder of its own, with the pytest that a real Blender takes and the zip to try."""
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    shutil.copytree(ROOT / ".envs" / "pytest", copy / ".envs" / "pytest")
    shutil.copy(archive, copy)


def set_up(tool: str) -> None:
    """Make sure that Blender is there and sees the copy; StepError where it cannot.

    A root folder that was set up long ago can hold on to a /tmp that is no more: that one is set up anew.
    """
    step([tool, "setup"], limit=SETUP_LIMIT)
    look = [tool, "run", "-b", "--factory-startup", "--python", str(SCRIPTS / "see_copy.py")]
    if SEEN in step(look):
        return
    step([tool, "remove"])
    step([tool, "setup"], limit=SETUP_LIMIT)
    expect(SEEN, step(look))


def try_archive(tool: str, archive: str) -> None:
    """Validate and install the zip, exercise the extension headless, stop it by Ctrl-C, run the Blender tests."""
    step([tool, "run", "--command", "extension", "validate", archive])
    step([tool, "run", "--command", "extension", "install-file", "-r", "user_default", "--enable", archive])
    exercise = [tool, "run", "-b", "--python-exit-code", "1", "--python", str(SCRIPTS / "exercise.py")]
    expect(EXERCISED, step(exercise))
    folder = Path("stopped")
    folder.mkdir()
    expect(STOPPED, step([sys.executable, str(SCRIPTS / "stop_by_ctrl_c.py"), tool, str(folder.resolve())]))
    bridge = "tests/blender/run_in_blender.py"
    suite = ["tests/blender", "--suite", "real-blender"]
    step([tool, "run", "-b", "--factory-startup", "--python-exit-code", "1", "--python", bridge, "--", *suite])


def try_window(tool: str, picture: Path) -> None:
    """In a window: show the panel and keep a picture of it; then undo, key, play, render and fit there."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.unlink(missing_ok=True)
    expect(SHOWN, step([tool, "gui", str(picture), str(WINDOW_SECONDS), "--python", str(SCRIPTS / "show_panel.py")]))
    for script, line, seconds in (
        ("use_window.py", USED, USE_SECONDS),
        ("character_in_window.py", FACED, USE_SECONDS),
        ("fit_in_window.py", FITTED, USE_SECONDS),
        ("family_in_window.py", JOINED, LONG_USE_SECONDS),
        ("data_sets_in_window.py", MADE, USE_SECONDS),
        *BY_HAND,
    ):
        window(tool, script, line, seconds)
    face = [tool, "run", "-b", "--python-exit-code", "1", "--python", str(SCRIPTS / "install_face.py")]
    expect(INSTALLED, step(face))
    for script, line, seconds in BY_HAND:  # once more, with a FLAME file's head
        window(tool, script, line, seconds, FACE)
    if PICTURES.is_dir():
        shutil.copytree(PICTURES, ROOT / PICTURES, dirs_exist_ok=True)
    if not picture.is_file():
        raise StepError(f"the window left no picture at {picture}")


def until_it_quits(command: list[str]) -> str:
    """What a window prints that ends itself: the tool would go on waiting, to photograph an empty screen."""
    lines, process = [], begun(command)
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
        if line.strip() == QUIT:
            os.killpg(process.pid, signal.SIGTERM)
            break
    process.wait()
    return "".join(lines)


def begun(command: list[str]) -> subprocess.Popen[str]:
    """The command, started in a group of its own; what it does goes to its output."""
    print(f"== {' '.join(command[1:])}", flush=True)
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True,
    )  # fmt: skip


def window(tool: str, script: str, line: str, seconds: int, *arguments: str) -> None:
    """A script in a window, with events, told to end within so many seconds."""
    given = ["--enable-event-simulate", "--python", str(SCRIPTS / script), *(("--", *arguments) if arguments else ())]
    expect(line, until_it_quits([tool, "gui", "ended.png", str(seconds), *given]))


def step(command: list[str], limit: int = STEP_LIMIT) -> str:
    """Run one command in the copy, show what it prints, and return it; StepError on failure or a traceback."""
    name, process = " ".join(command[1:]), begun(command)
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)  # the tool and the Blender that it started
        raise StepError(f"`{name}` took more than {limit} s") from error
    print(output, flush=True)
    if process.returncode != 0:
        raise StepError(f"`{name}` ended with status {process.returncode}")
    return output


def expect(line: str, output: str) -> None:
    """StepError unless the line was printed and no traceback was: Blender prints those of panels and timers only."""
    if "Traceback (most recent call last)" in output:
        raise StepError("a traceback was printed")
    if line not in output:
        raise StepError(f"the line `{line}` was not printed")


if __name__ == "__main__":
    sys.exit(main())
