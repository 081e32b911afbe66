"""The sound of a clip in the sequencer, so that speech is heard while it plays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy


def add_sound(scene: bpy.types.Scene, path: Path, start_frame: float) -> Any:
    """A sound strip at the clip's first frame, on a channel that is free; the one there is of the same file, if any."""
    editor: Any = scene.sequence_editor or scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # 4.4 renamed them
    for strip in strips:
        if strip.type == "SOUND" and Path(bpy.path.abspath(strip.sound.filepath)) == path:
            strip.frame_start = round(start_frame)
            return strip
    channel = max((strip.channel for strip in strips), default=0) + 1
    return strips.new_sound(path.stem, str(path), channel, round(start_frame))
