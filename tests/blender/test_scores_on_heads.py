"""Scores of named controls on heads of either model: what they add, and that they come through all that heads do."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.geometry.axes import to_flame
from flame_blender.head import live, mesh, models
from flame_blender.head.properties import names_of_controls
from flame_blender.keyframes.animation import curves_of
from flame_blender.sequences import load_sequence
from tests.blender.conftest import expression_of, random_fields, shown

CLOSE = 2e-6  # metres: sums in another order
pytestmark = pytest.mark.oldest_and_newest  # what they ask of Blender, tests of coefficients ask in every version


@pytest.fixture
def head(named_head):
    return named_head


def set_scores(head: bpy.types.Object, **scores: float) -> None:
    """By their sliders."""
    names = names_of_controls(head.flame)
    for name, score in scores.items():
        head.flame.controls[names.index(name)].value = score
    bpy.context.view_layer.update()


def scores_of(head: bpy.types.Object) -> dict[str, float]:
    return {item.name: item.value for item in head.flame.controls if item.value}


def random_scores(rng: np.random.Generator, count: int = 10) -> dict[str, float]:
    return dict(zip(rng.choice(ARKIT_NAMES, count, replace=False).tolist(), rng.uniform(0, 1, count), strict=True))


def of_params(head: bpy.types.Object) -> np.ndarray:
    return models.evaluator(head.flame.fingerprint).vertices(api.get_params(head))


def at_rest(head: bpy.types.Object, expression: np.ndarray, scores: dict[str, float]) -> np.ndarray:
    """(V, 3) in double precision, no joint turned: template, own expression, and what the file says of each score."""
    model = api.model(head)
    table, correctives = model.controls.table.astype(np.float64), model.controls.correctives
    directions = model.shapedirs[:, :, model.n_identity :].astype(np.float64)
    vertices, coefficients = model.v_template.astype(np.float64), expression.astype(np.float64)
    for name, score in scores.items():
        row = model.controls.names.index(name)
        coefficients = coefficients + score * table[row, :-9]
        if correctives is not None and not head.flame.flame_only:
            vertices = vertices + score * correctives[row]
    return vertices + directions @ coefficients


@pytest.mark.parametrize("flame_only", [False, True])
def test_they_add_to_the_heads_own_expression(head, rng, flame_only):
    own = rng.normal(0, 0.3, len(expression_of(head)))
    turning = ("jaw", "eye", "mouthLeft", "mouthRight")
    still = {name: score for name, score in random_scores(rng, 30).items() if not name.startswith(turning)}
    api.set_params(head, expression=own)
    head.flame.flame_only = flame_only
    set_scores(head, **still)
    assert not api.get_params(head).jaw.any() and len(still) > 5
    np.testing.assert_allclose(shown(head), at_rest(head, np.float32(own), still), atol=CLOSE)
    assert scores_of(head) == pytest.approx(still)
    np.testing.assert_allclose([item.value for item in expression_of(head)], own, atol=1e-6)


@pytest.mark.parametrize("flame_only", [False, True])
def test_the_parameters_are_the_mesh(head, rng, flame_only):
    """Whatever stands beside the scores; set again, they are the same face without any score."""
    offsets = rng.normal(0, 1e-3, (len(head.data.vertices), 3))
    api.set_params(head, **random_fields(head, rng), offsets=offsets)
    head.flame.flame_only, head.flame.symmetric_eyes = flame_only, True
    for _ in range(3):
        scores = random_scores(rng)
        api.set_arkit(head, scores)
        mesh_now = shown(head)
        np.testing.assert_allclose(of_params(head), mesh_now, atol=CLOSE)
        params = api.get_params(head)
        assert np.array_equal(params.left_eye, params.right_eye)
        api.set_params(head, params)
        assert not any(scores_of(head).values())
        np.testing.assert_allclose(shown(head), mesh_now, atol=CLOSE)


def test_what_is_given_is_what_is_shown(head, rng):
    """Only what moves a given field goes; offsets are the whole, and None clears the head's own."""
    set_scores(head, mouthSmileLeft=0.8, jawOpen=0.5, eyeLookOutLeft=0.5)
    api.set_params(head, jaw=(0.1, 0, 0))
    assert scores_of(head).keys() == {"mouthSmileLeft", "eyeLookOutLeft"}
    assert np.allclose(api.get_params(head).jaw, (0.1, 0, 0))
    api.set_params(head, left_eye=(0, 0, 0))
    assert scores_of(head).keys() == {"mouthSmileLeft"}
    smiling, given = shown(head), rng.normal(0, 1e-3, (len(head.data.vertices), 3)).astype(np.float32)
    api.set_params(head, offsets=given)
    np.testing.assert_allclose(api.get_params(head).offsets, given, atol=1e-7)
    api.set_params(head, offsets=None)
    assert scores_of(head).keys() == {"mouthSmileLeft"}
    np.testing.assert_allclose(shown(head), smiling, atol=CLOSE)
    expression = rng.normal(0, 0.3, len(expression_of(head)))
    api.set_params(head, expression=expression)
    assert not scores_of(head)
    np.testing.assert_allclose(api.get_params(head).expression, expression, atol=1e-6)


def test_a_wink_leaves_the_other_eye_alone(head):
    """With correctives; FLAME's own directions move both."""
    rest = shown(head)
    api.set_arkit(head, {"eyeBlinkLeft": 1.0})
    moved = 1000 * np.linalg.norm(shown(head) - rest, axis=1)
    right, left = moved[rest[:, 0] < -0.02], moved[rest[:, 0] > 0.02]
    assert left.max() > 5 and right.max() < 0.5
    head.flame.flame_only = True
    bpy.context.view_layer.update()
    other = 1000 * np.linalg.norm(shown(head) - rest, axis=1)[rest[:, 0] < -0.02].max()
    assert (other > 0.5) == (api.model(head).controls.correctives is not None)


def test_reset_copy_and_paste(head, rng):
    api.set_params(head, expression=rng.normal(0, 0.3, len(expression_of(head))))
    api.apply_preset(head, "Smile")
    smiling, text, scores = shown(head), api.copy_params(head), scores_of(head)
    api.reset_params(head, identity=False, pose=False)
    assert not scores_of(head) and np.allclose(shown(head), api.model(head).v_template, atol=CLOSE)
    api.paste_params(head, text)
    np.testing.assert_allclose(shown(head), smiling, atol=CLOSE)
    assert scores_of(head) == scores
    other = api.add_head(api.BUILT_IN)
    if len(other.flame.shape) == len(head.flame.shape):
        api.paste_params(other, text)
        assert scores_of(other) == scores


def test_files_undo_and_copies_keep_them(head, rng, tmp_path):
    api.set_params(head, expression=rng.normal(0, 0.3, len(expression_of(head))))
    api.set_arkit(head, random_scores(rng))
    before, scores, name = shown(head), scores_of(head), head.name
    bpy.context.view_layer.objects.active = head
    bpy.ops.ed.undo_push(message="scores")
    api.set_arkit(head, {"jawOpen": 1.0})
    bpy.ops.ed.undo_push(message="jaw")
    bpy.ops.ed.undo()
    head = bpy.data.objects[name]
    live.refresh(head)
    np.testing.assert_allclose(shown(head), before, atol=CLOSE)
    for linked in (False, True):
        head.select_set(True)
        bpy.context.view_layer.objects.active = head
        bpy.ops.object.duplicate(linked=linked)
        copy = bpy.context.object
        set_scores(copy, cheekPuff=1.0, tongueOut=1.0)
        assert np.abs(shown(copy) - before).max() > 1e-3
        np.testing.assert_allclose(shown(head), before, atol=CLOSE)
        bpy.data.objects.remove(copy)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    models.forget()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "head.blend"))
    head = bpy.data.objects[name]
    assert scores_of(head) == scores
    np.testing.assert_allclose(shown(head), before, atol=CLOSE)


def test_live_off_keeps_the_face(head):
    head.flame.live = False
    before = shown(head)
    set_scores(head, jawOpen=1.0, mouthSmileLeft=1.0)
    assert np.array_equal(shown(head), before)
    head.flame.live = True
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(head), of_params(head), atol=CLOSE)


def test_keys_and_drivers(head):
    """Played and sampled alike: a cache holds at each frame what the head shows."""
    api.set_arkit(head, {}, frame=1)
    api.set_arkit(head, {"mouthSmileLeft": 1.0, "jawOpen": 0.6, "browInnerUp": 1.0}, frame=9)
    assert {curve.data_path for curve in curves_of(head)} == {f"flame.controls[{row}].value" for row in range(52)}
    row = names_of_controls(head.flame).index("eyeBlinkRight")
    for frame in (1, 5, 9):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(shown(head), of_params(head), atol=CLOSE)
    head.keyframe_delete(f"flame.controls[{row}].value", frame=1)
    head.keyframe_delete(f"flame.controls[{row}].value", frame=9)
    driver = head.driver_add(f"flame.controls[{row}].value").driver
    driver.expression = "0.1 * frame"
    bpy.context.scene.frame_set(6)
    assert scores_of(head)["eyeBlinkRight"] == pytest.approx(0.6)
    np.testing.assert_allclose(shown(head), of_params(head), atol=CLOSE)


@pytest.mark.parametrize("driven", [False, True])
def test_a_cache_holds_them(head, driven, tmp_path):
    api.set_arkit(head, {}, frame=1)
    api.set_arkit(head, {"mouthSmileLeft": 1.0, "jawOpen": 0.6, "eyeBlinkLeft": 1.0}, frame=5)
    if driven:
        head.driver_add("flame.neck", 0).driver.expression = "0.02 * frame"
    wanted = []
    for frame in range(1, 6):
        bpy.context.scene.frame_set(frame)
        wanted.append(shown(head))
    api.bake_cache(head, path=tmp_path / "head.pc2", frames=(1, 5))
    for frame in range(1, 6):
        bpy.context.scene.frame_set(frame)
        np.testing.assert_allclose(shown(head), wanted[frame - 1], atol=CLOSE)


def test_a_sculpt_on_a_smile_is_an_offset(head, rng):
    """What was sculpted stays when the smile goes, and the smile is not taken for a sculpt."""
    api.set_arkit(head, {"mouthSmileLeft": 1.0, "browInnerUp": 1.0})
    rest = api.model(head).v_template
    positions = mesh.read_positions(head.data)
    pulled = np.argsort(rest[:, 2])[-30:]
    positions[pulled] += (0, -0.004, 0)
    head.data.attributes["position"].data.foreach_set("vector", positions.ravel())
    head.data.update()
    assert api.keep_sculpt(head)
    np.testing.assert_allclose(shown(head), to_flame(positions), atol=1e-5)
    api.set_arkit(head, {})
    moved = np.linalg.norm(shown(head) - rest, axis=1)
    assert moved[pulled].min() > 0.003 and np.delete(moved, pulled).max() < 1e-5


def test_a_clip_takes_the_whole_face(head, tmp_path):
    """Also where controls were keyed."""
    api.set_params(head, jaw=(0.2, 0, 0))
    path = api.export_parameters(head, tmp_path / "clip.npz", frames=range(1, 3))
    api.set_arkit(head, {"mouthSmileLeft": 1.0}, frame=1)
    api.import_animation(path, head)
    bpy.context.scene.frame_set(2)
    assert not scores_of(head) and not [curve for curve in curves_of(head) or () if "controls" in curve.data_path]
    assert np.allclose(api.get_params(head).jaw, (0.2, 0, 0), atol=1e-6)


def test_exported_parameters_are_flame_alone(head, tmp_path):
    """What they cannot hold is told in millimetres, as it lies between the two heads at rest."""
    api.set_arkit(head, {}, frame=1)
    api.set_arkit(head, {"mouthSmileLeft": 1.0, "jawOpen": 0.5}, frame=2)
    written = api.export_parameters(head, tmp_path / "clip.npz", frames=[1, 2])
    assert load_sequence(written).frame(1).offsets is None
    bpy.context.scene.frame_set(2)
    offsets = api.get_params(head).offsets
    if offsets is None:
        assert written.left_out_rms_mm == written.left_out_largest_mm == 0 and "left out" not in written.summary()
    else:
        off = 1000 * np.linalg.norm(offsets, axis=1)
        assert written.left_out_largest_mm == pytest.approx(off.max(), rel=1e-5)
        assert written.left_out_rms_mm == pytest.approx(np.sqrt((off[off > 0] ** 2).mean() / 2), rel=1e-5)
        assert f"{off.max():.2g} mm at most" in written.summary()
    head.flame.flame_only = True
    bpy.context.view_layer.update()
    wanted = shown(head)
    api.import_animation(tmp_path / "clip.npz", head)
    bpy.context.scene.frame_set(2)
    assert not scores_of(head)
    np.testing.assert_allclose(shown(head), wanted, atol=CLOSE)
    assert api.get_params(head).offsets is None


def test_heads_of_before_get_their_scores(head, tmp_path):
    """On load, and when a face is first asked for."""
    api.set_params(head, jaw=(0.1, 0, 0))
    head.flame.controls.clear()
    live.forget()
    name = head.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "head.blend"))
    head = bpy.data.objects[name]
    assert names_of_controls(head.flame)[:52] == ARKIT_NAMES
    head.flame.controls.clear()
    api.apply_preset(head, "Smile")
    np.testing.assert_allclose(shown(head), of_params(head), atol=CLOSE)
    assert scores_of(head)


def test_a_rig_shows_them(head, tmp_path):
    """By shape keys of ARKit's names, whether transferred or exported."""
    frames = {1: {}, 2: {"mouthSmileLeft": 1.0, "cheekPuff": 0.7}, 3: {"jawOpen": 0.8, "mouthFunnel": 0.5},
              4: {"eyeBlinkLeft": 1.0, "eyeLookDownLeft": 0.5, "browInnerUp": 1.0}}  # fmt: skip
    api.set_params(head, expression=[0.3, 0.2], neck=(0.1, 0.2, 0))
    for frame, scores in frames.items():
        api.set_arkit(head, scores, frame=frame)
    bpy.context.scene.frame_end = 4
    rig = api.make_rig(head, frames=(1, 4))
    keys = rig.skin.data.shape_keys.key_blocks
    assert {"mouthSmileLeft", "browInnerUp", "eyeBlinkRight"} <= set(keys.keys())
    for frame, scores in frames.items():
        bpy.context.scene.frame_set(frame)
        assert np.abs(shown(rig.skin) - shown(head)).max() < 1e-4
        assert keys["mouthSmileLeft"].value == pytest.approx(scores.get("mouthSmileLeft", 0.0), abs=1e-6)
    for ending in (".glb", ".abc"):
        written = api.export_scene(head, tmp_path / f"head{ending}", frames=(1, 4))
        assert written.deviation_mm < 0.1


def test_a_dragged_landmark_leaves_the_scores(head):
    """The head's own coefficients take up what was dragged."""
    api.add_landmarks(head)
    api.set_arkit(head, {"mouthSmileLeft": 0.8, "cheekPuff": 0.5})
    scores, smiling = scores_of(head), shown(head)
    empty = head.flame.landmarks[57].empty
    empty.location.z -= 0.004
    api.reshape_to_landmarks(head, varies="EXPRESSION")
    moved = np.linalg.norm(shown(head) - smiling, axis=1)
    assert scores_of(head) == scores and 0.002 < moved.max() < 0.02
    np.testing.assert_allclose(shown(head), of_params(head), atol=CLOSE)


def test_linked_and_overridden(head, rng, tmp_path):
    api.set_arkit(head, random_scores(rng))
    wanted, scores, name = shown(head), scores_of(head), head.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(tmp_path / "head.blend"), link=True) as (_, into):
        into.objects = [name]
    linked = into.objects[0]
    bpy.context.scene.collection.objects.link(linked)
    override = linked.override_create(remap_local_usages=True)
    bpy.context.view_layer.update()
    live.refresh(override)
    assert scores_of(override) == scores
    np.testing.assert_allclose(shown(override), wanted, atol=CLOSE)
    set_scores(override, jawOpen=1.0)
    np.testing.assert_allclose(shown(override), of_params(override), atol=CLOSE)
    assert np.abs(shown(override) - wanted).max() > 1e-3
