"""One identity for a whole clip, where a tracker found another in every frame."""

from __future__ import annotations

import numpy as np

from .sequence import FlameSequence


def with_steady_identity(sequence: FlameSequence) -> FlameSequence:
    """The clip with the median of each identity coefficient: (k,), which single bad frames do not move."""
    if sequence.identity.ndim == 1:
        return sequence
    return sequence.with_params(shape=np.median(sequence.identity, axis=0)).with_notes(
        f"Identity is the median of {len(sequence)} frames."
    )
