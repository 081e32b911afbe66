"""Installs the add-on's zip as an extension in an empty Blender profile and runs a script there, in a bpy wheel.

    python tests/blender/installed_extension.py ZIP SCRIPT [ARGUMENTS]

The script finds the add-on where every user's scripts do, as bl_ext.user_default.flame_blender. Before that the zip
goes through the validator of this Blender. Exit status: the script's, or 1 when anything before it fails.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

MODULE = "bl_ext.user_default.flame_blender"


def main(archive: str, script: str, *arguments: str) -> int:
    """Validate, install, run; the exit status."""
    with tempfile.TemporaryDirectory(prefix="flame-profile-", ignore_cleanup_errors=True) as profile:
        os.environ.update(HOME=profile, BLENDER_USER_RESOURCES=profile)
        try:
            install(Path(archive).resolve())
            sys.argv = [script, *arguments]
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
                return 1
            return end.code or 0
        except BaseException:  # noqa: BLE001  (whatever it is, it is printed and ends the process with status 1)
            traceback.print_exc()
            return 1
        return 0


def install(archive: Path) -> None:
    """Blender's validator, then its installer; raises when the add-on is not enabled afterwards."""
    import bpy  # now, because it reads the profile's place when it is imported

    scripts = Path(bpy.utils.resource_path("LOCAL")) / "scripts"
    validator = scripts / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    tags = scripts / "modules" / "_bpy_internal" / "extensions" / "tags.py"
    subprocess.run([sys.executable, validator, "validate", "--valid-tags", tags, archive], check=True)
    bpy.ops.extensions.package_install_files(filepath=str(archive), repo="user_default", enable_on_install=True)
    if MODULE not in bpy.context.preferences.addons:
        raise RuntimeError(
            f"{archive.name} was installed in Blender {bpy.app.version_string} but {MODULE} is not enabled."
        )


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # Blender 4.2's wheel can crash while Python cleans up
