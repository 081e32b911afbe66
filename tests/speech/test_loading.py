"""Timelines as lip-sync programs write them, read for what was written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import SequenceError
from flame_blender.speech.loading import holds_speech, load_speech
from flame_blender.speech.timeline import Timeline

# of Rhubarb's own README: what it makes of "I'm talking"
CUES = [(0.00, 0.05, "X"), (0.05, 0.27, "D"), (0.27, 0.31, "C"), (0.31, 0.43, "B"), (0.43, 0.47, "X")]
SHOWN = ("sil", "aa", "E", "SS", "sil")
TSV = "".join(f"{start:.2f}\t{shape}\n" for start, _, shape in CUES) + "0.47\tX\n"
XML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rhubarbResult>\n  <metadata>\n'
    "    <soundFile>C:\\a &amp; b.wav</soundFile>\n"
    "    <duration>0.47</duration>\n  </metadata>\n  <mouthCues>\n"
    + "".join(f'    <mouthCue start="{a:.2f}" end="{b:.2f}">{shape}</mouthCue>\n' for a, b, shape in CUES)
    + "  </mouthCues>\n</rhubarbResult>\n"
)
JSON = json.dumps(
    {
        "metadata": {"soundFile": "a.wav", "duration": 0.47},
        "mouthCues": [{"start": start, "end": end, "value": shape} for start, end, shape in CUES],
    },
    indent=2,
)
SWITCHES = "MohoSwitch1\n1 rest\n3 MBP\n5 AI\n9 WQ\n11 etc\n14 rest\n"
LONG_GRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.2
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 1.2
        points: size = 1
        points [1]:
            number = 0.5
            mark = "a ""click"" 7"
    item [2]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.2
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 0.8
            text = "mister"
        intervals [2]:
            xmin = 0.8
            xmax = 1.2
            text = ""
    item [3]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1.2
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.2
            text = "M"
        intervals [2]:
            xmin = 0.2
            xmax = 0.8
            text = "AY1"
        intervals [3]:
            xmin = 0.8
            xmax = 1.2
            text = ""
"""
SHORT_GRID = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1.2\n<exists>\n1\n'
    '"IntervalTier"\n"anna - phones"\n0\n1.2\n3\n'
    '0\n0.2\n"m"\n0.2\n0.8\n"aɪ"\n0.8\n1.2\n""\n'
)


def written(path: Path, text: str, encoding: str = "utf-8") -> Timeline:
    path.write_text(text, encoding)
    assert holds_speech(path)
    return load_speech(path)


@pytest.mark.parametrize(("name", "text"), [("a.tsv", TSV), ("a.xml", XML), ("a.json", JSON)])
def test_rhubarbs_three_forms_are_one(tmp_path: Path, name: str, text: str):
    timeline = written(tmp_path / name, text)
    assert timeline.visemes == SHOWN and timeline.source == "Rhubarb's mouth shapes"
    np.testing.assert_allclose(timeline.times[:-1], [start for start, _, _ in CUES])
    assert timeline.strengths.tolist() == [1, 1, 1, 0.6, 1]


def test_switches_count_frames_from_one(tmp_path: Path):
    timeline = written(tmp_path / "voice.dat", SWITCHES)
    assert timeline.visemes == ("sil", "PP", "aa", "U", "SS", "sil")
    np.testing.assert_allclose(timeline.times[:-1] * 24, [0, 2, 4, 8, 10, 13])
    np.testing.assert_allclose(load_speech(tmp_path / "voice.dat", fps=12).times[:-1] * 12, [0, 2, 4, 8, 10, 13])
    assert "24 frames a second" in timeline.notes[0] and not load_speech(tmp_path / "voice.dat", 24).notes
    letters = written(tmp_path / "letters.dat", "MohoSwitch1\n1 X\n4 D\n9 A\n")
    assert letters.visemes == ("sil", "aa", "PP")


def test_visemes_of_speech_services(tmp_path: Path):
    events = [
        {"audioOffset": offset, "visemeId": number}
        for offset, number in ((500_000, 0), (1_500_000, 21), (2_500_000, 11))
    ]
    timeline = written(tmp_path / "azure.json", json.dumps(events))
    assert timeline.visemes == ("sil", "PP", "aa", "I") and "100 nanoseconds" in timeline.notes[0]
    np.testing.assert_allclose(timeline.times, [0, 0.15, 0.25, 0.3, 0.35])  # of 11, "ai", each vowel half
    in_ms = {
        "visemes": [{"audio_offset": offset, "viseme_id": number} for offset, number in ((50, 0), (150, 21), (250, 19))]
    }
    timeline = written(tmp_path / "ms.json", json.dumps(in_ms))
    np.testing.assert_allclose(timeline.times, [0, 0.15, 0.25, 0.35])
    marks = [
        {"time": 0, "type": "sentence", "start": 0, "end": 3, "value": "mob"},
        {"time": 6, "type": "viseme", "value": "p"},
        {"time": 90, "type": "viseme", "value": "O"},
        {"time": 200, "type": "viseme", "value": "sil"},
    ]
    timeline = written(tmp_path / "polly.marks", "\n".join(map(json.dumps, marks)))
    assert timeline.visemes == ("sil", "PP", "O", "sil") and timeline.source == "Amazon Polly's visemes"
    np.testing.assert_allclose(timeline.times[:-1], [0, 0.006, 0.09, 0.2])
    meta = [{"time": 0.0, "viseme": "PP"}, {"time": 0.2, "viseme": "oh"}, {"time": 0.5, "viseme": "nn"}]
    assert written(tmp_path / "meta.json", json.dumps(meta)).visemes == ("PP", "O", "nn")


@pytest.mark.parametrize("text", [LONG_GRID, SHORT_GRID], ids=["long, ARPAbet", "short, IPA"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_text_grids(tmp_path: Path, text: str, encoding: str):
    timeline = written(tmp_path / "my.TextGrid", text, encoding)
    assert timeline.visemes == ("PP", "aa", "I", "sil")
    np.testing.assert_allclose(timeline.times, [0, 0.2, 0.5, 0.8, 1.2])


def test_phones_that_are_none_are_told(tmp_path: Path):
    timeline = written(tmp_path / "a.TextGrid", LONG_GRID.replace('"M"', '"noise!"'))
    assert timeline.visemes[0] == "sil" and "noise!" in timeline.notes[0]


FAULTY = {
    "empty.json": ("[]", "none"),
    "keys.json": ('[{"begin": 0, "mouth": "A"}]', "the keys begin, mouth"),
    "shape.json": ('{"mouthCues": [{"start": 0, "end": 1, "value": "Q"}]}', "found 'Q'"),
    "back.json": ('[{"start": 1, "end": 2, "value": "A"}, {"start": 0, "end": 1, "value": "B"}]', "rise"),
    "number.json": ('{"mouthCues": [{"start": "soon", "end": 2, "value": "A"}]}', "finite times"),
    "other.xml": ("<dataset></dataset>", "mouthCue"),
    "cut.xml": (XML[:200], "damage"),
    "entity.xml": ('<!DOCTYPE a [<!ENTITY b "c">]><rhubarbResult>&b;</rhubarbResult>', "entity"),
    "id.json": ('[{"viseme_id": 22, "time": 0}]', "found '22'"),
    "frames.dat": ("MohoSwitch1\nfirst AI\n", "finite times"),
    "shape.dat": ("MohoSwitch1\n1 wide\n", "found 'wide'"),
    "long.dat": ("MohoSwitch1\n1 rest\n99999999999 MBP\n", "at most 4 hours"),
    "long.tsv": ("0.00\tX\n0.10\tB\n20000.0\tD\n", "at most 4 hours of speech, found 5.56"),
    "empty.dat": ("MohoSwitch1\n", "found none"),
    "words.TextGrid": (LONG_GRID.replace('"phones"', '"more"').replace('"AY1"', '"something"'), "the tiers"),
    "cut.TextGrid": (LONG_GRID[:-40], "whole TextGrid"),
    "prose.txt": ("It was a dark and stormy night.", "Rhubarb"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_no_speech_is_refused_in_one_sentence(tmp_path: Path, name: str):
    text, said = FAULTY[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(SequenceError) as refused:
        load_speech(tmp_path / name)
    assert said in str(refused.value) and str(tmp_path / name) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("fps", [0, -24, 1001, float("nan")])
def test_rates_beyond_cameras_are_refused(tmp_path: Path, fps: float):
    with pytest.raises(SequenceError, match=r"^fps: expected a number above 0 and up to 1000, found "):
        load_speech(tmp_path / "a.tsv", fps=fps)


def test_files_that_are_none_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "long.tsv").write_text("0.00\tX\n" * 20)
    monkeypatch.setattr("flame_blender.speech.loading.MAX_BYTES", 99)
    for path, said in (("long.tsv", "at most 99 bytes"), ("none.tsv", "expected a file"), (".", "expected a file")):
        with pytest.raises(SequenceError, match=said):
            load_speech(tmp_path / path)
    assert not holds_speech(tmp_path / "none.tsv") and not holds_speech(tmp_path)
