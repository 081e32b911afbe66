"""Named controls computed for a FLAME file's head: presets, scores and the panel work on it from then on."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import numpy as np
import pytest

from flame_blender import api, panels
from flame_blender.character import scores
from flame_blender.errors import ParameterError
from flame_blender.head import models
from flame_blender.head.properties import names_of_controls
from flame_blender.model_controls.scores import solve_arkit
from flame_blender.operators.control_quality import FLAME_OT_control_quality
from flame_blender.panels.control_rows import OPEN, regions_of
from flame_blender.sequences.loading import load_sequence
from tests.blender.computed_face import ComputedFace
from tests.blender.test_panels import drawn_by
from tests.flame.face_like import movement

CONTROLS = 52
pytestmark = pytest.mark.oldest_and_newest  # the mathematics is the same in every version


@pytest.fixture
def made(computed_face: ComputedFace) -> ComputedFace:
    computed_face.install()
    return computed_face


@pytest.fixture
def head(made) -> bpy.types.Object:
    return api.add_head(model="face_like")


def face(head: bpy.types.Object) -> np.ndarray:
    return api.evaluate(head, space="flame")


def test_every_control_is_judged(made):
    qualities, shares = made.qualities, made.shares
    assert len(qualities) == CONTROLS and shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    assert qualities["tongueOut"].reach == "unreachable"
    assert sum(quality.reach in ("good", "fair") for quality in qualities.values()) > 35
    assert max(quality.largest_coefficient for quality in qualities.values()) <= 3.0
    assert api.control_qualities("face_like") == qualities
    assert api.control_qualities("Built-in Head") == {}


def test_a_score_moves_what_it_is_named_for(head):
    """Beside the movement that was carried over exactly: the same way, and most of it."""
    rest = face(head)
    for name in ("browInnerUp", "mouthPucker", "cheekPuff", "mouthFunnel"):
        api.set_arkit(head, {name: 1.0})
        moved, true = (face(head) - rest).ravel(), movement(name).ravel()
        assert moved @ true / np.linalg.norm(moved) / np.linalg.norm(true) > 0.8, name


def test_gazes_and_the_jaw_turn_their_joints(head):
    api.set_arkit(head, {"jawOpen": 1.0, "eyeLookOutLeft": 1.0})
    params = api.get_params(head)
    assert np.rad2deg(params.jaw[0]) == pytest.approx(20.0, abs=4.0)
    assert np.rad2deg(params.left_eye[1]) == pytest.approx(30.0, abs=0.1) and not params.right_eye.any()


def test_presets_and_visemes_are_there_and_undo_with_reset(head):
    names = api.presets(head)
    assert {"Smile", "Surprise", "Eyes Closed", "aa", "PP"} <= set(names)
    rest = face(head)
    for name in ("Smile", "Surprise", "aa"):
        api.apply_preset(head, name)
        off = 1000 * np.linalg.norm(face(head) - rest, axis=1)
        assert 2.0 < off.max() < 50.0, name
    api.reset_params(head)
    assert np.allclose(face(head), rest, atol=1e-7)


def test_they_are_kept_with_the_model(head, made):
    api.apply_preset(head, "Smile")
    smiling = face(head)
    models.forget()  # as in the next session
    api.apply_preset(head, "Neutral")
    api.apply_preset(head, "Smile")
    assert np.array_equal(face(head), smiling)


def test_the_button_is_there_for_heads_without_them(made):
    built_in = api.add_head(model="Built-in Head")
    bpy.context.view_layer.objects.active = built_in
    assert not bpy.ops.flame.compute_controls.poll()
    with pytest.raises(ParameterError, match="brings its own"):
        api.compute_controls("Built-in Head")


def test_a_damaged_file_of_controls_is_as_none(made, head, caplog):
    kept = models.kept_controls(head.flame.fingerprint)
    good = kept.read_bytes()
    try:
        kept.write_bytes(good[:1000])
        models.load_anew(head.flame.fingerprint)
        assert "not computed yet" in api.missing_controls(head) and "controls" in caplog.text
        bpy.context.view_layer.objects.active = head
        assert bpy.ops.flame.compute_controls.poll()
    finally:
        kept.write_bytes(good)
        models.load_anew(head.flame.fingerprint)
    assert api.missing_controls(head) is None and len(api.presets(head)) > 30


def test_the_first_face_computes_them(head, made, monkeypatch):
    """By a click, and by a script: a head whose model has none yet shows it after some seconds, left out here."""
    kept = models.kept_controls(head.flame.fingerprint)
    good = kept.read_bytes()

    def computing(entry):
        yield from (0.2, 0.6)
        kept.write_bytes(good)
        models.load_anew(entry.fingerprint)

    monkeypatch.setattr(scores.computing, "computing", computing)
    api.apply_preset(head, "Smile")
    smiling, wanted = face(head), api.get_arkit(head)
    api.reset_params(head)
    kept.unlink()
    models.load_anew(head.flame.fingerprint)
    head.flame.controls[17].value = 0.5  # jawOpen: a score that waits
    bpy.context.view_layer.update()
    assert np.allclose(face(head), api.model(head).v_template, atol=1e-6)
    steps = api.applying_preset(head, "Smile")
    assert [next(steps), next(steps)] == [0.2, 0.6]
    steps.close()
    assert not kept.exists() and api.missing_controls(head) is not None
    bpy.context.view_layer.objects.active = head
    assert bpy.ops.flame.apply_preset(preset="Smile") == {"FINISHED"}
    assert api.missing_controls(head) is None and api.get_arkit(head) == wanted
    np.testing.assert_allclose(face(head), smiling, atol=1e-6)


def test_each_row_tells_how_well(head, made):
    """Marks stand beside the sliders; their tooltip has the numbers, as the report of a click."""
    bpy.context.view_layer.objects.active = head
    drawn = drawn_by(panels.FLAME_PT_controls)
    rows = regions_of(names_of_controls(head.flame))
    shown = [place for region in OPEN for row in rows[region] for place in row.places]
    assert drawn.count("flame.control_quality") == len(shown) > 40 and "flame_only" in drawn
    said = FLAME_OT_control_quality.description(bpy.context, SimpleNamespace(control="mouthSmileLeft"))
    quality = made.qualities["mouthSmileLeft"]
    assert said.startswith(f"mouthSmileLeft: {quality.reach}. ") and f"{100 * quality.explained:.0f} %" in said
    assert "unreachable" in FLAME_OT_control_quality.description(bpy.context, SimpleNamespace(control="tongueOut"))


def test_its_animation_becomes_scores_again(head, tmp_path):
    """A wink, and a jaw that is opened by its joint, on a head that was sculpted; as a clip, FLAME's part of it."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 4
    bump = np.zeros((len(head.data.vertices), 3), np.float32)
    bump[:50] = 0.002
    api.set_params(head, offsets=bump)
    model = api.model(head)
    opened = model.controls.table[model.controls.names.index("jawOpen"), -9:-6]
    for frame, share in ((1, 0.0), (4, 1.0)):
        api.set_params(head, jaw=0.6 * share * opened)
        api.set_arkit(head, {"eyeBlinkLeft": share, "mouthSmileRight": 0.5 * share}, frame=frame)
        api.keyframe(head, frame, ("jaw",))
    found = api.solve_arkit(head, smoothing=0)
    wanted = {"eyeBlinkLeft": 1.0, "mouthSmileRight": 0.5, "jawOpen": 0.6}
    for name in found.names:
        assert np.allclose(found.of(name)[[0, -1]], (0, wanted.get(name, 0.0)), atol=0.05), name
    head.flame.flame_only = True
    alone = api.solve_arkit(head, smoothing=0)
    assert alone.of("jawOpen")[-1] == pytest.approx(0.6, abs=0.02) and alone.mean_residual < 0.03
    assert alone.of("eyeBlinkLeft")[-1] > alone.of("eyeBlinkRight")[-1] + 0.5, "told by what FLAME does of each"
    clip = load_sequence(api.export_parameters(head, tmp_path / "clip.npz"))
    assert np.allclose(solve_arkit(clip, model, smoothing=0, correctives=False).scores, alone.scores, atol=0.01)
