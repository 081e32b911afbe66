"""A FLAME clip in SMPL-X's numbers and back, against smplx's own SMPLX, made from a file laid out as the release's."""

from __future__ import annotations

import numpy as np
import pytest
import smplx
import torch
from scipy.spatial.transform import Rotation

from flame_blender.conversion.body_expression import shared_face
from flame_blender.errors import ModelError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.model_files.body_expression import load_body_expression
from flame_blender.model_files.library import Library
from flame_blender.sequences.loading import load_sequence
from flame_blender.sequences.sequence import FlameSequence
from flame_blender.sequences.smplx_npz import smplx_arrays
from tests.flame.body_like import LIFT, body_like, model_arrays, write_model
from tests.flame.face_like import face_like_model

FRAMES = 4


@pytest.fixture(scope="module")
def model():
    return face_like_model()


@pytest.fixture(scope="module")
def body(model):
    return body_like(model)


@pytest.fixture(scope="module")
def mixing(model) -> np.ndarray:
    """SMPL-X's expression directions are FLAME's mixed by this, as well told apart as those."""
    rng = np.random.default_rng(8)
    turn = np.linalg.qr(rng.normal(size=(model.n_expression, model.n_expression)))[0]
    return turn * rng.uniform(0.5, 2.0, model.n_expression)


@pytest.fixture(scope="module")
def file(model, body, mixing, tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("smplx") / "SMPLX_NEUTRAL.npz", model_arrays(model, body, mixing))


@pytest.fixture(scope="module")
def layer(file):
    return smplx.SMPLX(
        str(file), ext="npz", gender="neutral", use_pca=False, flat_hand_mean=True, num_betas=10,
        num_expression_coeffs=100, batch_size=FRAMES, dtype=torch.float64,
    )  # fmt: skip


def clip_of(model, n_expression: int = 100) -> FlameSequence:
    rng = np.random.default_rng(4)
    pose = {name: rng.normal(0, 0.2, (FRAMES, 3)) for name in ("global_rotation", "neck", "left_eye", "right_eye")}
    jaw = np.abs(rng.normal(0, 0.2, (FRAMES, 3))) * (1, 0.1, 0.1)
    params = FlameParams(expression=rng.normal(size=(FRAMES, n_expression)), jaw=jaw, **pose)
    return FlameSequence(params, fps=25.0, source="made", release=model.release)


def smplx_vertices(layer, written: dict) -> np.ndarray:
    """(F, 10475, 3) by smplx, from the arrays of the file."""
    poses = torch.as_tensor(written["poses"], dtype=torch.float64)
    with torch.no_grad():
        return layer(
            betas=torch.zeros(FRAMES, 10, dtype=torch.float64), global_orient=poses[:, :3], body_pose=poses[:, 3:66],
            jaw_pose=poses[:, 66:69], leye_pose=poses[:, 69:72], reye_pose=poses[:, 72:75],
            left_hand_pose=poses[:, 75:120], right_hand_pose=poses[:, 120:165],
            expression=torch.as_tensor(written["expressions"], dtype=torch.float64),
            transl=torch.as_tensor(written["trans"], dtype=torch.float64),
        ).vertices.numpy()  # fmt: skip


@pytest.mark.parametrize("layout", ["BEAT2", "AMASS"])
def test_smplx_shows_the_same_face(model, body, file, layer, layout):
    clip, vertices = clip_of(model), FlameEvaluator(model).vertices
    face = shared_face(model, load_body_expression(file), body.ids)
    expression, off = face.body_expression(clip.params.expression)
    assert off < 1e-6
    shown = smplx_vertices(layer, smplx_arrays(clip, expression, layout))[:, body.ids]
    expected = vertices(clip.params).astype(np.float64) + LIFT
    if layout == "AMASS":  # Z up, about the pelvis
        pelvis = np.asarray(layer.J_regressor[0] @ layer.v_template)
        expected = (expected - pelvis) @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], float) + pelvis
    assert np.abs(shown - expected).max() < 2e-5
    copied = smplx_vertices(layer, smplx_arrays(clip, clip.params.expression))[:, body.ids]
    assert np.abs(copied - vertices(clip.params) - LIFT).max() > 5e-3, "copied coefficients show another face"


def test_and_back(model, body, file):
    clip = clip_of(model, 50)
    face = shared_face(model, load_body_expression(file), body.ids)
    there, _ = face.body_expression(clip.params.expression)
    back, off = face.head_expression(there)
    assert off < 1e-6 and np.abs(back[:, :50] - clip.params.expression).max() < 1e-2
    moved = np.einsum("vik,fk->fvi", model.shapedirs[:, :, model.n_identity :], back)
    wanted = np.einsum("vik,fk->fvi", model.shapedirs[:, :, model.n_identity :][:, :, :50], clip.params.expression)
    assert np.abs(moved - wanted).max() < 1e-5


def test_what_a_small_file_cannot_show_is_told_in_metres(model, body, mixing, tmp_path):
    """Files of 10 + 10 directions: against least squares written out."""
    path = write_model(tmp_path / "SMPLX_MALE.pkl", model_arrays(model, body, mixing[:, :10], n_betas=10))
    small = load_body_expression(path)
    assert small.directions.shape == (10475, 3, 10)
    rng = np.random.default_rng(2)
    given = rng.normal(size=(3, 40))
    face = shared_face(model, small, body.ids)
    made, off = face.body_expression(given)
    rows = np.asarray(model.regions["face"]) if "face" in model.regions else np.arange(model.n_vertices)
    own = model.shapedirs[rows][:, :, model.n_identity :].astype(float).reshape(-1, model.n_expression)
    theirs = small.directions[body.ids[rows]].astype(float).reshape(-1, 10)
    wanted = own[:, :40] @ given.T
    solved = np.linalg.lstsq(theirs, wanted, rcond=None)[0]
    assert np.abs(made - solved.T).max() < 1e-3
    left = (wanted - theirs @ solved).reshape(len(rows), 3, -1)
    assert off == pytest.approx(np.sqrt((left**2).sum(1).mean()), rel=1e-3) and off > 1e-4


@pytest.mark.parametrize("share", [None, 0.0, 0.35, 1.0])
def test_read_back_it_is_the_clip(model, tmp_path, share):
    """By the add-on's reader: as it was without a share, and with one root times neck, as SciPy turns them."""
    clip = clip_of(model)
    path = tmp_path / "clip.npz"
    np.savez(path, **smplx_arrays(clip, clip.params.expression, neck_share=share))
    found = load_sequence(path, body_rotation=True)
    whole = [
        Rotation.from_rotvec(each.global_rotation) * Rotation.from_rotvec(each.neck)
        for each in (clip.params, found.params)
    ]
    assert (whole[0].inv() * whole[1]).magnitude().max() < 1e-5
    for name in ("jaw", "left_eye", "right_eye", "expression", *(("global_rotation", "neck") if share is None else ())):
        assert np.abs(found.values(name) - clip.values(name)).max() < 1e-5, name
    if share is not None:
        part = Rotation.from_rotvec(share * whole[0].as_rotvec())
        assert (part.inv() * Rotation.from_rotvec(found.values("global_rotation"))).magnitude().max() < 1e-5
    assert found.fps == 25.0


def test_installed_and_found_again(file, tmp_path):
    library = Library(tmp_path)
    assert library.topology.body_expression() is None
    (told,) = library.install([file])
    assert "100 expression directions" in told and not library.models()
    kept, read = library.topology.body_expression(), load_body_expression(file)
    assert np.array_equal(kept.template, read.template) and np.array_equal(kept.directions, read.directions)


def test_others_are_refused(model, body, mixing, tmp_path):
    arrays = model_arrays(model, body, mixing[:, :10], n_betas=10)
    path = tmp_path / "body.npz"
    for wrong, words in (
        ({"v_template": arrays["v_template"][:6890]}, "expected finite numbers"),
        ({"shapedirs": arrays["shapedirs"][..., :9]}, "found 9"),
        ({"shapedirs": np.full((10475, 3, 20), np.nan)}, "shapedirs"),
    ):
        write_model(path, {**arrays, **wrong})
        with pytest.raises(ModelError, match=words):
            load_body_expression(path)
    np.savez(path, a=np.ones(3))
    with pytest.raises(ModelError, match="SMPL-X model"):
        load_body_expression(path)
