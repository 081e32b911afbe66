"""Eyelid shapes: added as the tools add them, or turning with the head; recognised, told apart by what they hold."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from smplx.lbs import lbs

from flame_blender.errors import ModelError, ParameterError
from flame_blender.flame.clipboard import params_from_text, params_to_text
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.offsets import offsets_from_vertices
from flame_blender.flame.params import POSE_FIELDS, FlameParams
from flame_blender.flame.torch_batches import TorchBatches
from flame_blender.flame.torch_layer import FLAME
from flame_blender.geometry.frame import USUAL, Frame
from flame_blender.model_files.eyelids import by_side, load_eyelid
from flame_blender.model_files.library import Library
from flame_blender.model_files.recognise import EYELID, recognise
from flame_blender.model_files.saving import save_model
from tests.flame.eyelid_files import eyelid, eyelid_files
from tests.flame.full_size import full_size_landmarks, full_size_model, random_parameters, small_model
from tests.flame.smplx_reference import smplx_arguments

FRAMES = 5


@pytest.fixture(scope="module")
def shapes() -> np.ndarray:
    """(2, V, 3) float64: left and right of the full-size model."""
    model = full_size_model(seed=0)
    return np.stack([eyelid(model, 1), eyelid(model, -1)])


@pytest.fixture(scope="module")
def model(shapes) -> FlameModel:
    return dataclasses.replace(full_size_model(seed=0), eyelid_shapes=shapes.astype(np.float32))


def smplx_vertices(model: FlameModel, fields: dict[str, np.ndarray], translated: bool = True) -> np.ndarray:
    betas = np.concatenate([fields["shape"], fields["expression"]], 1)
    pose = np.concatenate([fields[name] for name in POSE_FIELDS], 1)
    vertices, _ = lbs(torch.tensor(betas), torch.tensor(pose), *smplx_arguments(model))
    return vertices.numpy() + fields["translation"][:, None] * translated


KINDS = pytest.mark.parametrize("kind", ["for each frame", "for the clip", "one frame"])


@KINDS
def test_unturned_they_are_what_the_tools_add_to_the_skinned_vertices(model, shapes, kind):
    """SMIRK's and metrical-tracker's way, written out on smplx's skinning: after it, along FLAME's axes."""
    fields = random_parameters(np.random.default_rng(1), FRAMES)
    lids = np.random.default_rng(2).uniform(0, 1, (FRAMES, 2))
    lids = lids if kind == "for each frame" else lids[0]
    expected = smplx_vertices(model, fields) + np.einsum("...s,svx->...vx", lids, shapes)
    if kind == "one frame":
        fields = {name: values[0] for name, values in fields.items()}
        expected = expected[0]
    found = FlameEvaluator(model).vertices(FlameParams(**fields, eyelids=lids, eyelids_unturned=True))
    assert np.abs(found - expected).max() < 1e-5
    open_lids = FlameEvaluator(model).vertices(FlameParams(**fields))
    assert np.abs(found - open_lids).max() > 1e-3


@KINDS
def test_with_the_head_their_movement_turns_as_the_skin_there_does(model, shapes, kind):
    """What smplx skins with open lids, and each vertex's movement by the turn that its joints blend to."""
    fields = random_parameters(np.random.default_rng(5), FRAMES)
    lids = np.random.default_rng(6).uniform(0, 1, (FRAMES, 2))
    lids = lids if kind == "for each frame" else np.tile(lids[0], (FRAMES, 1))
    expected = smplx_vertices(model, fields)
    for frame in range(FRAMES):
        turns = blended_turns(model, [fields[name][frame] for name in POSE_FIELDS])
        expected[frame] += np.einsum("vij,vj->vi", turns, np.einsum("s,svx->vx", lids[frame], shapes))
    given = lids if kind == "for each frame" else lids[0]
    if kind == "one frame":
        fields, expected = {name: values[0] for name, values in fields.items()}, expected[0]
    found = FlameEvaluator(model).vertices(FlameParams(**fields, eyelids=given))
    assert np.abs(found - expected).max() < 1e-5


def blended_turns(model: FlameModel, pose: list[np.ndarray]) -> np.ndarray:
    """(V, 3, 3): the turns of the joints along their chains, blended by the skinning weights (SciPy's rotations)."""
    chained: list[np.ndarray] = []
    for parent, vector in zip(model.parents.tolist(), pose, strict=True):
        own = Rotation.from_rotvec(vector).as_matrix()
        chained.append(own if parent < 0 else chained[parent] @ own)
    return np.einsum("vj,jab->vab", model.weights.astype(np.float64), np.array(chained))


def test_turning_the_head_turns_shut_lids_along(model):
    """Any turn of the root gives the same head, turned about the root joint; unturned lids stay behind."""
    evaluator, rng = FlameEvaluator(model), np.random.default_rng(9)
    for _ in range(8):
        fields = {name: values[0] for name, values in random_parameters(rng, 1).items() if name != "global_rotation"}
        fields |= {"eyelids": rng.uniform(0.3, 1, 2), "translation": np.zeros(3)}
        still, turn = evaluator.vertices(FlameParams(**fields)), rng.normal(size=3)
        root = evaluator.joints(FlameParams(**fields))[0]
        expected = (still - root) @ Rotation.from_rotvec(turn).as_matrix().T + root
        turned = FlameParams(**fields, global_rotation=turn)
        assert np.abs(evaluator.vertices(turned) - expected).max() < 2e-6
        unturned = dataclasses.replace(turned, eyelids_unturned=True)
        assert np.abs(evaluator.vertices(unturned) - expected).max() > 1e-3


@pytest.mark.parametrize("unturned", [False, True])
def test_the_torch_layer_moves_them_alike(model, unturned):
    fields = random_parameters(np.random.default_rng(12), FRAMES)
    lids = np.random.default_rng(13).uniform(0, 1, (FRAMES, 2))
    params = FlameParams(**fields, eyelids=lids, eyelids_unturned=unturned)
    layer = FLAME(model, 300, 100, eyelids_unturned=unturned).double()
    arguments = dataclasses.replace(params, eyelids=None).torch_arguments(300, 100)
    given = {name: torch.tensor(value, dtype=torch.float64) for name, value in arguments.items()}
    shut = torch.tensor(lids, requires_grad=True)
    vertices, _ = layer(**given, eyelid_params=shut)
    assert np.abs(vertices.detach().numpy() - FlameEvaluator(model).vertices(params)).max() < 5e-6
    vertices.square().sum().backward()
    assert (shut.grad.abs() > 0).all()
    batches = TorchBatches(FlameEvaluator(model), "cpu")
    assert np.abs(batches.vertices(params) - FlameEvaluator(model).vertices(params)).max() < 2e-5


def test_landmarks_lie_on_the_moved_lids(model):
    evaluator, landmarks = FlameEvaluator(model), full_size_landmarks(0)
    params = FlameParams(eyelids=[1, 0.5])
    points, triangles = evaluator.landmarks(params, landmarks), model.faces[landmarks.static_faces]
    expected = np.einsum("lc,lcx->lx", landmarks.static_barycentric, evaluator.vertices(params)[triangles])
    np.testing.assert_allclose(points[-len(expected) :], expected, atol=1e-6)


def test_they_move_nothing_without_shapes_or_values(model):
    plain, evaluator = FlameEvaluator(full_size_model(seed=0)), FlameEvaluator(model)
    expected = plain.vertices(FlameParams())
    np.testing.assert_array_equal(plain.vertices(FlameParams(eyelids=[1, 1])), expected)
    np.testing.assert_array_equal(evaluator.vertices(FlameParams(eyelids=[0, 0])), expected)
    assert evaluator.lids(np.zeros(2), False) is None and plain.lids(np.ones(2), False) is None


def test_sculpted_vertices_turn_back_into_offsets_without_the_lids(model):
    rng = np.random.default_rng(3)
    offsets = rng.normal(0, 1e-3, (model.n_vertices, 3)).astype(np.float32)
    params = FlameParams(neck=[0.1, 0.2, 0], jaw=[0.1, 0, 0], eyelids=[0.4, 0.9])
    evaluator = FlameEvaluator(model)
    sculpted = evaluator.vertices(dataclasses.replace(params, offsets=offsets))
    np.testing.assert_allclose(offsets_from_vertices(evaluator, params, sculpted), offsets, atol=1e-6)


def test_parameters():
    with pytest.raises(ParameterError, match=r"eyelids must have shape \(2\) or \(frames, 2\), found \(3,\)"):
        FlameParams(eyelids=np.zeros(3))
    assert FlameParams(eyelids=np.zeros((4, 2))).n_frames == 4
    with pytest.raises(ParameterError, match=r"same number of frames, found jaw 3, eyelids 4"):
        FlameParams(jaw=np.zeros((3, 3)), eyelids=np.zeros((4, 2)))
    with pytest.raises(ParameterError, match="eyelids must be None for FLAME_PyTorch"):
        FlameParams(eyelids=[0, 1]).torch_arguments()
    text = params_to_text(FlameParams(eyelids=[0.1, 0.7]), "a")
    np.testing.assert_array_equal(params_from_text(text).eyelids, np.array([0.1, 0.7], np.float32))
    assert params_from_text(params_to_text(FlameParams(), "a")).eyelids is None
    for unturned in (False, True):
        text = params_to_text(FlameParams(eyelids=[0.1, 0.7], eyelids_unturned=unturned), "a")
        assert params_from_text(text).eyelids_unturned == unturned
    with pytest.raises(ParameterError, match="eyelids_unturned must be True or False, found 'yes'"):
        FlameParams(eyelids_unturned="yes")


@pytest.fixture
def library(tmp_path, model) -> Library:
    save_model(full_size_model(seed=0), tmp_path / "mine.npz")
    library = Library(tmp_path / "user")
    library.install([tmp_path / "mine.npz"])
    return library


def lids_of(library: Library) -> np.ndarray | None:
    return library.load(library.models()[0]).eyelid_shapes


@pytest.mark.parametrize("swapped", [False, True])
def test_both_files_in_any_order_and_under_any_name(library, tmp_path, model, shapes, swapped):
    files = eyelid_files(model, tmp_path)
    if swapped:
        files = files[1].rename(tmp_path / "one.npy"), files[0].rename(tmp_path / "two.npy")
    assert "install the other too" in library.install([files[0]])[0]
    assert lids_of(library) is None and not {what: there for what, _, there in library.inventory()}["Eyelids"]
    assert library.install([files[1]]) == (f"{files[1].name}: eyelid installed.",)
    np.testing.assert_array_equal(lids_of(library), shapes.astype(np.float32))
    assert {what: there for what, _, there in library.inventory()}["Eyelids"]


def test_the_same_lid_is_replaced(library, tmp_path, model, shapes):
    library.install(eyelid_files(model, tmp_path))
    np.save(tmp_path / "again.npy", 0.5 * shapes[0])
    library.install([tmp_path / "again.npy"])
    np.testing.assert_array_equal(lids_of(library), np.stack([0.5 * shapes[0], shapes[1]]).astype(np.float32))


def test_a_folder_and_another_topology(library, tmp_path, model):
    folder = tmp_path / "assets"
    folder.mkdir()
    eyelid_files(model, folder)
    np.save(folder / "template_vertices.npy", model.v_template)
    *lids, left_out = library.install([folder])
    assert len(lids) == 2 and "template_vertices.npy" in left_out
    save_model(dataclasses.replace(small_model(), landmarks={}), tmp_path / "small.npz")
    entry = library.install_model(tmp_path / "small.npz")
    assert library.load(entry).eyelid_shapes is None


def test_two_of_one_side_are_none(shapes, model):
    assert by_side([shapes[0], 0.3 * shapes[0]], model.v_template) is None
    assert by_side([shapes[0]], model.v_template) is None
    assert by_side([], model.v_template) is None


def test_what_is_no_eyelid(tmp_path, model, shapes):
    np.save(tmp_path / "lid.npy", shapes[0])
    assert recognise(tmp_path / "lid.npy").kind == EYELID
    broken = shapes[0].copy()
    broken[:9] = np.nan
    others = (model.v_template, 30 * shapes[0], 0 * shapes[0], shapes[0][:-1], (shapes[0] > 0).astype(int), broken)
    for number, array in enumerate(others):
        path = tmp_path / f"{number}.npy"
        np.save(path, array)
        assert recognise(path) is None
        with pytest.raises(
            ModelError, match=rf"{number}\.npy: expected the movement of an eyelid, found nothing known"
        ):
            load_eyelid(path)


@pytest.mark.parametrize("unturned", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_frame_lies_within_the_objects_axes_as_its_vertices_taken_there(model, unturned, mirrored):
    """Also where weights do not add up to one: the translation, and where the axes begin, come after them."""
    rng = np.random.default_rng(4)
    model = dataclasses.replace(model, weights=model.weights * np.float32(0.75))
    turn = Rotation.from_rotvec([0.3, -2, 0.4]).as_matrix() @ np.diag([-1.0 if mirrored else 1.0, 1, 1])
    evaluator, fields = FlameEvaluator(model), random_parameters(rng, 1)
    params = FlameParams(**{name: values[0] for name, values in fields.items()})
    identity, lids = evaluator.prepare(params.shape), evaluator.lids(np.array([0.4, 1], np.float32), unturned)
    moving = params.expression, params.pose15().reshape(5, 3), params.translation
    for within in (USUAL, Frame(1.7 * turn, np.array([0.1, -0.2, 3]))):
        expected = within.to_object(identity.frame(*moving, lids=lids).T)
        np.testing.assert_allclose(identity.frame(*moving, lids=lids, within=within).T, expected, rtol=0, atol=2e-6)
