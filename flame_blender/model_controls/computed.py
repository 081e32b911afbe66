"""What is computed for a model, and kept."""

from __future__ import annotations

from dataclasses import dataclass

from ..correspondence.correspondence import Correspondence
from ..flame.controls import Controls
from .quality import ControlQuality


@dataclass(frozen=True, eq=False)
class ComputedControls:
    """``controls`` of a model, how well each does what it is named for, and where its skin lies on the source's."""

    controls: Controls
    qualities: tuple[ControlQuality, ...]
    correspondence: Correspondence
