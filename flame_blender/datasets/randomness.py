"""Random numbers by counter: a number is a function of seed, stream and sample, whatever was drawn before it.

Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) with the key (seed, stream) and the
sample's index in the counter's highest word. NumPy promises its raw words alone, so all else is made of them here.
"""

from __future__ import annotations

import statistics

import numpy as np

LARGEST = 2**64 - 1
_NORMAL = statistics.NormalDist()
_HALF_STEP = 0.5  # of 53 bits: uniform numbers lie in the middles of their cells, never at 0 or 1


def raw_words(seed: int, stream: int, index: int, count: int) -> np.ndarray:
    """(count,) uint64. ``seed``, ``stream`` and ``index`` from 0 to 2**64 - 1."""
    key, counter = np.array([seed, stream], np.uint64), np.array([0, 0, 0, index], np.uint64)
    words: np.ndarray = np.random.Philox(key=key, counter=counter).random_raw(count)
    return words


def uniforms(seed: int, stream: int, index: int, count: int) -> np.ndarray:
    """(count,) float64 between 0 and 1, both excluded: the highest 53 bits of each word."""
    cells = raw_words(seed, stream, index, count) >> np.uint64(11)
    return (np.minimum(cells, np.uint64(2**53 - 2)).astype(np.float64) + _HALF_STEP) * 2.0**-53


def normal_of(uniform: float) -> float:
    """The standard normal number below which the share ``uniform`` lies.

    By rational functions (Wichura's AS 241, in Python's ``statistics``), which round alike on every machine but for the
    outer 15 %, where a logarithm takes part: its last bit is gone where coefficients become float32.
    """
    return _NORMAL.inv_cdf(uniform)
