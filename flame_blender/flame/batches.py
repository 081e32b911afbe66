"""Vertices of many frames on the quickest device: a GPU where torch is importable and has one, NumPy otherwise.

The CPU's torch is never taken: on two cores it needs six to eight times as long as our NumPy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from .evaluator import FlameEvaluator
from .params import FlameParams

BatchVertices = Callable[[FlameParams], np.ndarray]
# Importing torch and waking a GPU takes seconds, in which NumPy evaluates this many frames and more.
FRAMES_WORTH_TORCH = 8192


def batch_vertices(evaluator: FlameEvaluator, frames: int) -> BatchVertices:
    """``evaluator.vertices``, or the same to 1e-6 m on a GPU, for work of so many ``frames`` altogether.

    Torch is imported here and nowhere before, and not for a few frames unless somebody else has imported it.
    """
    if frames < FRAMES_WORTH_TORCH and "torch" not in sys.modules:
        return evaluator.vertices
    try:
        from . import torch_batches  # noqa: PLC0415  (it needs torch)
    except (ImportError, OSError):  # no torch, or one whose libraries do not load
        return evaluator.vertices
    device = torch_batches.best_device()
    return evaluator.vertices if device is None else torch_batches.TorchBatches(evaluator, device).vertices
