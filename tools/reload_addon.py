"""Run inside Blender by try_addon.py: enables the add-on and adds Reload FLAME, which takes what was edited on disk.

The command is in the Blender menu's System and so found by F3. Heads in the scene keep their values. It stands outside
the package: the released add-on has no such command.
"""

from __future__ import annotations

import importlib
import sys

import addon_utils
import bpy

MODULE = "bl_ext.user_default.flame_blender"


def reload_addon() -> list[Exception]:
    """Disable the add-on, forget its modules, enable it anew and evaluate every head; what went wrong."""
    wrong: list[Exception] = []
    addon_utils.disable(MODULE, handle_error=wrong.append)
    for name in [name for name in sys.modules if name == MODULE or name.startswith(f"{MODULE}.")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    addon_utils.enable(MODULE, default_set=True, handle_error=wrong.append)
    for obj in bpy.data.objects:
        obj.update_tag()
    return wrong


class ReloadFlame(bpy.types.Operator):
    """Load the FLAME add-on again from the linked folder."""

    bl_idname = "wm.reload_flame"
    bl_label = "Reload FLAME"

    def execute(self, _context):
        """Reload; the first error goes to the status bar, all of them to the terminal."""
        wrong = reload_addon()
        if not wrong:
            self.report({"INFO"}, "FLAME was reloaded.")
            return {"FINISHED"}
        for error in wrong:
            sys.excepthook(type(error), error, error.__traceback__)
        self.report({"ERROR"}, f"FLAME was not reloaded: {type(wrong[0]).__name__}: {wrong[0]}")
        return {"CANCELLED"}


def draw(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """The menu's entry."""
    self.layout.operator(ReloadFlame.bl_idname, icon="FILE_REFRESH")


if __name__ == "__main__":
    bpy.utils.register_class(ReloadFlame)
    bpy.types.TOPBAR_MT_blender_system.prepend(draw)
    if addon_utils.enable(MODULE, default_set=True) is None:
        print("FLAME was not enabled; mend what is said above, then press F3 > Reload FLAME.", file=sys.stderr)
