"""Lips that are closed over a jaw that is open: a movement that is told, and made, with the jaw open."""

from __future__ import annotations

import numpy as np

from ..flame.controls import N_ROTATIONS, Controls
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import FlameParams

OVER = (("mouthClose", "jawOpen"),)  # what is shown with what: at rest it would take the lips through each other
JAW = slice(-N_ROTATIONS, 3 - N_ROTATIONS)  # columns of a table of controls
WITH_LIPS = (("mouthRollUpper", "mouthRollLower"),)  # shown together beside what presets and both sides tell


def over_open_jaw(names: tuple[str, ...]) -> dict[int, int]:
    """Places of those of the controls that belong to an open jaw, and of the one that opens it so."""
    places = {name: place for place, name in enumerate(names)}
    return {places[one]: places[other] for one, other in OVER if one in places and other in places}


def movements_of(source: FlameModel, controls: Controls) -> np.ndarray:
    """(C, V, 3) metres: what each control moves of the head at rest by its expression and its jaw.

    What belongs to an open jaw is told together with that: a head with its jaw open and its lips shut.
    """
    evaluator, table = FlameEvaluator(source), controls.table.copy()
    for row, opened in over_open_jaw(controls.names).items():
        table[row] += controls.table[opened]
    rest = evaluator.vertices(FlameParams()).astype(np.float64)
    moved = [evaluator.vertices(FlameParams(expression=row[:-N_ROTATIONS], jaw=row[JAW])) - rest for row in table]
    return np.array(moved)


def with_jaw_shut(names: tuple[str, ...], together: np.ndarray) -> np.ndarray:
    """(P, C) of scores ``together`` (Q, C) those in which the jaw is shut, and of lips what is often shown so."""
    over = over_open_jaw(names)
    shut = ~together[:, [*over, *over.values()]].any(1)
    lips = [np.isin(names, pair) for pair in WITH_LIPS if set(pair) <= set(names)]
    return np.concatenate([together[shut], np.array(lips, float).reshape(-1, len(names))])
