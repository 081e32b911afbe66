"""Speech comes onto heads: keys of what the visemes move, beside keys of everything else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import ParameterError, SequenceError
from flame_blender.keyframes.animation import curves_of

FPS, START = 25, 11
CUES = ((0.0, "X"), (0.2, "A"), (0.4, "D"), (0.8, "F"), (1.2, "X"))  # rest, closed, wide, rounded, rest
OF_VISEME = {"A": ("PP", 0.7), "D": ("aa", 1.0), "F": ("U", 1.0)}


@pytest.fixture(autouse=True)
def scene() -> bpy.types.Scene:
    found = bpy.context.scene
    found.render.fps, found.render.fps_base, found.frame_end = FPS, 1.0, 5
    return found


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    path = tmp_path / "voice.tsv"
    path.write_text("".join(f"{start}\t{shape}\n" for start, shape in CUES))
    return path


@pytest.mark.oldest_and_newest
def test_visemes_are_shown_when_they_are_spoken(named_head, spoken, scene):
    for frame, score in ((1, 0.0), (30, 1.0)):
        api.set_arkit(named_head, {"eyeBlinkLeft": score}, frame=frame)
    blink = [each for each in curves_of(named_head) if len(each.keyframe_points)]
    done = api.import_speech(spoken, named_head, start_frame=START, strength=0.8)
    assert done.head is named_head and done.timeline.visemes == ("sil", "PP", "aa", "U", "sil")
    assert scene.frame_end == done.end_frame and blink
    shapes = {preset.name: preset.scores for preset in api.model(named_head).controls.presets}
    names = api.model(named_head).controls.names
    for (start, shape), (end, _) in pairwise(CUES[1:]):
        frame = START + round((start + end) / 2 * FPS)
        scene.frame_set(frame)
        viseme, strength = OF_VISEME[shape]
        found = api.get_arkit(named_head)
        expected = dict(zip(names, (0.8 * strength * shapes[viseme]).tolist(), strict=True))
        expected["eyeBlinkLeft"] = found["eyeBlinkLeft"]
        assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-5)
    scene.frame_set(30)
    assert api.get_arkit(named_head)["eyeBlinkLeft"] == pytest.approx(1.0)
    scene.frame_set(int(done.end_frame))
    assert api.get_arkit(named_head)["jawOpen"] == pytest.approx(0.0, abs=1e-6)


def test_a_head_is_added_and_a_drop_is_understood(spoken):
    assert api.holds_mouth_shapes(spoken) and not api.holds_arkit(spoken)
    assert bpy.ops.flame.drop_files(directory=f"{spoken.parent}/", files=[{"name": spoken.name}]) == {"FINISHED"}
    head = bpy.context.view_layer.objects.active
    assert api.is_head(head) and curves_of(head)


def test_what_is_no_speech_changes_nothing(named_head, tmp_path):
    path = tmp_path / "voice.tsv"
    path.write_text("0.0\tA\n0.1\tB\n0.2\tA\nsoon\tB\n")
    objects = len(bpy.data.objects)
    for obj in (named_head, None):
        with pytest.raises(SequenceError, match="finite times"):
            api.import_speech(path, obj)
    with pytest.raises(ParameterError, match="overlap"):
        api.import_speech(path, named_head, overlap=2.0)
    assert len(bpy.data.objects) == objects and not curves_of(named_head)
    assert not np.any(list(api.get_arkit(named_head).values()))
