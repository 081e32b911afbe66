"""The face over the frames of a sample: out of a clip, or from the face at rest into the drawn one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import DatasetError, SequenceError
from ...flame.model import WEIGHT, FlameModel
from ...flame.params import FlameParams
from ...score_clips.loading import holds_scores, load_scores
from ...sequences.loading import load_sequence
from ...sequences.sequence import SMPLX, FlameSequence, is_of_release
from ..distributions import Value
from ..factors import CLIP_START_STREAM
from ..randomness import uniforms
from ..recipe import Recipe
from .scored_clips import ScoredClip

UNTOLD = "unknown"  # of a FLAME file's release
KEPT = 8  # clips that are read at a time


@dataclass(frozen=True, eq=False)
class Moment:
    """What a frame adds to a sample: the share of the drawn face that is shown, and turns in degrees.

    Or the parameters of a clip's frame, and those of the frame that the head's own turns and moves count from.
    """

    share: float = 1.0
    yaw: float = 0.0
    pitch: float = 0.0
    shown: FlameParams | None = None
    stands: FlameParams | None = None


STILL = Moment()


class Clips:
    """The clips of a recipe's folder; a few are kept."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._read: dict[tuple[Path, str], FlameSequence | ScoredClip] = {}

    def moment(
        self,
        model: FlameModel,
        values: Mapping[str, Mapping[str, Value]],
        path: Path | None,
        index: int,
        frame: int,
        beside: int = 0,
    ) -> Moment:
        """Frame ``frame`` of sample ``index``; ``beside`` counts frames of the clip from there, for motion blur.

        Raises DatasetError for a clip that is none, is of another model, or has too few frames.
        """
        shots = self._recipe.shots
        if path is not None:
            clip = self._clip(path, model)
            needed = 1 + (shots.frames - 1) * shots.every
            if len(clip) < needed:
                raise DatasetError(
                    f"clip.folder: {path}: expected at least {needed} frames, found {len(clip)}; remove it, or take "
                    "fewer frames."
                )
            uniform = float(uniforms(self._recipe.seed, CLIP_START_STREAM, index, 1)[0])
            start = int(uniform * (len(clip) - needed + 1))
            middle = start + (shots.frames // 2) * shots.every
            at = min(max(start + frame * shots.every + beside, 0), len(clip) - 1)
            return Moment(shown=clip.frame(at), stands=clip.frame(middle))
        if shots.frames == 1:
            return STILL
        share = (frame + beside) / (shots.frames - 1)
        eased = min(max(share, 0.0), 1.0)
        yaw, pitch = (share * float(values["clip"][key] or 0.0) for key in ("yaw", "pitch"))
        return Moment(eased * eased * (3 - 2 * eased), yaw, pitch)

    def _clip(self, path: Path, model: FlameModel) -> FlameSequence | ScoredClip:
        key = path, model.fingerprint
        if key not in self._read:
            while len(self._read) >= KEPT:
                del self._read[next(iter(self._read))]
            self._read[key] = _read(path, model)
        clip = self._read[key]
        if not _fits(clip, model):
            raise DatasetError(
                f"clip.folder: {path}: expected a clip in the coefficients of the samples' model "
                f"({model.release or 'of a FLAME file'}), found one in {clip.release or 'those of FLAME'}; convert it "
                "to the model first."
            )
        return clip


def _fits(clip: FlameSequence | ScoredClip, model: FlameModel) -> bool:
    """Whether a clip's coefficients are the model's; True where a FLAME file or its clip does not tell its release."""
    if isinstance(clip, ScoredClip):
        return True
    if any(direction.unit == WEIGHT for direction in model.expression_directions):
        return clip.release == model.release
    if clip.release == SMPLX or not clip.release or model.release == UNTOLD:
        return clip.release != SMPLX
    return is_of_release(clip, model.release)


def _read(path: Path, model: FlameModel) -> FlameSequence | ScoredClip:
    try:
        if path.is_file() and holds_scores(path):
            return ScoredClip(load_scores(path), model)
        return load_sequence(path)
    except SequenceError as error:
        raise DatasetError(f"clip.folder: {error}") from error


def with_expression(moment: Moment, expression: np.ndarray) -> np.ndarray:
    """(E,) float32 with the clip's coefficients added, as many as the model has."""
    if moment.shown is None:
        return expression
    found = expression.copy()
    own = moment.shown.expression[: len(found)]
    found[: len(own)] += own
    return found
