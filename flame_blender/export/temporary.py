"""What exists only for the time of an export: Blender data, and files that are not whole yet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ..flame.errors import FlameError

KINDS = (
    "objects", "meshes", "armatures", "cameras", "lights", "actions", "materials", "images", "collections",
    "node_groups", "worlds", "cache_files", "textures",
)  # fmt: skip


@contextmanager
def undisturbed(scene: bpy.types.Scene) -> Iterator[None]:
    """Whatever is made inside is removed; selection, active object, frame, range and rate are put back."""
    before = {kind: set(getattr(bpy.data, kind)) for kind in KINDS}
    layer: Any = bpy.context.view_layer
    selected, active = list(bpy.context.selected_objects), layer.objects.active
    names = ("frame_start", "frame_end")
    kept = {name: getattr(scene, name) for name in names}
    rate = scene.render.fps, scene.render.fps_base
    shown = scene.frame_current, scene.frame_subframe
    try:
        yield
    finally:
        for kind in KINDS:
            made = [each for each in getattr(bpy.data, kind) if each not in before[kind]]
            bpy.data.batch_remove(made)
        for name, value in kept.items():
            setattr(scene, name, value)
        scene.render.fps, scene.render.fps_base = rate
        for obj in scene.objects:
            if obj.name in layer.objects:
                obj.select_set(obj in selected)
        layer.objects.active = active
        scene.frame_set(shown[0], subframe=shown[1])


@contextmanager
def arriving_whole(path: Path) -> Iterator[Path]:
    """Where to write instead of ``path``: what lies there at the end comes to ``path`` and beside it.

    When an error comes out of it nothing does, and files that were there before stay; the error names ``path``. Raises
    FlameError where they cannot be replaced.
    """
    with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        try:
            yield unfinished
        except FlameError as error:
            raise FlameError(str(error).replace(str(unfinished), str(path))) from error
        files = [each for each in Path(folder).rglob("*") if each.is_file()]
        # the file that was asked for comes last, when all that it refers to is there
        for each in sorted(files, key=lambda file: file.name == path.name):
            place = path.parent / each.relative_to(folder)
            try:
                place.parent.mkdir(exist_ok=True)
                each.replace(place)
            except OSError as error:
                raise FlameError(
                    f"{place}: cannot be written ({error.strerror or error}); choose another place."
                ) from error
