"""How mouth shapes blend: what must hold of any timeline, and the ease written out."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.errors import SequenceError
from flame_blender.speech.sounds import (
    ARPABET,
    IPA,
    MICROSOFT,
    POLLY,
    PRESTON_BLAIR,
    RHUBARB,
    VISEMES,
    is_phone,
    of_phone,
)
from flame_blender.speech.timeline import Timeline, held, of_sounds, viseme_weights

SPOKEN = [name for name in VISEMES if name != "sil"]


def random_timeline(seed: int, n: int = 40) -> Timeline:
    rng = np.random.default_rng(seed)
    visemes = [str(rng.choice(VISEMES))]
    while len(visemes) < n:
        visemes.append(str(rng.choice([name for name in VISEMES if name != visemes[-1]])))
    times = np.concatenate([[0], np.cumsum(rng.exponential(0.1, n))])
    return Timeline("random", times, tuple(visemes), np.ones(n))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("overlap", [0.0, 0.05, 0.3])
def test_weights_are_shares_and_every_shape_is_reached(seed: int, overlap: float):
    timeline = random_timeline(seed)
    moments = np.linspace(-0.5, timeline.seconds + 0.5, 3000)
    weights = viseme_weights(timeline, moments, overlap)
    assert weights.min() > -1e-12 and np.allclose(weights.sum(1), 1)
    middles = (timeline.times[:-1] + timeline.times[1:]) / 2
    at_middles = viseme_weights(timeline, middles, overlap)
    reached = at_middles[np.arange(len(timeline)), [VISEMES.index(name) for name in timeline.visemes]]
    np.testing.assert_allclose(reached, 1, atol=1e-9)
    assert (weights[[0, -1], VISEMES.index("sil")] == 1).all()


def test_the_ease_from_shape_to_shape():
    timeline = Timeline("two", np.array([0.0, 1.0, 2.0]), ("aa", "U"), np.array([1.0, 0.5]))
    weights = viseme_weights(timeline, np.array([0.9, 0.95, 1.0, 1.05, 1.1]), 0.2)
    share = np.array([0, 0.25, 0.5, 0.75, 1.0])
    eased = 3 * share**2 - 2 * share**3
    np.testing.assert_allclose(weights[:, VISEMES.index("aa")], 1 - eased, atol=1e-12)
    np.testing.assert_allclose(weights[:, VISEMES.index("U")], 0.5 * eased, atol=1e-12)


def test_short_shapes_go_but_lips_close():
    visemes = ("aa", "DD", "O", "PP", "E")
    timeline = Timeline("short", np.array([0.0, 0.2, 0.21, 0.4, 0.41, 0.6]), visemes, np.ones(5))
    found = held(timeline, 0.05)
    assert found.visemes == ("aa", "O", "PP", "E")
    np.testing.assert_allclose(found.times, [0, 0.21, 0.36, 0.41, 0.6])
    crowded = Timeline("lips", np.array([0.0, 0.02, 0.03, 0.5]), ("FF", "PP", "aa"), np.ones(3))
    np.testing.assert_allclose(held(crowded, 0.05).times, [0, 0.01, 0.03, 0.5])
    assert held(timeline, 0.0).visemes == visemes
    assert len(held(Timeline("one", np.array([0.0, 0.01]), ("aa",), np.ones(1)), 0.05)) == 1


@pytest.mark.parametrize("seed", range(20))
def test_held_timelines_rise_and_end_where_they_did(seed: int):
    timeline = random_timeline(seed)
    found = held(timeline, 0.06)
    assert (np.diff(found.times) > 0).all()
    assert found.times[0] == 0 and found.seconds == pytest.approx(timeline.seconds)
    assert len(found.times) == len(found) + 1 == len(found.strengths) + 1
    lips = [name for name in timeline.visemes if name in ("PP", "FF")]
    assert [name for name in found.visemes if name in ("PP", "FF")] == lips


def test_sounds_share_their_time_and_silence_fills_gaps():
    found = of_sounds("x", "x.json", [0.5, 1.5], [1.0, 2.0], [MICROSOFT["11"], RHUBARB["A"]])
    assert found.visemes == ("sil", "aa", "I", "sil", "PP")
    np.testing.assert_allclose(found.times, [0, 0.5, 0.75, 1.0, 1.5, 2.0])
    with pytest.raises(SequenceError, match=r"x\.json.*rise"):
        of_sounds("x", "x.json", [0, 0.5], [1.0, 2.0], [RHUBARB["A"], RHUBARB["B"]])


def test_every_sign_is_among_the_visemes():
    tables = RHUBARB, PRESTON_BLAIR, MICROSOFT, POLLY, ARPABET, IPA
    assert {name for table in tables for sound in table.values() for name, _ in sound} <= {*VISEMES}
    assert all(0 < strength <= 1 for table in tables for sound in table.values() for _, strength in sound)
    assert [len(table) for table in tables[:4]] == [9, 10, 22, 17]
    assert {name for sound in ARPABET.values() for name, _ in sound} == {*VISEMES}


@pytest.mark.parametrize(
    ("label", "visemes"),
    [("AA1", "aa"), ("aɪ", "aa I"), ("tʃ", "CH"), ("d͡ʒ", "CH"), ("ɑ̃ː", "aa"), ("ç", "I"), ("pʰ", "PP"), ("sp", "sil"),
     ("", "sil"), ("ts", "DD SS"), ("oʊ", "O U"), ("SH", "CH")],
)  # fmt: skip
def test_phones(label: str, visemes: str):
    assert " ".join(name for name, _ in of_phone(label)) == visemes and is_phone(label)


def test_words_are_no_phones():
    assert not any(map(is_phone, ("hello", "something", "I'm")))
