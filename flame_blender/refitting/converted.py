"""What a conversion is asked for, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..long_work import Options, choice
from ..sequences.sequence import FlameSequence

EVERY_FRAME, SOURCE_KEYS = "EVERY_FRAME", "SOURCE_KEYS"
TOLD, OFFSETS = "TOLD", "OFFSETS"
HIDE, KEEP, REPLACE = "HIDE", "KEEP", "REPLACE"


@dataclass(frozen=True, kw_only=True)
class ConvertOptions(Options):
    """The keywords of :func:`convert`, for :func:`converting`.

    Attributes
    ----------
    frames : (int, int) or None, default None
        First and last frame of a head's animation; None is from its first key to its last.
    keys : str, default "EVERY_FRAME"
        Where a head is keyed. "EVERY_FRAME"; "SOURCE_KEYS": where the converted head has keys, straight lines between.
    left_over : str, default "TOLD"
        What the other model cannot show. "TOLD": is told in millimetres; "OFFSETS": becomes offsets, of a still head
        all of it, of an animation its mean.
    within_range : bool, default True
        Movements that go from 0 to 1, those of the built-in head, stay there.
    source : str, default "HIDE"
        What becomes of a head that was converted. "HIDE": it is hidden; "KEEP": it stays as it is; "REPLACE": the
        converted one takes its place, name and all that refers to it.
    from_model : str or None, default None
        Of a clip: the model that it was made with; None is an installed one of the release that the clip tells.
    """

    frames: tuple[int, int] | None = None
    keys: str = choice(EVERY_FRAME, SOURCE_KEYS)
    left_over: str = choice(TOLD, OFFSETS)
    within_range: bool = True
    source: str = choice(HIDE, KEEP, REPLACE)
    from_model: str | None = None


@dataclass(frozen=True, eq=False)
class Converted:
    """What :func:`convert` made.

    Attributes
    ----------
    clip : FlameSequence
        Parameters of the other model, one frame or more, with one identity.
    residuals_mm : (N,) float64, millimetres
        How far the vertices are, in each frame, from where the first model had them: root mean squares. NaN where that
        model, an earlier version of the built-in head, is not there to tell, and the names of directions led.
    frames : (N,) float64
        Where a head's frames are in the scene; 0 and so on for a clip.
    models : (str, str)
        Names of the model before and of the one after.
    head : bpy.types.Object or None, default None
        The converted head; None for a clip.
    warnings : tuple of str
        What was left out, one sentence each.
    """

    clip: FlameSequence
    residuals_mm: np.ndarray
    frames: np.ndarray
    models: tuple[str, str]
    head: bpy.types.Object | None = None
    warnings: tuple[str, ...] = ()

    @property
    def rms_mm(self) -> float:
        """Of all frames."""
        return float(np.sqrt((self.residuals_mm**2).mean()))

    def summary(self) -> tuple[str, ...]:
        """Lines for a person: how far off it is, then what was left out."""
        (before, after), rms = self.models, self.rms_mm
        if np.isnan(rms):
            return (f"An earlier version to the present {after}, by the names of its directions.", *self.warnings)
        at = int(self.residuals_mm.argmax())
        frame, worst = self.frames[at], self.residuals_mm[at]
        if len(self.frames) == 1:
            return (f"{before} to {after}: RMS {rms:.2g} mm.", *self.warnings)
        return (f"{before} to {after}: RMS {rms:.2g} mm, worst frame {frame:g}: {worst:.2g} mm.", *self.warnings)
