"""Timings inside Blender: a live head against Blender alone, and against the same head as shape keys and an armature.

    .envs/bpy-5.0.1/bin/python benchmarks/blender.py
    blender -b --factory-startup --python benchmarks/blender.py

Medians of paired, interleaved runs on the built-in head and on a full-size file that moves as a face does
(tests/flame/face_like.py: 5,023 vertices, 300 + 100 coefficients), all expression coefficients and the pose animated.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import flame_blender  # noqa: E402  (found only after the line above)
from benchmarks.board_rows import board_rows  # noqa: E402
from benchmarks.body_rows import body_rows  # noqa: E402
from benchmarks.capture_rows import capture_rows  # noqa: E402
from benchmarks.controls_at_work import rows_of_controls  # noqa: E402
from benchmarks.detail_rows import detail_rows  # noqa: E402
from benchmarks.hair_rows import hair_rows  # noqa: E402
from benchmarks.life_rows import life_rows  # noqa: E402
from benchmarks.skin_rows import skin_rows  # noqa: E402
from benchmarks.table import BUILT_IN, FULL_SIZE, SHORT, Row, number, print_table, within  # noqa: E402
from flame_blender import api  # noqa: E402
from flame_blender.flame.model import FlameModel  # noqa: E402
from flame_blender.geometry.axes import to_blender  # noqa: E402
from flame_blender.head import deformation, handlers, mesh, models  # noqa: E402
from flame_blender.head.mouth import following_head  # noqa: E402
from flame_blender.head.properties import read_values  # noqa: E402
from flame_blender.model_files.saving import save_model  # noqa: E402
from tests.flame.face_like import face_like_model  # noqa: E402

FRAMES, KEY_EVERY, ROUNDS = (5, 5, 1) if SHORT else (60, 10, 7)
ALLOWED_MS = 0.12  # what a live head may cost beside the layer and a handler that only writes


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        models.user_folder = lambda: Path(folder)
        path = Path(folder) / "model.npz"
        save_model(face_like_model(), path)
        flame_blender.register()
        columns = {
            BUILT_IN: [
                *rows_of(api.BUILT_IN),
                *capture_rows(api.BUILT_IN, medians),
                *board_rows(medians),
                *life_rows(medians),
                *hair_rows(animated_head, medians),
                enable_row(),
            ],
            FULL_SIZE: [
                *rows_of(path),
                *([] if SHORT else capture_rows(path, medians)),  # computing its named controls takes a while
                mouth_row(path),
                *skin_rows(path, medians),
                *detail_rows(path, animated_head, medians),
                *body_rows(path, animated_head, medians),
            ],
        }
    print_table(f"Blender {bpy.app.version_string}, NumPy {np.__version__}", columns)


def rows_of(model: str | Path) -> list[Row]:
    """Every row of heads of one model."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return [
        *one_head_rows(model),
        *rows_of_controls(model, animated_head, FRAMES, KEY_EVERY, ROUNDS),
        ten_heads_row(model),
        memory_row(model),
    ]


def medians(*works: Callable[[int], None]) -> list[float]:
    """Milliseconds of a frame of each work, the works taken in turn, round by round."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, found in zip(works, times, strict=True):
            for frame in range(1, FRAMES + 1):
                start = time.perf_counter()
                work(frame)
                found.append((time.perf_counter() - start) * 1000)
    return [float(np.median(found)) for found in times]


def one_head_rows(model: str | Path) -> list[Row]:
    """A live head against a handler that only writes and the layer, and against shape keys."""
    live_scene, head = animated_head(model, "live")
    plain_scene, plain = animated_head(model, "plain")
    plain.modifiers.remove(plain.modifiers[deformation.NAME])
    plain.flame.live = False
    native_scene, keys = native_head(api.model(head))
    layer, positions = layer_alone(live_scene, head), to_blender(api.evaluate(plain))
    parts: list[tuple[float, float, float]] = []

    def only_write(_scene: bpy.types.Scene, _depsgraph: bpy.types.Depsgraph) -> None:
        mesh.write_positions(plain.data, positions)

    def apart(frame: int) -> None:
        handlers.unregister()
        start = time.perf_counter()
        plain_scene.frame_set(frame)
        after_blender = time.perf_counter()
        layer(frame)
        after_layer = time.perf_counter()
        bpy.app.handlers.frame_change_post.append(only_write)
        before_writing = time.perf_counter()
        plain_scene.frame_set(frame + 1)
        parts.append((after_blender - start, after_layer - after_blender, time.perf_counter() - before_writing))
        bpy.app.handlers.frame_change_post.remove(only_write)
        handlers.register()

    live, _, native = medians(live_scene.frame_set, apart, native_scene.frame_set)
    blender, numpy, writing = (float(part) * 1000 for part in np.median(parts, axis=0))
    more, times = live - numpy - writing, native / live
    wanted_keys = "at least 6 times" if keys > 400 and bpy.app.version[:2] == (5, 0) else ""
    return [
        Row("frame_set, one live head", f"{live:.3f} ms; Blender without it {blender:.3f}, the layer {numpy:.3f}"),
        Row(
            "... beside the layer and a handler that only writes",
            f"{more:.3f} ms more than {numpy:.3f} + {writing:.3f}",
            f"at most {ALLOWED_MS:g} ms more",
            more <= ALLOWED_MS,
        ),
        Row(
            "... beside all directions as shape keys, and an armature",
            f"{times:.1f} times as fast ({native:.3f} ms, {keys} keys)",
            wanted_keys,
            times >= 6 or not wanted_keys,
        ),
    ]


def layer_alone(scene: bpy.types.Scene, head: bpy.types.Object) -> Callable[[int], None]:
    """Evaluates the head's values at a frame in NumPy, the identity prepared."""
    values = [values_at(scene, head, frame) for frame in range(1, FRAMES + 1)]
    evaluator, model = models.evaluator(head.flame.fingerprint), api.model(head)
    moving = slice(model.n_identity, model.n_identity + model.n_expression)
    identity = evaluator.prepare(values[0][: model.n_identity])

    def layer(frame: int) -> None:
        numbers = values[frame - 1]
        pose = numbers[moving.stop : moving.stop + 18].reshape(6, 3)  # two eyelids follow
        identity.frame(numbers[moving], pose[:5], pose[5])

    return layer


def ten_heads_row(model: str | Path) -> Row:
    """Ten live heads in one scene against one."""
    one_scene, _ = animated_head(model, "one")
    ten_scene, _ = animated_head(model, "ten", count=10)
    one, ten = medians(one_scene.frame_set, ten_scene.frame_set)
    found = f"{number(ten)} ms, {ten / one:.1f} times {number(one)} ms of one"
    return Row("frame_set, ten live heads", found, "at most 10 times", ten <= 10 * one)


def mouth_row(model: Path) -> Row:
    """What writing mouth and lashes takes, with what Blender takes for it beside that."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene, head = animated_head(model, "speaking")
    without = medians(scene.frame_set)[0]
    api.add_mouth(head)
    times: list[float] = []
    follow = following_head.follow

    def timed(*given: Any) -> Any:
        start = time.perf_counter()
        known = follow(*given)
        times.append((time.perf_counter() - start) * 1000)
        return known

    following_head.follow = timed
    try:
        shown = medians(scene.frame_set)[0]
    finally:
        following_head.follow = follow
    head.flame.show_mouth = False
    hidden = medians(scene.frame_set)[0]
    own = float(np.median(times))
    found = f"{own:.3f} ms; frame_set {shown:.3f}, switched off {hidden:.3f}, without {without:.3f}"
    return Row("mouth and lashes of one live head", found, "at most 0.1 ms", own <= 0.1)


def memory_row(model: str | Path) -> Row:
    """How many copies of the model's directions ten heads hold."""
    heads = [api.add_head(model) for _ in range(10)]
    copies = len({api.model(head).basis.__array_interface__["data"][0] for head in heads})
    return within("copies of the model for ten heads", copies, 1, "")


def enable_row() -> Row:
    """Importing and registering the add-on in a fresh Blender process, bpy there already and the byte code too."""
    script = (
        f"import bpy, os, time, sys; sys.path.insert(0, {str(ROOT)!r}); import numpy; start = time.perf_counter(); "
        "import flame_blender; flame_blender.register(); print('enabled', time.perf_counter() - start); "
        "sys.stdout.flush(); os._exit(0)"  # Blender 4.2's wheel can crash while Python cleans up
    )
    run_script(script)  # which leaves the byte code, as Blender does
    runs = [run_script(script) for _ in range(1 if SHORT else 5)]
    return within("enable the add-on", float(np.median(runs)) * 1000, 100)


def run_script(script: str) -> float:
    """The seconds that a Python expression printed after 'enabled' in a fresh process of this Blender."""
    command = [sys.executable, "-c", script]
    if bpy.app.binary_path:
        command = [bpy.app.binary_path, "-b", "--factory-startup", "--python-expr", script]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    return float(next(line for line in said.splitlines() if line.startswith("enabled")).split()[1])


def animated_head(model: str | Path, name: str, count: int = 1) -> tuple[bpy.types.Scene, bpy.types.Object]:
    """A scene of its own with heads whose expression and pose change on every frame."""
    scene = bpy.data.scenes.new(name)
    bpy.context.window_manager.windows[0].scene = scene if bpy.context.window_manager.windows else None
    for seed in range(count):
        head = api.add_head(model)
        for home in head.users_collection:
            home.objects.unlink(head)
        scene.collection.objects.link(head)
        rng, n_expression = np.random.default_rng(seed), api.model(head).n_expression
        for frame in range(1, FRAMES + KEY_EVERY, KEY_EVERY):
            api.set_params(head, expression=rng.normal(size=n_expression), neck=rng.normal(size=3) * 0.1)
            api.set_params(head, jaw=rng.normal(size=3) * 0.1, left_eye=rng.normal(size=3) * 0.1)
            api.keyframe(head, frame, ("expression", "rotations", "translation"))
    return scene, head


def values_at(scene: bpy.types.Scene, head: bpy.types.Object, frame: int) -> np.ndarray:
    """The head's values at a frame."""
    scene.frame_set(frame)
    return read_values(head.flame)


def native_head(model: FlameModel) -> tuple[bpy.types.Scene, int]:
    """The same head as plain Blender data, and the number of its shape keys.

    The expression's are keyed, the 36 correctives driven by the bones of an armature.
    """
    scene = bpy.data.scenes.new("native")
    obj = bpy.data.objects.new("native", mesh.create_mesh(model, "native"))
    scene.collection.objects.link(obj)
    obj.shape_key_add(name="Basis")
    base = model.v_template
    directions = np.concatenate([model.shapedirs, model.posedirs], axis=2)
    for index in range(directions.shape[2]):
        key = obj.shape_key_add(name=f"key {index}")
        key.points.foreach_set("co", to_blender(base + directions[:, :, index]).ravel())
        key.value = 0.0
    rig = armature(scene, model)
    obj.modifiers.new("Armature", "ARMATURE").object = rig
    for joint, bone in enumerate(rig.data.bones):
        group = obj.vertex_groups.new(name=bone.name)
        for vertex, weight in enumerate(model.weights[:, joint].tolist()):
            if weight > 1e-4:
                group.add([vertex], weight, "REPLACE")
    keys = obj.data.shape_keys
    rng = np.random.default_rng(0)
    for frame in range(1, FRAMES + KEY_EVERY, KEY_EVERY):
        for index in range(model.n_expression):
            key = keys.key_blocks[1 + model.n_identity + index]
            key.slider_min, key.slider_max = -10, 10
            key.value = rng.normal()
            key.keyframe_insert("value", frame=frame)
        for bone in rig.pose.bones:
            bone.rotation_quaternion = (1, *(rng.normal(size=3) * 0.05))
            bone.keyframe_insert("rotation_quaternion", frame=frame)
    for index in range(36):
        drive(keys.key_blocks[1 + model.n_identity + model.n_expression + index], rig, index)
    return scene, directions.shape[2]


def armature(scene: bpy.types.Scene, model: FlameModel) -> bpy.types.Object:
    """FLAME's five joints as bones."""
    rig = bpy.data.objects.new("rig", bpy.data.armatures.new("rig"))
    scene.collection.objects.link(rig)
    joints = to_blender(model.joint_regressor @ model.v_template)
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0], object=rig, active_object=rig):
        scene.view_layers[0].objects.active = rig
        bpy.ops.object.mode_set(mode="EDIT")
        for joint, parent in enumerate(model.parents):
            bone = rig.data.edit_bones.new(f"joint {joint}")
            bone.head, bone.tail = joints[joint], joints[joint] + (0, 0, 0.02)
            if parent >= 0:
                bone.parent = rig.data.edit_bones[parent]
        bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def drive(key: bpy.types.ShapeKey, rig: bpy.types.Object, index: int) -> None:
    """Let a bone's rotation drive a pose corrective, as a rig does."""
    driver = key.driver_add("value").driver
    driver.type = "SUM"
    target = driver.variables.new().targets[0]
    target.id = rig
    target.data_path = f'pose.bones["joint {1 + index // 9}"].rotation_quaternion[{1 + index % 3}]'


if __name__ == "__main__":
    main()
