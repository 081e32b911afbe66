"""Pictures and sound joined to a film file by Blender's own FFmpeg."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..clips.sound import add_sound
from ..errors import FlameError, WriteError
from ..files.whole_files import told
from .still import refused, view_by

CONTAINERS = {".mp4": "MPEG4", ".mov": "QUICKTIME", ".mkv": "MKV"}
NAME = "FLAME Film Cut"
SPARE = 1 << 16  # bytes: a disk that has no more is full


def new_cut(film: bpy.types.Scene, count: int) -> bpy.types.Scene:
    """A scene that will write the film's frames, from 1 to ``count``."""
    cut: Any = bpy.data.scenes.new(NAME)
    for name in ("resolution_x", "resolution_y", "resolution_percentage", "fps", "fps_base"):
        setattr(cut.render, name, getattr(film.render, name))
    cut.frame_start, cut.frame_end = 1, count
    view_by(cut, "Standard")  # the pictures have been through one already
    return cut


def put_sound(cut: bpy.types.Scene, sound: Path, start_frame: int) -> None:
    """Let the sound begin with a frame, also one before the first. FlameError where Blender cannot play it."""
    refusal = add_sound(cut, sound, start_frame)
    if refusal:
        why = refusal[0].removeprefix(f"{sound.name} is left out: ")
        raise FlameError(f"{sound}: {why}")


def write_film(cut: bpy.types.Scene, pictures: list[Path], path: Path) -> None:
    """Write the pictures, one a frame, and the sound to ``path``. Raises WriteError."""
    strips = _strips(cut)
    channel = max((strip.channel for strip in strips), default=0) + 1
    strip = strips.new_image("Pictures", str(pictures[0]), channel, cut.frame_start)
    for picture in pictures[1:]:
        strip.elements.append(picture.name)
    render: Any = cut.render
    settings = render.image_settings
    if hasattr(settings, "media_type"):  # since 5.0
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    settings.color_mode = "RGB"
    render.ffmpeg.format, render.ffmpeg.codec = CONTAINERS[path.suffix.lower()], "H264"
    render.ffmpeg.constant_rate_factor = "HIGH"
    with_sound = any(each.type == "SOUND" for each in strips)
    render.ffmpeg.audio_codec = "AAC" if with_sound else "NONE"
    render.ffmpeg.audio_mixrate = 48000
    render.use_sequencer, render.use_file_extension = True, False
    render.filepath = str(path)
    with refused(path):
        bpy.ops.render.render(animation=True, scene=cut.name)
    if not path.exists() or not path.stat().st_size:
        raise WriteError(f"{path}: cannot be written (Blender wrote no film); make room, or choose another folder.")
    with told(path), path.open("ab") as file:  # FFmpeg's end of a film that finds no room is silent
        whole = file.tell()
        file.write(bytes(SPARE))
        file.flush()
        file.truncate(whole)


def _strips(cut: bpy.types.Scene) -> Any:
    editor: Any = cut.sequence_editor or cut.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences  # 4.4 renamed them
