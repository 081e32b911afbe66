"""Head motion moved between root, neck, object and camera: vertices and pixels stay where they were."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.optimize

from flame_blender.flame.errors import SequenceError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.flame.rotations import matrix_from_axis_angle
from flame_blender.sequences import head_motion
from flame_blender.sequences.sequence import Camera, FlameSequence

N_FRAMES = 7


@pytest.fixture(scope="module")
def evaluator(full_model: FlameModel) -> FlameEvaluator:
    """Of the full-size model."""
    return FlameEvaluator(full_model)


@pytest.fixture
def clip(evaluator: FlameEvaluator) -> FlameSequence:
    """Everything moves, an identity for each frame included."""
    rng = np.random.default_rng(11)

    def turns(size: float) -> np.ndarray:
        return rng.normal(0, size, (N_FRAMES, 3))

    params = FlameParams(
        shape=rng.normal(size=(N_FRAMES, 300)),
        expression=rng.normal(size=(N_FRAMES, 100)),
        global_rotation=turns(0.6),
        neck=turns(0.2),
        jaw=turns(0.1),
        left_eye=turns(0.2),
        right_eye=turns(0.2),
        translation=turns(0.2),
        offsets=rng.normal(0, 1e-3, (evaluator.model.n_vertices, 3)),
    )
    camera = Camera(
        np.array([900.0, 910, 320, 240]),
        640,
        480,
        matrix_from_axis_angle(turns(0.3)),
        turns(0.1) + np.array([0, 0, 1.5]),
    )
    return FlameSequence(params, source="test", camera=camera)


def test_root_to_object_leaves_every_vertex(clip: FlameSequence, evaluator: FlameEvaluator) -> None:
    """The object's matrix on the resting head's vertices, and all the way back."""
    resting, motion = head_motion.root_to_object(clip, evaluator)
    assert not resting.params.global_rotation.any()
    assert not resting.params.translation.any()
    expected = evaluator.vertices(clip.params)
    turned = np.swapaxes(motion[:, :3, :3] @ np.swapaxes(evaluator.vertices(resting.params), 1, 2), 1, 2)
    assert np.abs(turned + motion[:, None, :3, 3] - expected).max() < 1e-6
    back = head_motion.object_to_root(resting, evaluator, motion)
    assert np.abs(evaluator.vertices(back.params) - expected).max() < 1e-6


def test_root_to_camera_leaves_every_pixel(clip: FlameSequence, evaluator: FlameEvaluator) -> None:
    """A moving camera before a still head films the same; and a still camera before a moving head."""
    pixels = clip.camera.project(evaluator.vertices(clip.params))
    for moved in (head_motion.root_to_camera(clip, evaluator), head_motion.camera_to_root(clip, evaluator)):
        assert np.abs(moved.camera.project(evaluator.vertices(moved.params)) - pixels).max() < 0.01
    still = head_motion.root_to_camera(clip, evaluator)
    assert not still.params.global_rotation.any()
    assert head_motion.camera_to_root(still, evaluator).camera.n_frames is None


def test_without_a_camera_it_is_refused(clip: FlameSequence, evaluator: FlameEvaluator) -> None:
    """In both directions."""
    bare = dataclasses.replace(clip, camera=None)
    for move in (head_motion.root_to_camera, head_motion.camera_to_root):
        with pytest.raises(SequenceError, match="camera"):
            move(bare, evaluator)


@pytest.mark.parametrize(("move", "field"), [("root_to_neck", "neck"), ("neck_to_root", "global_rotation")])
def test_between_root_and_neck_the_fit_is_the_best(
    clip: FlameSequence, evaluator: FlameEvaluator, move: str, field: str
) -> None:
    """SciPy, started from the result, finds no better rotation and translation; the residual is what is left."""
    found = getattr(head_motion, move)(clip, evaluator)
    face = head_motion.face_of(evaluator.model)
    other = "global_rotation" if field == "neck" else "neck"
    assert not getattr(found.sequence.params, other).any()
    wanted, got = (evaluator.vertices(each.params)[:, face] for each in (clip, found.sequence))
    distances = np.linalg.norm(wanted.astype(np.float64) - got, axis=-1).mean(-1)
    assert np.abs(1000 * distances - found.residuals_mm).max() < 1e-3
    frame = clip.frame(2)
    moved = found.sequence.frame(2)

    def left(x: np.ndarray) -> np.ndarray:
        params = dataclasses.replace(moved, **{field: x[:3]}, translation=x[3:])
        return (evaluator.vertices(params)[face] - evaluator.vertices(frame)[face]).ravel() * 1000

    start = np.concatenate([getattr(moved, field), moved.translation]).astype(np.float64)
    best = scipy.optimize.least_squares(left, start, diff_step=1e-3)
    assert (left(start) ** 2).sum() <= (best.fun**2).sum() * 1.001
    assert "mm" in found.sequence.notes[-1]


def test_a_head_rigid_at_the_neck_moves_exactly(clip: FlameSequence, evaluator: FlameEvaluator) -> None:
    """Without correctives, vertices that hang on the neck alone come to lie where they were."""
    model = evaluator.model
    rigid = dataclasses.replace(model, basis=model.basis.copy())
    rigid.basis[model.n_identity + model.n_expression :] = 0
    plain = FlameEvaluator(rigid)
    whole = np.argsort(-rigid.weights[:, 1])[:50]
    stiff = rigid.weights.copy()
    stiff[whole] = [0, 1, 0, 0, 0]
    plain = FlameEvaluator(dataclasses.replace(rigid, weights=stiff))
    found = head_motion.root_to_neck(clip, plain, whole)
    assert found.residuals_mm.max() < 1e-3
