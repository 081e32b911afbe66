"""Run in a Blender of its own, by test_try_addon.py: edits a linked package and reloads it, first well, then broken.

python reload_session.py -- PACKAGE RELOAD_SCRIPT
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

import bpy

DONE = "reloaded: good"


def main(package: Path, reload_script: Path) -> None:
    """Raise AssertionError unless edits are taken and a broken module is told."""
    runpy.run_path(str(reload_script), run_name="__main__")
    bpy.ops.flame.add_head()
    head = bpy.context.object
    assert opens(head)

    source = package / "operators" / "add_head.py"
    text, label = source.read_text(encoding="utf-8"), shown_label()
    source.write_text(text.replace(f'bl_label = "{label}"', 'bl_label = "Edited"'), encoding="utf-8")
    assert bpy.ops.wm.reload_flame() == {"FINISHED"}
    assert shown_label() == "Edited" != label
    assert opens(head)

    source.write_text(f"{text}\n(", encoding="utf-8")
    assert "FLAME was not reloaded: SyntaxError" in refusal()

    source.write_text(text, encoding="utf-8")
    assert bpy.ops.wm.reload_flame() == {"FINISHED"}
    assert shown_label() == label
    assert opens(head)
    print(DONE, flush=True)


def refusal() -> str:
    """What the command reports when it fails."""
    try:
        bpy.ops.wm.reload_flame()
    except RuntimeError as error:
        return str(error)
    raise AssertionError("a broken module was loaded")


def shown_label() -> str:
    """What the button that adds a head is called."""
    return bpy.ops.flame.add_head.get_rna_type().name


def opens(head: bpy.types.Object) -> bool:
    """Whether the jaw's slider lowers a vertex by more than 5 mm."""
    heights = []
    for turn in (0.0, 0.3):
        head.flame.jaw = (turn, 0, 0)
        bpy.context.view_layer.update()
        heights.append([vertex.co.z for vertex in head.data.vertices])
    return max(shut - opened for shut, opened in zip(*heights, strict=True)) > 0.005


if __name__ == "__main__":
    main(*map(Path, sys.argv[sys.argv.index("--") + 1 :]))
    os._exit(0)  # Blender 4.2's wheel can crash while Python cleans up
