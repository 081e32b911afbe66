"""Says whether rendered pictures and films are there and show something, in a bpy wheel: its own FFmpeg decodes films.

    python tests/blender/check_pictures.py FILE [FILE ...]

    python tests/blender/check_pictures.py --frames FRAMES.npy FILM

The second writes the brightness of a few of a film's frames, (n, P) float32.

A picture is blank when its brightness hardly varies; a film is dead when, besides, its frames do not differ. Prints one
line a file and ends with status 1 when any is missing, blank or dead.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np

LEAST_SPREAD = 0.02  # standard deviation of brightness, 0 to 1; a lit head on a plain ground has 0.1 and more
LEAST_MOTION = 0.001  # mean change of brightness between two moments of a film
MOMENTS = 4


def main(files: list[str]) -> int:
    """Check every file, or write a film's frames; the exit status."""
    if files[:1] == ["--frames"]:
        np.save(files[1], np.array(film_frames(Path(files[2]).resolve())))
        return 0
    faults = 0
    for name in files:
        path = Path(name).resolve()
        fault = describe_fault(path)
        faults += fault is not None
        print(f"{name}: {fault or 'good'}")
    return 1 if faults or not files else 0


def describe_fault(path: Path) -> str | None:
    """What is wrong with one picture or film, or None."""
    if not path.is_file() or path.stat().st_size == 0:
        return "is missing or empty"
    moments = film_frames(path) if path.suffix == ".mp4" else [brightness(path)]
    spreads = [float(moment.std()) for moment in moments]
    if min(spreads) < LEAST_SPREAD:
        return f"is blank: brightness varies by {min(spreads):.4f}, expected {LEAST_SPREAD} or more"
    motion = max((float(np.abs(moment - moments[0]).mean()) for moment in moments[1:]), default=LEAST_MOTION)
    if motion < LEAST_MOTION:
        return f"does not move: brightness changes by {motion:.5f}, expected {LEAST_MOTION} or more"
    return None


def brightness(path: Path) -> np.ndarray:
    """The mean of red, green and blue of each pixel, (P,) float32, 0 to 1."""
    image = bpy.data.images.load(str(path))
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(-1, 4)[:, :3].mean(axis=1)


def film_frames(path: Path) -> list[np.ndarray]:
    """The brightness of a few frames, spread over the film; the sequencer decodes them, and tells its size.

    In a process of its own where there are wheels: in one that has done much before, opening a film has crashed in 4.5
    and 5.3, a clip as well as a strip.
    """
    scene = bpy.context.scene
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # `strips` since Blender 4.4
    film = strips.new_movie("film", str(path), channel=1, frame_start=1)
    size = film.elements[0]
    duration = film.content_duration if hasattr(film, "content_duration") else film.frame_duration  # deprecated in 5.2
    scene.render.resolution_x, scene.render.resolution_y = size.orig_width, size.orig_height
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Standard"
    frames = [rendered_frame(scene, int(frame)) for frame in np.linspace(1, duration, MOMENTS)]
    scene.sequence_editor_clear()
    return frames


def rendered_frame(scene: bpy.types.Scene, frame: int) -> np.ndarray:
    """One frame of the scene's sequencer as brightness, by way of a picture file."""
    with tempfile.TemporaryDirectory() as folder:
        scene.frame_set(frame)
        scene.render.filepath = str(Path(folder) / "frame.png")
        bpy.ops.render.render(write_still=True)
        return brightness(Path(scene.render.filepath))


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # Blender 4.2's wheel can crash while Python cleans up
