"""The sound of a clip in the sequencer, so that speech is heard while it plays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..plain_text import as_name


def add_sound(scene: bpy.types.Scene, path: Path, start_frame: float) -> tuple[str, ...]:
    """Put the sound at the clip's first frame, on a free channel, or move the strip there is of the same file.

    One sentence where this Blender cannot play it, else none.
    """
    built_with: Any = bpy.app.build_options
    if not built_with.audaspace:
        return (f"{path.name} is left out: this Blender was built without sound.",)
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return (f"{path.name} is left out: Blender takes no sound whose name is not UTF-8; rename it.",)
    path = path.absolute()  # Blender would look for others in the folder that it is started in
    editor: Any = scene.sequence_editor or scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # 4.4 renamed them
    for strip in strips:
        if strip.type == "SOUND" and Path(bpy.path.abspath(strip.sound.filepath)) == path:
            start = "content_start" if hasattr(strip, "content_start") else "frame_start"  # 5.2 renamed it
            setattr(strip, start, float(round(start_frame)))
            return ()
    channel = max((strip.channel for strip in strips), default=0) + 1
    try:
        strip = strips.new_sound(as_name(path.stem), str(path), channel, round(start_frame))
    except RuntimeError as error:  # Blender's reason, such as a damaged file
        return (f"{path.name} is left out: {str(error).removeprefix('Error: ').strip()}.",)
    if strip.sound.samplerate:
        return ()
    sound = strip.sound  # of what is no sound Blender makes a strip without samples
    strips.remove(strip)
    if not sound.users:
        bpy.data.sounds.remove(sound)
    return (f"{path.name} is left out: expected a sound, found none that Blender plays; choose another file.",)
