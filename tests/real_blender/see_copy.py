"""Run inside Blender: says that it sees the folder this script lies in."""

import bpy

print(f"copy: seen by Blender {bpy.app.version_string}", flush=True)
