"""Random values in the layouts that the tools write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture
def vhap_arrays() -> Callable[[int], dict[str, np.ndarray]]:
    """A function: frames -> what VHAP's np.savez is given."""

    def make(frames: int, seed: int = 0) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(seed)
        widths = {"rotation": 3, "translation": 3, "neck_pose": 3, "jaw_pose": 3, "eyes_pose": 6, "expr": 100}
        arrays = {key: rng.normal(0, 0.3, (frames, width)).astype(np.float32) for key, width in widths.items()}
        return arrays | {"shape": rng.normal(size=300).astype(np.float32)}

    return make


@pytest.fixture
def codedict() -> Callable[[int], dict[str, np.ndarray]]:
    """A function: batch -> a codedict of DECA."""

    def make(batch: int, seed: int = 0) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(seed)
        widths = {"tex": 50, "exp": 50, "pose": 6, "detail": 128}
        code = {key: rng.normal(0, 0.3, (batch, width)).astype(np.float32) for key, width in widths.items()}
        code["shape"] = np.repeat(rng.normal(size=(1, 100)).astype(np.float32), batch, 0)
        code["cam"] = np.abs(rng.normal(8, 0.3, (batch, 3))).astype(np.float32)
        return code | {"light": rng.normal(size=(batch, 9, 3)).astype(np.float32)}

    return make
