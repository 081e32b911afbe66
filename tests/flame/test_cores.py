"""Work shared out among cores: all of it, once, and what fails in a share is raised."""

from __future__ import annotations

import os
import threading
from collections import Counter

import numpy as np
import pytest

from flame_blender.flame import cores
from flame_blender.flame.cores import product, share_out


@pytest.fixture(autouse=True, params=[1, 2, 5])
def number_of_cores(request, monkeypatch) -> int:
    monkeypatch.setattr(cores, "CORES", request.param)
    return request.param


@pytest.mark.parametrize(
    ("asked", "expected"), [("1", 1), ("3", 3), ("99", 8), ("0", None), ("", None), ("two", None), (None, None)]
)
def test_who_gives_openblas_fewer_threads_means_these_too(asked, expected, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", asked)
    assert cores._cores() == (expected or 6)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 17, 1000])
def test_all_is_done_once_in_no_more_and_no_smaller_shares_than_asked(count, number_of_cores):
    shares: list[slice] = []
    share_out(shares.append, count, 8)
    assert Counter(i for share in shares for i in range(count)[share]) == Counter(range(count))
    assert len(shares) == max(1, min(number_of_cores, count // 8))
    assert len(shares) == 1 or min(share.stop - share.start for share in shares) >= 8


def test_shares_are_worked_on_at_the_same_time(number_of_cores):
    meeting = threading.Barrier(number_of_cores, timeout=20)
    share_out(lambda _share: meeting.wait(), 100, 1)


@pytest.mark.parametrize("failing", [0, 99])
def test_what_fails_in_any_share_is_raised(failing):
    def work(share: slice) -> None:
        if failing in range(100)[share]:
            raise ValueError(f"of {failing}")

    with pytest.raises(ValueError, match=f"of {failing}"):
        share_out(work, 100, 1)


@pytest.mark.parametrize("rows", [0, 1, 15, 16, 17, 100])
@pytest.mark.parametrize(("inner", "columns"), [(0, 40), (1, 1), (65, 3000), (118, 129), (1500, 50)])
def test_products_are_as_in_doubles(rows, inner, columns):
    rng = np.random.default_rng(rows)
    one, other = rng.normal(size=(rows, inner)).astype(np.float32), rng.normal(size=(inner, columns)).astype(np.float32)
    expected = one.astype(float) @ other.astype(float)
    largest = 1e-6 * (np.abs(one).astype(float) @ np.abs(other)) + 1e-30  # what rounding can add up to
    assert np.all(np.abs(product(one, other) - expected) <= largest)
    wide = np.full((rows, columns + 5), 7, np.float32)  # rows that lie apart, as those of single axes do
    assert product(one, other, wide[:, :columns]).base is wide
    assert np.all(np.abs(wide[:, :columns] - expected) <= largest)
    assert np.all(wide[:, columns:] == 7)
