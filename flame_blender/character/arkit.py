"""A head's animation as ARKit scores, and these as a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..errors import ParameterError
from ..files.whole_files import check_writable
from ..flame.params import FlameParams
from ..head import effective, parameters
from ..head.mesh import mesh_of
from ..head.properties import FLAME_PG_head, layout_of, names_of_controls
from ..head.sculpt import read_offsets
from ..head.templates.template_sequence import SOLVE_INSTEAD, require_own_template
from ..keyframes import sampling
from ..long_work import part_of
from ..model_controls.score_files import check_suffix, save_arkit
from ..model_controls.scores import ArkitScores, ScoreOptions, solving_scores
from .scores import computing_for, missing

FRAMES_AT_ONCE = 256
COMPUTING, SAMPLING = 0.7, 0.4  # shares: of named controls where there are none, and of the rest
SMALLEST = 1e-7  # of a coefficient or an angle that moves anything
FACE = ("jaw", "left_eye", "right_eye")


@dataclass(frozen=True, kw_only=True)
class ArkitOptions(ScoreOptions):
    """The keywords of :func:`solve_arkit` and :func:`export_arkit`, for their generators.

    Attributes
    ----------
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what FLAME's own directions do of it, as it always does
        on a head that is FLAME only.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    fps : float or None, frames per second, default None
        How many rows a second; None is one for each frame of the scene.
    """

    frames: tuple[int, int] | None = None
    fps: float | None = None


def solving(
    scene: bpy.types.Scene, obj: bpy.types.Object, options: ArkitOptions
) -> Generator[float, None, ArkitScores]:
    """The scores of a head over frames: yields the share that is done. Raises FlameError.

    Named controls are computed first where its model has none. A head that moves its face by named scores alone has
    them as they are.
    """
    require_own_template(obj, SOLVE_INSTEAD)
    times, fps = _times(scene, options)
    begun = COMPUTING if missing(obj) else 0.0
    obj = yield from part_of(computing_for(obj), 0.0, COMPUTING)
    head = parameters.require_head(obj)
    read = begun + SAMPLING * (1 - begun)
    values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), begun, read)
    chunks = [values[start : start + FRAMES_AT_ONCE] for start in range(0, len(values), FRAMES_AT_ONCE)]
    how = ScoreOptions(
        smoothing=options.smoothing,
        largest=options.largest,
        correctives=options.correctives and not head.flame_only,
    )
    model, own = parameters.require_evaluator(head).model, read_offsets(mesh_of(obj))
    parts = (sampling.params_of(obj, chunk) for chunk in chunks)
    found = yield from part_of(solving_scores(model, parts, times, fps, how, own), read, 1.0)
    if _moves(effective.own_params_of(head, values)):
        return found
    keyed = _own_scores(head, values, found.names)
    exact = np.clip(keyed, 0.0, options.largest)
    left = found.residuals if not np.array_equal(exact, keyed) else np.zeros_like(found.residuals)
    return dataclasses.replace(found, scores=exact, residuals=left)


def exporting(
    scene: bpy.types.Scene, obj: bpy.types.Object, path: Path, options: ArkitOptions
) -> Generator[float, None, ArkitScores]:
    """Write the scores of a head to a file: yields the share that is done. Closed early, nothing is written.

    Raises FlameError for another ending, ParameterError and WriteError.
    """
    check_suffix(path)
    check_writable(path)
    scores = yield from solving(scene, obj, options)
    save_arkit(path, scores)
    return scores


def _times(scene: bpy.types.Scene, options: ArkitOptions) -> tuple[np.ndarray, float]:
    """Frames of the scene at which scores are told, fractions where the rate is another; and the rate."""
    start, end = sampling.range_of(scene, options.frames)
    if end < start:
        raise ParameterError(f"The frames must end where they start or later, found {start} to {end}.")
    own = scene.render.fps / scene.render.fps_base
    fps = own if options.fps is None else options.fps
    if not 1 <= fps <= 1000:
        raise ParameterError(f"fps: expected 1 to 1000 rows a second, found {fps:g}.")
    count = int(np.floor((end - start) * fps / own + 1e-6)) + 1
    return start + np.arange(count) * (own / fps), fps


def _own_scores(head: FLAME_PG_head, values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """(N, C) float32: the head's scores of these controls; zeros for those that it has no property of."""
    given, column = values[:, layout_of(head).controls], {name: at for at, name in enumerate(names_of_controls(head))}
    zeros = np.zeros(len(values), np.float32)
    return np.stack([given[:, column[name]] if name in column else zeros for name in names], 1)


def _moves(params: FlameParams) -> bool:
    """Whether expression, jaw, eyes or lids do anything in any frame."""
    fields = [params.expression, *(getattr(params, name) for name in FACE)]
    fields += [] if params.eyelids is None else [params.eyelids]
    return any(bool((np.abs(each) > SMALLEST).any()) for each in fields)
