"""Head motion between root, object, camera and neck: against smplx, the clip's own projection and SciPy's fits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation
from smplx.lbs import lbs

from flame_blender.errors import SequenceError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, VECTOR_FIELDS, FlameParams
from flame_blender.sequences import Camera, FlameSequence, head_motion
from tests.flame.full_size import small_model
from tests.flame.smplx_reference import smplx_arguments

N = 9
METRES = 1e-6


def random_clip(model: FlameModel, seed: int = 0, identities: bool = False, offsets: bool = False) -> FlameSequence:
    rng = np.random.default_rng(seed)
    fields = {name: rng.normal(0, 0.5, (N, 3)) for name in POSE_FIELDS}
    fields["shape"] = rng.normal(size=(N, model.n_identity) if identities else model.n_identity)
    fields["expression"] = rng.normal(size=(N, model.n_expression))
    fields["translation"] = rng.normal(0, 0.3, (N, 3))
    if offsets:
        fields["offsets"] = rng.normal(0, 0.01, (N, model.n_vertices, 3))
    return FlameSequence(FlameParams(**fields), source="test", camera=random_camera(seed))


def random_camera(seed: int, moving: bool = True) -> Camera:
    rng = np.random.default_rng(seed + 50)
    frames = N if moving else 1
    turns = Rotation.from_euler("x", np.pi) * Rotation.from_rotvec(rng.normal(0, 0.3, (frames, 3)))
    place = rng.normal(0, 0.1, (frames, 3)) + np.array([0, 0, 3])
    still = () if moving else 0
    rotation, place = turns.as_matrix()[still], place[still]
    return Camera(np.array([1500.0, 1500, 300, 250]), 640, 480, rotation, place)


def vertices_of(model: FlameModel, params: FlameParams, **fields: np.ndarray) -> np.ndarray:
    """(N, V, 3) float64 from smplx, so that no rounding of ours is in the comparison; ``fields`` stand in for some."""
    frames = params.n_frames or 1
    values = {name: getattr(params, name) for name in FIELDS} | fields
    rows = {name: np.broadcast_to(value, (frames, value.shape[-1])) for name, value in values.items()}
    betas = np.concatenate([rows["shape"], rows["expression"]], 1).astype(np.float64)
    pose = np.concatenate([rows[name] for name in POSE_FIELDS], 1).astype(np.float64)
    template, *others = smplx_arguments(model)
    if params.offsets is not None:
        template = template + torch.tensor(params.offsets.astype(np.float64))
    vertices, _ = lbs(torch.tensor(betas), torch.tensor(pose), template, *others)
    return vertices.numpy() + rows["translation"][:, None]


FIELDS = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)
KINDS = pytest.mark.parametrize(("identities", "offsets"), [(False, False), (True, False), (True, True)])


@KINDS
def test_root_and_object_are_the_same_motion(identities, offsets):
    model = small_model(1)
    clip, evaluator = random_clip(model, 1, identities, offsets), FlameEvaluator(model)
    still, matrices = head_motion.root_to_object(clip, evaluator)
    assert not still.params.global_rotation.any() and not still.params.translation.any() and len(still) == N
    expected = vertices_of(model, clip.params)
    moved = vertices_of(model, still.params) @ np.swapaxes(matrices[:, :3, :3], 1, 2) + matrices[:, None, :3, 3]
    assert np.abs(moved - expected).max() < METRES
    back = head_motion.object_to_root(still, matrices, evaluator)
    assert np.abs(vertices_of(model, back.params) - expected).max() < METRES
    again = head_motion.object_to_root(clip, matrices, evaluator)  # on top of the motion that the root has
    twice = expected @ np.swapaxes(matrices[:, :3, :3], 1, 2) + matrices[:, None, :3, 3]
    assert np.abs(vertices_of(model, again.params) - twice).max() < METRES


@KINDS
@pytest.mark.parametrize("orthographic", [False, True])
def test_the_camera_takes_the_motion_and_sees_the_same(identities, offsets, orthographic):
    model = small_model(2)
    clip, evaluator = random_clip(model, 2, identities, offsets), FlameEvaluator(model)
    clip = dataclasses.replace(clip, camera=dataclasses.replace(clip.camera, orthographic=orthographic))
    expected = clip.camera.project(vertices_of(model, clip.params))
    still = head_motion.root_to_camera(clip, evaluator)
    assert not still.params.global_rotation.any() and not still.params.translation.any()
    pixels = still.camera.project(vertices_of(model, still.params))
    assert np.abs(pixels - expected).max() < 1e-3, "a thousandth of a pixel is a micrometre and a half here"
    moving = head_motion.camera_to_root(still, evaluator)
    assert moving.camera.n_frames is None and moving.params.global_rotation.shape == (N, 3)
    assert np.abs(moving.camera.project(vertices_of(model, moving.params)) - expected).max() < 1e-3


def test_a_still_camera_comes_back_where_it_stood():
    model = small_model(3)
    evaluator = FlameEvaluator(model)
    clip = dataclasses.replace(random_clip(model, 3), camera=random_camera(3, moving=False))
    still = head_motion.root_to_camera(clip, evaluator)
    back = head_motion.camera_to_root(still, evaluator, (clip.camera.rotation, clip.camera.translation))
    np.testing.assert_allclose(back.camera.rotation, clip.camera.rotation, atol=1e-12)
    np.testing.assert_allclose(back.camera.translation, clip.camera.translation, atol=1e-12)
    assert np.abs(vertices_of(model, back.params) - vertices_of(model, clip.params)).max() < METRES


def test_without_a_camera_it_is_refused():
    model = small_model()
    clip = dataclasses.replace(random_clip(model), camera=None)
    for move in (head_motion.root_to_camera, head_motion.camera_to_root):
        with pytest.raises(SequenceError, match=r"clip \(test\) must have a camera"):
            move(clip, FlameEvaluator(model))
    with pytest.raises(SequenceError, match=r"matrices must have shape \(9, 4, 4\), found \(8, 4, 4\)"):
        head_motion.object_to_root(clip, np.zeros((8, 4, 4)), FlameEvaluator(model))


def rigid_model(seed: int) -> tuple[FlameModel, np.ndarray]:
    """A model whose first thirty vertices follow the neck joint and nothing else, and those vertices."""
    model = small_model(seed)
    weights, posedirs = model.weights.copy(), np.zeros(model.posedirs.shape)
    weights[:30] = np.eye(5)[1]
    arrays = {name: getattr(model, name) for name in ("v_template", "faces", "shapedirs", "joint_regressor", "parents")}
    region = np.arange(30)
    return (
        FlameModel.from_arrays(**arrays, weights=weights, posedirs=posedirs, n_identity=4, regions={"face": region}),
        region,
    )


def test_a_region_that_follows_the_neck_joint_is_moved_exactly():
    model, region = rigid_model(4)
    clip, evaluator = random_clip(model, 4, identities=True), FlameEvaluator(model)
    expected = vertices_of(model, clip.params)[:, region]
    moved = head_motion.root_to_neck(clip, evaluator)
    assert not moved.sequence.params.global_rotation.any()
    assert moved.worst < 1e-3 and any("mm off on average" in note for note in moved.sequence.notes)
    assert np.abs(vertices_of(model, moved.sequence.params)[:, region] - expected).max() < METRES


@pytest.mark.parametrize("seed", range(4))
def test_the_fit_on_the_neck_is_scipys_least_squares(seed):
    """Over all six numbers of each frame; skin that is blended and bent leaves a residual."""
    model = small_model(seed)
    clip, evaluator = random_clip(model, seed), FlameEvaluator(model)
    region = head_motion.face_region(model)
    targets = vertices_of(model, clip.params)[:, region]
    moved = head_motion.root_to_neck(clip, evaluator)
    reached = vertices_of(model, moved.sequence.params)[:, region]
    np.testing.assert_allclose(moved.residual, root_mean_square(reached - targets), atol=1e-3)
    for frame in (0, N // 2, N - 1):
        params = clip.frame(frame)

        def missing(numbers: np.ndarray, params: FlameParams = params, frame: int = frame) -> np.ndarray:
            fields = {"global_rotation": np.zeros(3), "neck": numbers[:3], "translation": numbers[3:]}
            return (vertices_of(model, params, **fields)[0, region] - targets[frame]).ravel()

        turn = Rotation.from_rotvec(params.global_rotation) * Rotation.from_rotvec(params.neck)
        best = least_squares(missing, np.concatenate([turn.as_rotvec(), params.translation]), xtol=1e-12, ftol=1e-12)
        residual = root_mean_square(best.fun.reshape(-1, 3))
        assert residual > 1, "otherwise there is nothing to compare"
        assert moved.residual[frame] == pytest.approx(residual, abs=1e-3)


def test_rotations_stay_near_those_of_the_frame_before():
    model, _ = rigid_model(5)
    turns = np.linspace(0, 9, 40)[:, None] * [0, 1.0, 0]  # more than a whole turn
    clip = FlameSequence(FlameParams(global_rotation=turns), camera=random_camera(5, moving=False))
    evaluator = FlameEvaluator(model)
    still, matrices = head_motion.root_to_object(clip, evaluator)
    back = head_motion.object_to_root(still, matrices, evaluator)
    assert np.abs(np.diff(back.params.global_rotation, axis=0)).max() < 0.3
    assert np.abs(np.diff(head_motion.root_to_neck(clip, evaluator).sequence.params.neck, axis=0)).max() < 0.3


def test_coefficients_that_the_model_does_not_have_are_kept_but_do_not_count():
    model = small_model(6)
    evaluator = FlameEvaluator(model)
    clip = random_clip(model, 6)
    longer = np.concatenate([clip.params.expression, np.ones((N, 7))], 1)
    still, matrices = head_motion.root_to_object(clip.with_params(expression=longer), evaluator)
    np.testing.assert_array_equal(matrices, head_motion.root_to_object(clip, evaluator)[1])
    np.testing.assert_array_equal(still.params.expression, longer.astype(np.float32))


@pytest.mark.parametrize("region", [np.arange(2), np.array([0, 1, 40]), np.zeros((3, 3), int), np.ones(5)])
def test_regions_that_are_none(region):
    model = small_model()
    with pytest.raises(SequenceError, match=r"at least 3 vertex ids 0\.\.39"):
        head_motion.root_to_neck(random_clip(model), FlameEvaluator(model), region)


def with_lids(model, clip, unturned):
    shapes = np.random.default_rng(4).normal(0, 5e-3, (2, model.n_vertices, 3)).astype(np.float32)
    lids = np.random.default_rng(5).uniform(0, 1, (N, 2))
    clip = clip.with_params(eyelids=lids, eyelids_unturned=unturned)
    return FlameEvaluator(dataclasses.replace(model, eyelid_shapes=shapes)), clip


@pytest.mark.parametrize("unturned", [False, True])
def test_eyelids_that_change_their_movement_are_told_of(unturned):
    """Those that turn with the head stay where they were; those of the tools cannot, and the clip says so."""
    model = small_model(7)
    evaluator, clip = with_lids(model, random_clip(model, 7), unturned)
    still, matrices = head_motion.root_to_object(clip, evaluator)
    assert any(note.startswith("Eyelids turn with the head") for note in still.notes) == unturned
    moved = np.einsum("nij,nvj->nvi", matrices[:, :3, :3], evaluator.vertices(still.params)) + matrices[:, None, :3, 3]
    assert (np.abs(moved - evaluator.vertices(clip.params)).max() < 2e-6) == (not unturned)


@pytest.mark.parametrize("unturned", [False, True])
def test_a_head_that_the_camera_moves_keeps_its_lids_in_the_picture(unturned):
    """metrical-tracker's clips: root and neck rest, so that both ways are one until the motion becomes the head's."""
    model = small_model(8)
    clip = random_clip(model, 8).with_params(**dict.fromkeys(POSE_FIELDS, np.zeros(3)))
    evaluator, clip = with_lids(model, clip, unturned)
    moved = head_motion.camera_to_root(clip, evaluator)
    assert moved.params.global_rotation.any() and not moved.params.eyelids_unturned and not moved.notes
    here, there = (each.camera.project(evaluator.vertices(each.params)) for each in (clip, moved))
    assert np.abs(here - there).max() < 0.01  # pixels
    opened = clip.camera.project(evaluator.vertices(clip.with_params(eyelids=None).params))
    assert np.abs(here - opened).max() > 1


def root_mean_square(difference: np.ndarray) -> np.ndarray:
    """(..., k, 3) metres -> (...) mm."""
    return 1000 * np.sqrt((difference**2).sum(-1).mean(-1))
