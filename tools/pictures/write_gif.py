"""Joins the pictures of a folder, in the order of their names, to an animated GIF that goes round.

python tools/pictures/write_gif.py FOLDER OUT.gif FRAMES_A_SECOND [WIDTH]
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

LARGEST = 1_000_000  # bytes: what a page of the docs may load


COLOURS = 96


def main(folder: Path, out: Path, fps: float, width: int | None) -> None:
    """Write the GIF with one palette for all of its frames, which keeps what stands still from flickering."""
    frames = [Image.open(path).convert("RGB") for path in sorted(folder.glob("*.png"))]
    if not frames:
        raise SystemExit(f"{folder}: expected pictures, found none; render them first.")
    if width is not None:
        height = round(width * frames[0].height / frames[0].width)
        frames = [frame.resize((width, height), Image.Resampling.LANCZOS) for frame in frames]
    width, height = frames[0].size
    strip = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        strip.paste(frame, (0, number * height))
    palette = strip.quantize(COLOURS)
    shown = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    shown[0].save(out, save_all=True, append_images=shown[1:], duration=round(1000 / fps), loop=0, optimize=True)
    if out.stat().st_size > LARGEST:
        raise SystemExit(f"{out}: {out.stat().st_size} bytes, at most {LARGEST} wanted; ask for a smaller width.")
    print(f"{out}: {len(frames)} frames, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else None)
