"""Point caches that are mapped: damaged ones are told in a sentence, or still hold what their header says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import FlameError
from flame_blender.files.pc2 import mapped_samples, pc2_file, stamp_of

SAMPLES = np.random.default_rng(0).normal(size=(5, 40, 3)).astype(np.float32)
DAMAGED = 500


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    path = tmp_path / "speech.pc2"
    with pc2_file(path, 40, 5, 1.0, 1.0) as write:
        write(SAMPLES)
    return path


def test_samples_are_mapped_as_written(cache: Path) -> None:
    assert np.array_equal(mapped_samples(cache, "copy it again"), SAMPLES)
    assert not mapped_samples(cache, "copy it again").flags.writeable


def test_damaged_files_are_told_in_a_sentence(cache: Path) -> None:
    """Cut, grown, or with other bytes, most of them in the header; nothing else than a FlameError."""
    rng, whole, said = np.random.default_rng(1), cache.read_bytes(), []
    for _ in range(DAMAGED):
        raw = bytearray(whole)
        for _ in range(rng.integers(1, 4)):
            raw[rng.integers(0, 32)] = rng.integers(256)
        if rng.random() < 0.5:
            raw = raw[: rng.integers(0, len(raw))] if rng.random() < 0.5 else raw + bytes(rng.integers(1, 99))
        cache.write_bytes(raw)
        try:
            found = mapped_samples(cache, "copy it again")
        except FlameError as error:
            said.append(str(error))
        else:
            assert found.size == SAMPLES.size
    assert len(said) > DAMAGED / 2
    assert all(each.startswith(f"{cache}: ") and each.endswith("; copy it again.") for each in said)


def test_a_stamp_tells_another_file(cache: Path) -> None:
    before = stamp_of(cache)
    cache.write_bytes(cache.read_bytes()[:-1])
    assert stamp_of(cache) != before and stamp_of(cache.with_name("none.pc2")) is None
    with pytest.raises(FlameError, match="cannot be read"):
        mapped_samples(cache.with_name("none.pc2"), "copy it again")
