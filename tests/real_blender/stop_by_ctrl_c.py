"""Ctrl-C in a real Blender that renders a data set: it stops after the sample, whole shards stay, the rest comes later.

python tests/real_blender/stop_by_ctrl_c.py BLENDER FOLDER     where the add-on is installed in $BLENDER_HOME

BLENDER is the program with the verb ``run``, FOLDER an empty one that it sees. The last line is `stopped: good in
Blender`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

RECIPE = """
name = "stopped"
seed = 3
count = 6
shard_size = 2
[image]
width = 64
height = 64
samples = 32
denoise = false
"""
STOPPED, LIMIT = 130, 240  # exit status; seconds
TOLD = "Stopped; files that are whole stay, and the same command goes on."


def main() -> int:
    """Render one shard, and stop in the second; the exit status."""
    blender, folder = sys.argv[1], Path(sys.argv[2])
    recipe, out = folder / "stopped.toml", folder / "set"
    recipe.write_text(RECIPE, encoding="utf-8")
    words = [blender, "run", "--command", "flame", "render", str(recipe), "--threads", "1", "--out"]
    status, told = interrupted([*words, str(out)], out / "stopped-000000.tar")
    assert status == STOPPED, f"status {status}: {told}"
    there = sorted(path.name for path in out.iterdir())
    shards = [name for name in there if name.endswith(".tar")]
    assert TOLD in told and "Traceback" not in told, told
    assert shards and len(shards) < 3 and there == ["recipe.json", *shards], there
    subprocess.run([*words, str(out)], check=True, timeout=LIMIT)
    subprocess.run([blender, "run", "--command", "flame", "finish", str(out)], check=True, timeout=LIMIT)
    subprocess.run([*words, str(folder / "whole"), "--shards", "1"], check=True, timeout=LIMIT)
    one, other = (each / "stopped-000001.tar" for each in (out, folder / "whole"))
    assert one.read_bytes() == other.read_bytes(), "the shard in which it was stopped"
    print("stopped: good in Blender")
    return 0


def interrupted(command: list[str], first: Path) -> tuple[int, str]:
    """Exit status and what was printed of a command that gets Ctrl-C, as a terminal gives it, after its first shard."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + LIMIT
        while not first.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.4)  # within a render
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        told, _ = process.communicate(timeout=LIMIT)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, told


if __name__ == "__main__":
    sys.exit(main())
