"""Random numbers against Philox4x64-10 written out as its authors describe it, and against pinned values."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from flame_blender.datasets.randomness import LARGEST, normal_of, raw_words, uniforms

MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
WORDS = ["3c75f816cb605c27", "f382b13ebba99e34", "e3e08e3104d91862"]
UNIFORMS = [0.23617506557946072, 0.9512129572064283, 0.890145194022669]
NORMALS = [-0.71866049271528, 1.656729947016412, 1.2273006485427012]


def philox(key: tuple[int, int], counter: list[int]) -> list[int]:
    """Ten rounds of Philox4x64 over one block of four words (Salmon et al. 2011, section 4)."""
    a, b = key
    c = list(counter)
    for _ in range(10):
        first, second = MULTIPLIERS[0] * c[0], MULTIPLIERS[1] * c[2]
        c = [(second >> 64) ^ c[1] ^ a, second & LARGEST, (first >> 64) ^ c[3] ^ b, first & LARGEST]
        a, b = (a + WEYL[0]) & LARGEST, (b + WEYL[1]) & LARGEST
    return c


def test_words_are_philox_blocks_counted_from_one():
    """NumPy adds one to the counter before each block of four words."""
    for seed, stream, index in ((0, 0, 0), (7, 30, 12345), (LARGEST, 3, LARGEST)):
        expected = [word for block in (1, 2, 3) for word in philox((seed, stream), [block, 0, 0, index])]
        assert raw_words(seed, stream, index, 12).tolist() == expected


def test_values_are_pinned():
    """Whichever NumPy: the samples of published recipes depend on them."""
    assert [f"{word:016x}" for word in raw_words(7, 30, 5, 3).tolist()] == WORDS
    assert uniforms(7, 30, 5, 3).tolist() == UNIFORMS
    assert [normal_of(each) for each in UNIFORMS] == NORMALS


def test_numbers_are_spread_as_they_should_be():
    found = np.array([uniforms(1, 30, index, 1)[0] for index in range(4000)])
    assert 0 < found.min() < found.max() < 1
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert stats.kstest([normal_of(each) for each in found.tolist()], "norm").pvalue > 0.01
    together = np.array([[uniforms(1, stream, index, 1)[0] for stream in (30, 31)] for index in range(4000)])
    assert abs(np.corrcoef(together.T)[0, 1]) < 0.05


def test_the_outermost_words_stay_between_0_and_1(monkeypatch: pytest.MonkeyPatch):
    outermost = SimpleNamespace(random_raw=lambda count: np.array([0, LARGEST], np.uint64)[:count])
    monkeypatch.setattr(np.random, "Philox", lambda **_: outermost)
    found = uniforms(0, 0, 0, 2)
    assert 0 < found[0] < found[1] < 1
    assert np.isfinite([normal_of(each) for each in found.tolist()]).all()
