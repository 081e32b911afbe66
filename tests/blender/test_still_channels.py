"""What does not change over a clip is set, and not keyed."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.keyframes.animation import curves_of
from flame_blender.sequences import Camera, FlameSequence
from flame_blender.sequences.project_npz import save_sequence
from tests.blender.conftest import expression_of, shown

FRAMES = 24
CLOSE = 2e-6


@pytest.fixture
def person(head):
    return head


def tracked(person: bpy.types.Object, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """As trackers write clips: every field for every frame, though only three expressions and the jaw's X move."""
    fields = {name: np.tile(rng.normal(0, 0.2, 3), (FRAMES, 1)) for name in ("global_rotation", "neck", "translation")}
    fields["shape"] = np.tile(rng.normal(size=len(person.flame.shape)), (FRAMES, 1))
    fields["expression"] = np.tile(rng.uniform(0, 0.3, len(expression_of(person))), (FRAMES, 1))
    fields["expression"][:, [1, 4, 30]] = rng.uniform(0, 1, (FRAMES, 3))
    fields["jaw"] = np.stack([np.linspace(0, 0.3, FRAMES), *np.full((2, FRAMES), 0.05)], axis=1)
    return fields


def moved(person: bpy.types.Object) -> set[tuple[str, int]]:
    name = "movements" if person.flame.movements else "expression"
    return {("flame.jaw", 0), *((f"flame.{name}[{row}].value", 0) for row in (1, 4, 30))}


def write(fields: dict[str, np.ndarray], path, camera: Camera | None = None, fps: float = 30.0):
    save_sequence(FlameSequence(FlameParams(**fields), fps, "test", camera), path)
    return path


def channels(obj: bpy.types.ID) -> set[tuple[str, int]]:
    return {(curve.data_path, curve.array_index) for curve in curves_of(obj) or ()}


@pytest.mark.parametrize("how", [{}, {"frame_rate": "RESAMPLE"}, {"smooth": 0.7}])
def test_only_what_moves_is_keyed(person, rng, tmp_path, how):
    """Also of a clip that was resampled or smoothed; what was keyed before is replaced."""
    for frame in (1, 10):
        api.set_params(person, neck=(0.1 * frame, 0, 0), shape=rng.normal(size=5), left_eye=(0, 0.2, 0))
        api.keyframe(person, frame, ("identity", "rotations"))
    bpy.context.scene.render.fps = 24
    fields = tracked(person, rng)
    imported = api.import_animation(write(fields, tmp_path / "clip.npz"), person, start_frame=3, **how)
    assert channels(person) == moved(person)
    clip = imported.clip
    for frame in (0, len(clip) // 2, len(clip) - 1):
        bpy.context.scene.frame_set(3 + frame)
        params = api.get_params(person)
        for name in ("shape", "expression", "neck", "jaw", "translation", "left_eye"):
            whole = np.broadcast_to(getattr(clip.params, name), (len(clip), getattr(params, name).size))
            np.testing.assert_allclose(getattr(params, name), whole[frame], atol=CLOSE)
        np.testing.assert_allclose(shown(person), api.evaluate(person), atol=CLOSE)


def test_a_single_frame_is_a_pose(person, rng, tmp_path):
    fields = {name: values[:1] for name, values in tracked(person, rng).items()}
    api.import_animation(write(fields, tmp_path / "one.npz"), person)
    assert not channels(person)
    np.testing.assert_array_equal(api.get_params(person).expression, fields["expression"][0].astype(np.float32))


def test_a_camera_is_keyed_where_it_changes(person, rng, tmp_path):
    camera = Camera(
        intrinsics=np.tile([1500.0, 1500, 320, 240], (FRAMES, 1)),
        width=640,
        height=480,
        rotation=np.tile(matrix_from_axis_angle(np.array([np.pi, 0, 0])), (FRAMES, 1, 1)),
        translation=np.array([0, 0, 1.5]) + np.linspace(0, 0.1, FRAMES)[:, None],
    )
    api.import_animation(write(tracked(person, rng), tmp_path / "clip.npz", camera), person)
    obj = bpy.context.scene.camera
    assert channels(obj) == {("location", axis) for axis in range(3)} and not channels(obj.data)


def test_an_object_that_a_clip_only_puts_elsewhere_is_put_back_by_the_next(person, rng, tmp_path):
    """Where the head's motion is one place, the object stands there without keys; a move by hand stays."""
    fields = tracked(person, rng)
    still = fields["expression"][0]  # an expression moves the joint that the root turns about
    path = write(fields | {"expression": still}, tmp_path / "clip.npz")
    person.location = (1, 2, 3)
    api.import_animation(path, person, head_motion="OBJECT")
    put = person.location.copy()
    assert not [path for path, _ in channels(person) if not path.startswith("flame.")]
    assert (put - person.location.__class__((1, 2, 3))).length > 0.01
    api.import_animation(path, person)
    assert person.location[:] == (1, 2, 3)
    api.import_animation(path, person, head_motion="OBJECT")
    person.location = (5, 5, 5)
    api.import_animation(path, person)
    assert person.location[:] == (5, 5, 5)
