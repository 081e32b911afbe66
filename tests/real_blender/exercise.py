"""The main job, done by a script with the installed extension: in a bpy wheel or with `blender -b --python`.

It imports the add-on as every user's script does and stops with an AssertionError or whatever the add-on raises.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import addon_utils
import bpy
import numpy as np

MODULE = "bl_ext.user_default.flame_blender"
MILLIMETRE = 1e-3
TOUCHING = 1e-6  # metres


def shown_vertices(head: bpy.types.Object) -> np.ndarray:
    """(V, 3) float32, the head's evaluated mesh: what a render would show."""
    mesh = head.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    vertices = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", vertices)
    return vertices.reshape(-1, 3)


def check_pose(api, head: bpy.types.Object) -> None:
    """A script moves the face; the mesh shows what the API computes, in Blender's axes."""
    neutral = shown_vertices(head)
    api.set_params(head, expression=[1.0], jaw=(0.2, 0.0, 0.0))
    bpy.context.view_layer.update()
    posed = shown_vertices(head)
    assert np.abs(posed - neutral).max() > 5 * MILLIMETRE, "an open jaw must move the mesh"
    x, y, z = api.evaluate(head).T
    assert np.abs(posed - np.stack([x, -z, y], axis=1)).max() < TOUCHING, "the mesh must show what the API computes"


def check_landmarks(api, head: bpy.types.Object) -> None:
    """68 empties stand where the landmarks are."""
    empties = [child for child in head.children if child.type == "EMPTY"]
    assert len(empties) == 68, f"expected 68 landmark empties, found {len(empties)}"
    found = np.array(sorted(tuple(empty.matrix_world.translation) for empty in empties))
    expected = np.array(sorted(map(tuple, api.landmarks(head, space="world"))))
    assert np.abs(found - expected).max() < 1e-5, "the empties must follow the face"


def check_animation(api, head: bpy.types.Object) -> None:
    """Keys at frames 1 and 11 show their own faces at those frames and something between in the middle."""
    scene = bpy.context.scene
    for frame, angle in ((1, 0.0), (11, 0.3)):
        api.set_params(head, jaw=(angle, 0.0, 0.0))
        assert api.keyframe(head, frame) > 0
    angles = []
    for frame in (1, 6, 11):
        scene.frame_set(frame)
        angles.append(float(api.get_params(head).jaw[0]))
        x, y, z = api.evaluate(head).T
        assert np.abs(shown_vertices(head) - np.stack([x, -z, y], axis=1)).max() < TOUCHING, f"frame {frame}"
    assert abs(angles[0]) < TOUCHING < 0.1 < angles[1] < 0.2 < angles[2], angles


def check_reload(api, head: bpy.types.Object) -> None:
    """A saved file opens with the same face, still alive."""
    name, before = head.name, shown_vertices(head)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "head.blend")
        bpy.ops.wm.save_as_mainfile(filepath=path, check_existing=False)
        bpy.ops.wm.read_homefile(use_empty=True)
        bpy.ops.wm.open_mainfile(filepath=path)
    head = bpy.data.objects[name]
    assert api.is_head(head)
    assert np.abs(shown_vertices(head) - before).max() < TOUCHING
    bpy.context.scene.frame_set(1)
    assert np.abs(shown_vertices(head) - before).max() > MILLIMETRE, "the opened head must follow its keys"


def count_handlers() -> int:
    """How many functions Blender calls on its events."""
    lists = (getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers))
    return sum(len(found) for found in lists if isinstance(found, list))


def check_disabling() -> None:
    """Disabling leaves nothing registered; enabling again works."""
    handlers = count_handlers()
    addon_utils.disable(MODULE)
    assert count_handlers() < handlers, "the handlers must go with the add-on"
    assert not hasattr(bpy.types.Object, "flame"), "Object.flame must go with the add-on"
    left = [kind for kind in dir(bpy.types) if kind.startswith("FLAME_")]
    assert not left, f"still registered: {left}"
    addon_utils.enable(MODULE)
    assert hasattr(bpy.types.Object, "flame"), "Object.flame must come back with the add-on"
    assert count_handlers() == handlers


def main() -> None:
    """The whole exercise, on a head added beside Blender's own default scene."""
    from bl_ext.user_default.flame_blender import api

    head = api.add_head(landmarks=True)
    assert api.is_head(head)
    check_pose(api, head)
    check_landmarks(api, head)
    check_animation(api, head)
    check_reload(api, head)
    check_disabling()
    print(f"exercise: good in Blender {bpy.app.version_string}", flush=True)


if __name__ == "__main__":
    main()
