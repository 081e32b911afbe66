"""How identity directions go together in people: what independent N(0, 1) numbers must be multiplied by.

Directions are cut by place, so that independent coefficients would give a long face narrow jaws as often as wide ones.
Of all normal distributions in which the head's measures have the covariance of adults, and the direction "Sex" the
measures' differences between men and women, that one is taken which is nearest to independent coefficients (by
Kullback and Leibler's divergence). With independent ones of covariance P, measures y = J z of coefficients z, and
J P J^T = G, it has the covariance P + P J^T G^-1 (C - G) G^-1 J P (Csiszar 1975, "I-divergence geometry of probability
distributions").
"""

from __future__ import annotations

import numpy as np

from flame_blender.flame.model import FlameModel

from ..anthropometry.correlations import MEASURES, covariance, of_sex
from ..anthropometry.landmarks import MILLIMETRES, find_marks
from ..anthropometry.measures import measure

FIRST = ("Sex", "Age")  # whose coefficients are the first of the numbers themselves
WHOLE = (*FIRST, "Weight")  # traits of the whole head, which keep their deviation of 1
OTHERS = 0.85  # that of the others, so that people lie as far from their mean as those of FLAME 2023 Open do: 1.4 mm
BATCH = 50  # heads
PAIRS, SEED = 1000, 5  # of people and their opposites, among whom it is told what a direction does to a measure
ROUNDS = 2  # of drawing people and telling it: the sellion lies elsewhere on people than on heads of one direction
DECIMALS = 5


def identity_mixing(model: FlameModel) -> np.ndarray:
    """(S, S) float32: lower triangular but for the order of its rows, in which :data:`FIRST` come first."""
    names = [direction.name for direction in model.identity_directions]
    first = [names.index(name) for name in FIRST]
    order = np.array(first + [row for row in range(len(names)) if row not in first])
    independent = np.where(np.isin(names, WHOLE), 1.0, OTHERS)
    root = np.diag(independent)
    for _ in range(ROUNDS):
        people = people_covariance(measures_of(model, root), names.index("Sex"), independent)
        root = np.zeros((len(names), len(names)))
        root[order] = np.linalg.cholesky(people[np.ix_(order, order)])
    return np.round(root, DECIMALS).astype(np.float32) + 0.0


def people_covariance(moved: np.ndarray, sex: int, independent: np.ndarray) -> np.ndarray:
    """(S, S) of the coefficients of people.

    ``moved`` (M, S) mm is what a direction does to a measure, ``independent`` (S,) are deviations before they have
    the measures' covariance.
    """
    moved = np.vstack([np.eye(moved.shape[1])[sex], moved]) * independent
    wanted = np.empty((len(moved), len(moved)))
    wanted[0, 0], wanted[0, 1:], wanted[1:, 0], wanted[1:, 1:] = 1.0, of_sex(), of_sex(), covariance()
    own = moved @ moved.T
    back = np.linalg.solve(own, moved)
    whole = np.eye(moved.shape[1]) + back.T @ (wanted - own) @ back
    return np.outer(independent, independent) * whole


def measures_of(model: FlameModel, root: np.ndarray) -> np.ndarray:
    """(M, S) mm: what one standard deviation of each identity direction adds to each measure, in the mean of people.

    ``root`` (S, S) times independent N(0, 1) numbers is a person. Landmarks wander where the head is flat, so that what
    a direction does to the neutral head is not what it does to people: this is the linear regression over them.
    """
    marks = find_marks(model)
    neutral = model.v_template.astype(float) * MILLIMETRES
    pushes = model.shapedirs[..., : model.n_identity].astype(float) * MILLIMETRES
    people = np.random.default_rng(SEED).standard_normal((PAIRS, len(root))) @ root.T
    rows = []
    for start in range(0, PAIRS, BATCH):
        moved = np.einsum("nk,vck->nvc", people[start : start + BATCH], pushes, optimize=True)
        more, less = (measure(neutral + sign * moved, marks) for sign in (1, -1))
        rows.append(np.stack([(more[name] - less[name]) / 2 for name in MEASURES], 1))
    found: np.ndarray = np.linalg.lstsq(people, np.concatenate(rows), rcond=None)[0].T
    return found
