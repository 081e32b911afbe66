"""Life on a layer of its own: rhythms as they were published, keys, drivers and clips as they were, no trace left."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head.properties import layout_of, read_own_values, read_values
from flame_blender.keyframes import sampling
from flame_blender.keyframes.animation import curves_of
from flame_blender.life import layer, rhythms
from flame_blender.long_work import result_of
from tests.blender.conftest import shown

QUIET = {"glances": 0.0, "drift": 0.0}  # blinks alone
BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")


@pytest.fixture
def scene():
    found = bpy.context.scene
    found.frame_start, found.frame_end = 1, 240
    return found


def values_at(head, frames) -> np.ndarray:
    """(N, size) of the evaluated head, frame by frame."""
    return result_of(sampling.frame_by_frame(bpy.context.scene, head, [float(frame) for frame in frames]))


def score_places(head, *names: str) -> list[int]:
    start = layout_of(head.flame).controls.start
    return [start + head.flame.controls.find(name) for name in names]


# -- the numbers


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize(("rate", "variation"), [(17, 0.6), (26, 0.3), (4.5, 1.2), (60, 0.5)])
def test_blinks_come_as_often_and_as_unevenly_as_asked(rate, variation):
    hours = 40
    times = rhythms.blink_times(3600 * hours, rate, variation, np.random.default_rng(3))
    expected = 60 * hours * rate
    assert abs(len(times) - expected) < 4 * variation * np.sqrt(expected) + 2  # of a renewal process
    between = np.diff(times)
    assert between.min() >= rhythms.BETWEEN_BLINKS and between.mean() == pytest.approx(60 / rate, rel=0.05)
    assert between.std() / between.mean() == pytest.approx(variation, rel=0.12)
    assert np.median(between) < between.mean(), "skewed, as they are"


@pytest.mark.oldest_and_newest
def test_a_short_scene_has_a_blink_and_a_moment_has_none():
    """Two seconds of speech: by chance alone half of such scenes would have none."""
    draws = [np.random.default_rng(seed) for seed in range(200)]
    short = [rhythms.blink_times(2.0, 17, 0.625, draw) for draw in draws]
    assert min(map(len, short)) == 1 and max(times[-1] for times in short) <= 2.0 - 0.35
    assert not any(len(rhythms.blink_times(0.3, 17, 0.625, draw)) for draw in draws)


@pytest.mark.oldest_and_newest
def test_blinks_without_variation_are_even():
    times = rhythms.blink_times(600, 12, 0.0, np.random.default_rng(0))
    assert np.allclose(np.diff(times), 5) and len(times) in (119, 120)
    assert not len(rhythms.blink_times(600, 0, 0.6, np.random.default_rng(0)))


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("manner", ["TALKING", "LISTENING"])
def test_glances_are_as_large_as_eyes_alive_has_them(manner):
    """Against its own rule written out: a share from 0 to 15 per cent, its size, and again where that is too large."""
    rng = np.random.default_rng(8)
    theirs = []
    while len(theirs) < 20000:
        size = -6.9 * np.log(rng.uniform(1e-9, 15) / 15.7)
        if size <= {"TALKING": 27.5, "LISTENING": 22.7}[manner]:
            theirs.append(size)
    ours = rhythms.saccade_sizes(20000, manner, np.random.default_rng(1))
    at = np.linspace(0, 28, 200)
    apart = np.searchsorted(np.sort(ours), at) - np.searchsorted(np.sort(theirs), at)
    assert np.abs(apart).max() / 20000 < 0.02  # Kolmogorov and Smirnov: 0.0195 in one of a thousand
    assert ours.min() >= 6.9 * np.log(15.7 / 15) - 1e-9


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("manner", ["TALKING", "LISTENING"])
def test_the_gaze_rests_jumps_and_comes_back(manner):
    """In an hour at 60 frames a second: how long it is away and with the other, which ways, and how fast."""
    fps, seconds = 60.0, 3600.0
    frames, gaze = rhythms.gaze_keys(seconds, manner, 1.0, fps, np.random.default_rng(5))
    assert (np.diff(frames) > 0).all() and (frames == np.round(frames)).all()
    assert not gaze[0].any() and not gaze[-1].any() and frames[-1] == seconds * fps
    sizes = np.hypot(*gaze.T)
    away = np.interp(np.arange(0, seconds * fps), frames, sizes) > 1.5
    spells = np.flatnonzero(np.diff(away.astype(int)))
    mean_there, mean_away = {"TALKING": (93.9, 27.8), "LISTENING": (237.5, 13.0)}[manner]  # in 30ths of a second
    both = (mean_there + mean_away) / 30
    # a spell of a small glance, and some of a small jump, are not told apart here
    assert len(spells) / 2 == pytest.approx(seconds / both, rel=0.25)
    assert away.mean() == pytest.approx(mean_away / (mean_there + mean_away), rel=0.3)
    jump = np.hypot(*np.diff(gaze, axis=0).T)
    takes = np.diff(frames)[jump > 1] / fps
    assert np.abs(takes - (0.025 + 0.0024 * jump[jump > 1])).max() <= 0.5 / fps + 1e-9
    left = gaze[1:][(jump > 3) & (sizes[1:] > 3) & (sizes[:-1] < 1.5)]
    along = np.abs(np.degrees(np.arctan2(np.abs(left[:, 0]), np.abs(left[:, 1]))))
    assert ((along < 22.5) | (along > 67.5)).mean() == pytest.approx(0.704, abs=0.06), "along, or up and down, mostly"


@pytest.mark.oldest_and_newest
def test_sway_and_breath_are_small_slow_and_end_where_they_began():
    rng = np.random.default_rng(2)
    frames, neck = rhythms.sway_keys(600, 1.0, 24.0, rng)
    assert not neck[0].any() and not neck[-1].any() and np.degrees(np.abs(neck)).max() < 4
    assert np.degrees(neck.std(0)) == pytest.approx((0.5, 0.8, 0.4), rel=0.25)
    frames, breath = rhythms.breath_keys(600, 15, 24.0, rng)
    assert (breath[::2] == 0).all() and breath[1::2].min() >= 0.6 and breath.max() <= 1
    assert len(breath[1::2]) == pytest.approx(150, abs=6) and (np.diff(frames) > 0).all()


@pytest.mark.oldest_and_newest
@pytest.mark.parametrize("fps", [5.0, 12.0, 24.0, 240.0])
@pytest.mark.parametrize("seconds", [0.1, 0.5, 3.0, 40.0])
def test_keys_rise_and_end_at_rest_at_every_rate(fps, seconds):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        for keys in (
            rhythms.gaze_keys(seconds, "TALKING", 2.0, fps, rng),
            rhythms.sway_keys(seconds, 1.0, fps, rng),
            rhythms.breath_keys(seconds, 30, fps, rng),
            rhythms.blink_keys(rhythms.blink_times(seconds, 60, 0.5, rng), fps),
        ):
            assert (np.diff(keys.frames) > 0).all() and (keys.frames >= 0).all()
            assert not len(keys.values) or not (keys.values[0].any() or keys.values[-1].any())


# -- on a head


def test_the_same_seed_is_the_same_life_and_parts_stand_alone(named_head, scene):
    frames = range(1, 241, 3)
    first = api.add_life(named_head, seed=4, breaths=15)
    shown_first = values_at(named_head, frames)
    api.add_life(named_head, seed=5, breaths=15)
    other = values_at(named_head, frames)
    assert api.add_life(named_head, seed=4, breaths=15).blinks == first.blinks
    np.testing.assert_array_equal(values_at(named_head, frames), shown_first)
    assert np.abs(other - shown_first).max() > 0.3
    api.add_life(named_head, seed=4, blinks=0, breaths=15)
    without = values_at(named_head, frames)
    blinks = score_places(named_head, *BLINKS)
    assert not without[:, blinks].any() and shown_first[:, blinks].any()
    rest = np.setdiff1d(np.arange(without.shape[1]), blinks)
    np.testing.assert_array_equal(without[:, rest], shown_first[:, rest])
    assert len(named_head.animation_data.nla_tracks) == 2


def test_a_blink_shuts_the_lids_as_the_control_does(named_head, scene):
    """Whatever they are set to; the sliders stay where they are, and what a head shows is told by its parameters."""
    api.set_arkit(named_head, {**dict.fromkeys(BLINKS, 1.0), "jawOpen": 0.5})
    shut = shown(named_head)
    api.set_arkit(named_head, {"eyeBlinkLeft": 0.25, "jawOpen": 0.5})
    begin = int(api.add_life(named_head, seed=2, blinks=30, **QUIET).blinks[0])
    scene.frame_set(begin + 2)  # at 24 frames a second it is shut after 2
    assert tuple(named_head.flame.life_blink) == (1.0, 1.0)
    assert np.abs(shown(named_head) - shut).max() < 1e-6
    assert np.abs(api.evaluate(named_head) - shut).max() < 1e-6
    scores = api.get_arkit(named_head)
    assert scores["eyeBlinkLeft"] == 0.25 and scores["eyeBlinkRight"] == 0.0
    scene.frame_set(begin)
    assert np.abs(shown(named_head) - shut).max() > 1e-3


def test_the_eyes_turn_by_the_degrees_that_were_drawn(named_head, scene):
    """Both together, up being about -X and the head's left about +Y; and the lids follow."""
    api.add_life(named_head, seed=6, blinks=0, drift=0)
    keys = rhythms.gaze_keys(239 / 24, "TALKING", 1.0, 24.0, np.random.default_rng([6, 1]))
    far = [at for at, size in enumerate(np.hypot(*keys.values.T)) if size > 3]
    assert far
    for at in far:
        scene.frame_set(1 + int(keys.frames[at]))
        up, left = keys.values[at]
        params = api.get_params(named_head)
        both = np.degrees(params.left_eye + params.right_eye) / 2
        assert both[:2] == pytest.approx((-up, left), abs=0.35 + 0.06 * np.hypot(up, left)), at
    api.mute_life(named_head)
    lids = shown(named_head)
    api.mute_life(named_head, False)
    assert np.abs(shown(named_head) - lids).max() > 1e-4


def test_values_stay_in_their_ranges_beside_keys(named_head, scene):
    """Keys of lids, of the gaze and of the neck stay to the bit, and are added to; scores never leave 0 to 1."""
    for frame in range(1, 241, 40):
        scores = {"eyeBlinkLeft": 0.2, "eyeLookUpLeft": 0.9 * (frame % 80 == 1), "eyeLookInRight": 0.8}
        api.set_arkit(named_head, scores, frame=frame)
        named_head.flame.neck = (0.1, 0.2, 0)
        named_head.keyframe_insert("flame.neck", frame=frame)
    keys = [(curve.data_path, [tuple(key.co) for key in curve.keyframe_points]) for curve in curves_of(named_head)]
    frames = range(1, 241)
    before = values_at(named_head, frames)
    api.add_life(named_head, blinks=50, glances=2.0, drift=2.0)
    after = values_at(named_head, frames)
    scores = after[:, layout_of(named_head.flame).controls]
    assert scores.min() >= 0 and scores.max() <= 1
    assert np.abs(after - before).max() > 0.3 and (after >= before - 1e-6)[:, score_places(named_head, *BLINKS)].all()
    neck = layout_of(named_head.flame).vector("neck")
    assert 0 < np.abs(after - before)[:, neck].max() < np.radians(8)
    named = [(curve.data_path, [tuple(key.co) for key in curve.keyframe_points]) for curve in curves_of(named_head)]
    assert named == keys
    scene.frame_set(240)
    np.testing.assert_array_equal(read_own_values(named_head.flame), before[-1])


def test_no_blink_where_keys_shut_the_lids(built_in_head, scene):
    middles = api.add_blinks(built_in_head, count=4, duration=12)
    free = api.add_life(built_in_head, seed=3, blinks=60, **QUIET)
    assert free.left_out > 0 and "left out" in free.summary()
    for begin in free.blinks:
        assert all(abs(begin + 4 - middle) > 6 for middle in middles)
    api.remove_life(built_in_head)
    built_in_head.animation_data_clear()
    alone = api.add_life(built_in_head, seed=3, blinks=60, **QUIET)
    assert set(free.blinks) < set(alone.blinks) and len(alone.blinks) == len(free.blinks) + free.left_out


def test_the_built_in_heads_own_movements_count_too(built_in_head, scene):
    movements = built_in_head.flame.movements
    movements["eyeBlinkLeft"].value = 1.0
    begin = int(api.add_life(built_in_head, blinks=30, **QUIET).blinks[0])
    scene.frame_set(begin + 2)
    left, right = read_values(built_in_head.flame)[score_places(built_in_head, *BLINKS)]
    assert (left, right) == (0.0, 1.0), "what is shut already is not shut again"


def test_drivers_and_clips_go_on_beside_it(named_head, scene, tmp_path):
    """A driven score is what its driver says and blinks; a clip that is brought in replaces keys, and no life."""
    index = named_head.flame.controls.find("eyeBlinkLeft")
    driver = named_head.driver_add(f"flame.controls[{index}].value").driver
    driver.type, driver.expression = "SUM", ""
    variable = driver.variables.new()
    variable.type = "SINGLE_PROP"
    scene["shut"] = 0.25
    variable.targets[0].id_type, variable.targets[0].id, variable.targets[0].data_path = "SCENE", scene, '["shut"]'
    begin = int(api.add_life(named_head, blinks=30, **QUIET).blinks[0])
    place = score_places(named_head, "eyeBlinkLeft")
    assert values_at(named_head, [begin, begin + 2])[:, place].ravel() == pytest.approx([0.25, 1.0])
    life = values_at(named_head, range(1, 60))
    clip = tmp_path / "clip.npz"
    np.savez(clip, expression=np.linspace(0, 0.3, 50)[:, None] * np.eye(20)[19], fps=24.0)
    api.import_animation(clip, named_head)
    assert layer.layer_of(named_head) is not None and curves_of(named_head)
    np.testing.assert_allclose(values_at(named_head, range(1, 60))[:, place], life[:, place], atol=1e-6)


def test_beside_a_face_board_which_drives_every_score(named_head, scene):
    """The knobs stay, and take what is set while a lid is shut by life as it is set."""
    board = api.make_board(named_head)
    begin = int(api.add_life(named_head, blinks=30, **QUIET).blinks[0])
    place = score_places(named_head, *BLINKS)
    scene.frame_set(begin + 2)
    assert read_values(named_head.flame)[place] == pytest.approx([1.0, 1.0]) and board is not None
    api.set_arkit(named_head, {"eyeBlinkLeft": 0.25})
    bpy.context.view_layer.update()
    assert values_at(named_head, [begin, begin + 2])[:, place] == pytest.approx(np.array([[0.25, 0.0], [1.0, 1.0]]))
    assert api.get_arkit(named_head)["eyeBlinkLeft"] == pytest.approx(0.25)


@pytest.mark.every_version
def test_a_linked_head_has_life_by_an_override(scene, tmp_path):
    api.add_head(api.BUILT_IN)
    path = str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(path, link=True) as (there, wanted):
        wanted.objects = there.objects
    (linked,) = wanted.objects
    with pytest.raises(api.ParameterError, match="library override"):
        api.add_life(linked)
    bpy.context.scene.collection.objects.link(linked)
    own = linked.override_create(remap_local_usages=True)
    begin = int(api.add_life(own, blinks=30).blinks[0])
    bpy.context.scene.frame_set(begin + 2)
    assert tuple(own.flame.life_blink) == (1.0, 1.0)
    assert api.remove_life(own) and not bpy.data.actions


@pytest.mark.every_version
def test_muted_it_rests_and_removed_nothing_is_left(named_head, scene):
    head = named_head
    api.set_params(head, neck=(0, 0.1, 0))
    still = shown(head)
    actions, had = set(bpy.data.actions), head.animation_data is not None
    begin = int(api.add_life(head, blinks=30).blinks[0])
    scene.frame_set(begin + 2)
    assert np.abs(shown(head) - still).max() > 1e-3
    api.mute_life(head)
    assert layer.layer_of(head).muted and np.abs(shown(head) - still).max() < 1e-6
    scene.frame_set(begin + 3)
    assert np.abs(shown(head) - still).max() < 1e-6
    api.mute_life(head, False)
    assert np.abs(shown(head) - still).max() > 1e-3 and not layer.layer_of(head).muted
    layer.layer_of(head).tracks[0].mute = True  # in Blender's own NLA editor
    scene.frame_set(begin + 2)
    assert np.abs(shown(head) - still).max() < 1e-6, "nothing stays half shut"
    layer.layer_of(head).tracks[0].mute = False
    scene.frame_set(1000)
    assert np.abs(shown(head) - still).max() < 1e-6, "outside its frames it rests"
    scene.frame_set(begin + 2)
    assert api.remove_life(head) and not api.remove_life(head) and api.life_options(head) is None
    assert set(bpy.data.actions) == actions and (head.animation_data is not None) == had
    assert np.abs(shown(head) - still).max() < 1e-6
    scene.frame_set(begin)
    assert np.abs(shown(head) - still).max() < 1e-6


@pytest.mark.every_version
def test_saved_loaded_copied_and_keyed_beside(built_in_head, scene, tmp_path):
    """The layer goes into the file and comes back; a copy has its own; user's keys go into the user's action."""
    begin = int(api.add_life(built_in_head, seed=9, blinks=30, breaths=15).blinks[0])
    api.set_arkit(built_in_head, {"jawOpen": 1.0}, frame=begin + 2)
    assert all("life" not in curve.data_path for curve in curves_of(built_in_head))
    wanted = values_at(built_in_head, range(1, 60))
    path = str(tmp_path / "life.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.open_mainfile(filepath=path)
    head = bpy.data.objects["FLAME Head"]
    np.testing.assert_allclose(values_at(head, range(1, 60)), wanted, atol=1e-6)
    assert api.life_options(head) == api.LifeOptions(seed=9, blinks=30, breaths=15)
    bpy.context.view_layer.objects.active = head
    head.select_set(True)
    bpy.ops.object.duplicate()
    copy = bpy.context.view_layer.objects.active
    assert copy != head and api.remove_life(copy)
    np.testing.assert_allclose(values_at(head, range(1, 60)), wanted, atol=1e-6)


def test_bakes_and_exports_have_it(built_in_head, scene, tmp_path):
    begin = int(api.add_life(built_in_head, blinks=30, **QUIET).blinks[0])
    api.export_arkit(built_in_head, tmp_path / "scores.csv", frames=(begin, begin + 3))
    rows = (tmp_path / "scores.csv").read_text().splitlines()
    column = rows[0].split(",").index("EyeBlinkLeft")
    assert float(rows[3].split(",")[column]) == pytest.approx(1.0, abs=1e-3)
    assert float(rows[1].split(",")[column]) == pytest.approx(0.0, abs=1e-3)


def test_what_cannot_be_is_refused_and_changes_nothing(built_in_head, scene):
    for wrong in ({"seed": -1}, {"blinks": 61}, {"manner": "SHOUTING"}, {"frames": (5, 5)}, {"glances": 3}):
        with pytest.raises(api.ParameterError):
            api.add_life(built_in_head, **wrong)
    with pytest.raises(api.ParameterError, match="has no life"):
        api.mute_life(built_in_head)
    assert built_in_head.animation_data is None and not bpy.data.actions


@pytest.mark.parametrize("text", ["[]", "{", '{"seed": "1"}', '{"frames": 3}', '{"blinks": 1e9}', "9" * 50, '{"x": 1}'])
def test_what_others_wrote_into_the_file_is_the_defaults(built_in_head, scene, text):
    api.add_life(built_in_head, seed=7)
    track = layer.layer_of(built_in_head).tracks[0]
    track.strips[0].action[layer.TOLD] = text
    assert api.life_options(built_in_head) == api.LifeOptions()
    assert json.loads(json.dumps(api.life_options(built_in_head).seed)) == 1
    assert api.remove_life(built_in_head) and not bpy.data.actions


def test_the_buttons(built_in_head, scene):
    bpy.context.view_layer.objects.active = built_in_head
    assert not bpy.ops.flame.remove_life.poll() and not bpy.ops.flame.mute_life.poll()
    assert bpy.ops.flame.add_life(seed=3, scene_range=False, frame_start=10, frame_end=99) == {"FINISHED"}
    made = api.life_options(built_in_head)
    assert (made.seed, made.frames, made.manner) == (3, (10, 99), "TALKING")
    assert bpy.ops.flame.mute_life() == {"FINISHED"} and layer.layer_of(built_in_head).muted
    assert bpy.ops.flame.mute_life(muted=False) == {"FINISHED"} and not layer.layer_of(built_in_head).muted
    assert bpy.ops.flame.remove_life() == {"FINISHED"} and api.life_options(built_in_head) is None
