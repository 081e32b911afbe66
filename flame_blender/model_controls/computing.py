"""The controls of the built-in head for another model, by that model's own expression, jaw and eyes."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator

import numpy as np

from ..correspondence.corresponding import corresponding
from ..correspondence.movements import carried_over
from ..errors import ModelError
from ..fitting.scans.matching import NearestSurface
from ..flame.controls import N_ROTATIONS, Controls
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..long_work import part_of
from .computed import ComputedControls
from .directions import Directions
from .gazes import clear_of_eyeballs
from .lips_together import apart_together
from .open_jaw import movements_of, over_open_jaw, with_jaw_shut
from .quality import EXACT, UNREACHABLE, ControlQuality, quality_of
from .sides import on_other_side, pairs_of, parted, side_of

CORRECTIVE_STEPS = 12  # a jaw at 20 degrees turns offsets by as much: each step leaves a third of what is wrong
SMALLEST_CORRECTIVE = 1e-6  # metres
NOTHING_TO_MOVE = ("tongueOut",)  # in FLAME
LIDS = ("eyeBlink", "eyeSquint", "eyeWide", "eyeLook")  # whose lids are measured
JAW, GAZE = slice(-N_ROTATIONS, 3 - N_ROTATIONS), slice(3 - N_ROTATIONS, None)  # columns of a table of controls


def computing_controls(
    source: FlameModel, target: FlameModel, surface: NearestSurface
) -> Generator[float, None, ComputedControls]:
    """Controls for ``target`` that do what those of ``source`` do; yields the share that is done.

    Each movement of the source is carried over to the target's skin, and made of the target's expression, of its
    eyelids where it has shapes of them, and of its jaw where a jaw takes part (see ``Directions.making``); gazes turn
    the eyes as those of the source. What is left becomes correctives. ``surface`` is asked where the target has no
    landmarks (see ``correspondence``). Raises ModelError where the source has no controls.
    """
    controls = source.controls
    if controls is None:
        raise ModelError("source: expected a model with named controls, found none.")
    names, together = controls.names, _together(controls)
    found = yield from part_of(corresponding(source, target, surface), 0.0, 0.8)
    carried = carried_over(found, source, target, movements_of(source, controls), with_jaw_shut(names, together))
    yield 0.9
    directions = Directions(target, found)
    over, movements = over_open_jaw(names), carried.copy()
    for row, opened in over.items():
        jaw = FlameParams(jaw=directions.opening(carried[opened]))
        movements[row] = offsets_for(directions, carried[row], jaw, found.vertices)
    table, lids = directions.making(names, movements, together)
    table[:, GAZE] = controls.table[:, GAZE]
    parts = _parted(names, movements, directions)
    parts = clear_of_eyeballs(directions.evaluator, names, parts, table[:, GAZE])
    correctives = np.zeros(carried.shape, np.float32)
    shown = [
        FlameParams(expression=each[:-N_ROTATIONS], jaw=table[over.get(row, row), JAW], eyelids=lids[row])
        for row, each in enumerate(table)
    ]
    for row, params in enumerate(shown):
        moved = carried[row] if row in over else parts[row]
        correctives[row] = offsets_for(directions, moved, params, found.vertices)
        yield 0.9 + 0.05 * (row + 1) / len(carried)
    for row, opened in over.items():
        correctives[row] -= correctives[opened]
    eyelids = lids.astype(np.float32) if lids.any() else None
    computed = Controls(
        controls.names, table.astype(np.float32), controls.presets, correctives=correctives, eyelids=eyelids
    )
    correctives = apart_together(directions, computed, parts, together)
    computed = dataclasses.replace(computed, correctives=correctives)
    qualities: list[ControlQuality] = []
    for row, (name, movement) in enumerate(zip(names, movements, strict=True)):
        params = dataclasses.replace(shown[row], jaw=table[row, JAW])
        whole = correctives[row] + (correctives[over[row]] if row in over else 0.0)
        crossed = _lips_cross(directions, shown[row], whole)
        quality = _quality(name, movement, params, directions, gazes=bool(table[row, GAZE].any()))
        qualities.append(dataclasses.replace(quality, lips_cross=1000 * crossed))
        yield 0.95 + 0.05 * (row + 1) / len(carried)
    for array in (computed.table, correctives, eyelids):
        if array is not None:
            array.setflags(write=False)
    return ComputedControls(computed, tuple(qualities), found)


def _together(controls: Controls) -> np.ndarray:
    """(P, C) scores that belong together: those of the presets, and both sides of what is one-sided."""
    presets = np.array([preset.scores for preset in controls.presets]).reshape(-1, len(controls.names))
    return np.concatenate([presets, *(np.eye(len(controls.names))[[pair]].sum(1) for pair in pairs_of(controls.names))])


def offsets_for(directions: Directions, movement: np.ndarray, params: FlameParams, skin: np.ndarray) -> np.ndarray:
    """(V, 3) metres: the offsets with which parameters do the movement.

    What is no skin, eyeballs above all, moves with the joints alone.
    """
    offsets = directions.rest - directions.evaluator.vertices(dataclasses.replace(params, jaw=np.zeros(3)))
    offsets[skin] = 0.0
    for _ in range(CORRECTIVE_STEPS if params.jaw.any() else 1):
        made = directions.evaluator.vertices(dataclasses.replace(params, offsets=offsets))
        offsets[skin] += (directions.rest + movement - made)[skin]
    offsets[np.abs(offsets).max(1) < SMALLEST_CORRECTIVE] = 0.0
    return offsets


def _parted(names: tuple[str, ...], movements: np.ndarray, directions: Directions) -> np.ndarray:
    """Movements (C, V, 3) of one side each, whose lips do not pass each other where the sides were parted anew."""
    parts = parted(names, movements, directions.rest)
    for row in np.flatnonzero((parts != movements).any((1, 2))):
        parts[row] = directions.lips.clear(parts[row])
    return parts


def _lips_cross(directions: Directions, params: FlameParams, corrective: np.ndarray) -> float:
    """Metres: the most that lips pass each other by, half-way and at the end, with a corrective (V, 3) and without."""
    crossed = []
    for share in (0.5, 1.0):
        moved = {name: share * getattr(params, name) for name in ("expression", "jaw", "eyelids")}
        for offsets in (None, share * corrective):
            shown = dataclasses.replace(params, offsets=offsets, **moved)
            crossed.append(directions.lips.crossed(directions.evaluator.vertices(shown)))
    return max(crossed)


def _quality(
    name: str, movement: np.ndarray, params: FlameParams, directions: Directions, *, gazes: bool
) -> ControlQuality:
    """How well parameters do the movement; whether anything there moves at all."""
    if name in NOTHING_TO_MOVE:
        return UNREACHABLE
    if gazes and not movement.any():
        return EXACT
    rest, side = directions.rest, side_of(name)
    made = directions.evaluator.vertices(params) - rest
    return quality_of(
        movement,
        made,
        directions.weights[0.0],
        on_other_side(rest, side),
        params.expression,
        directions.eye_open(rest + made, side) if name.startswith(LIDS) else 1.0,
    )
