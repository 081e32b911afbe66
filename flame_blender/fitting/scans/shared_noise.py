"""How far a scan is from any head of the model, told apart from the noise of its points.

What a model cannot show moves all the points of a neighbourhood together, so a hundred of them say no more than one.
The head's surface is cut into patches, about as large as what is shared; in each patch a residual is the patch's own,
of standard deviation ``shared``, and the point's, of standard deviation ``alone`` (a random effect: Laird and Ware,
Biometrics 38 (1982) 963-974). A patch of n points then counts as its mean does, of variance shared^2 + alone^2 / n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .matching import CUT, TO_DEVIATION, Matches

PATCH = 0.022  # metres between the middles of patches
LEAST_ALONE, MOST_ALONE = 5e-5, 2.5e-3  # metres: no scan is more exact, and no scanner as rough
MOST_SHARED = 4e-3  # metres: farther from every head is no face
# Times what is left over: with all of it people of another model come out at half of people's spread, and farther off.
TRUSTED = 0.8
GENEROUS, MOST_COVER = 5.0, 2.0  # times what a cover is off by, times what it may be
REACH = 3.0  # times what it may be: a cover farther off is something else
FEWEST = 4  # points of a patch that tell something of it
FEWEST_PATCHES = 12


def patches_of(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F,) the patch of each triangle (F, 3) of ``vertices`` (V, 3): the nearest of middles spread evenly."""
    centres = vertices[faces].astype(np.float64).mean(1)
    nearest, away = np.zeros(len(centres), int), np.full(len(centres), np.inf)
    middle, number = 0, 0
    while away[middle] > PATCH:
        squares = ((centres - centres[middle]) ** 2).sum(1)
        closer = np.sqrt(squares) < away
        nearest[closer], away[closer] = number, np.sqrt(squares[closer])
        middle, number = int(away.argmax()), number + 1
    return nearest


@dataclass(frozen=True, eq=False)
class SharedNoise:
    """Standard deviations, metres, of the points' own noise and of what a patch's points share.

    ``covers`` says how thick what covers the skin has turned out, by how thick it may be.
    """

    alone: float
    shared: float
    covers: Mapping[float, float] = field(default_factory=dict)

    def deviations(self, matches: Matches, patches: np.ndarray, cover: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For n matches: how far one may be off (n,), and the deviation that it counts with (n,), metres.

        ``patches`` (F,) and ``cover`` (F,) of the head's triangles.
        """
        mine = patches[matches.triangles]
        thick = cover[matches.triangles]
        for expected, measured in self.covers.items():
            thick = np.where(thick == expected, measured, thick)
        shared = self.shared**2 + thick**2
        counted = matches.weights(CUT * np.sqrt(shared + self.alone**2))
        together = np.bincount(mine, counted, patches.max() + 1)[mine]
        return np.sqrt(shared + self.alone**2), np.sqrt(self.alone**2 + np.maximum(together, 1.0) * shared)


def estimated_noise(matches: Matches, patches: np.ndarray, cover: np.ndarray, settled: float) -> SharedNoise:
    """From what is left on the bare face, robustly; ``settled`` is how many coefficients the fit has spent on it."""
    bare = matches.agree & (cover[matches.triangles] == 0)
    if np.count_nonzero(bare) < FEWEST * FEWEST_PATCHES:
        bare = matches.agree if matches.agree.any() else np.ones(len(matches.away), bool)
    away, mine = matches.away[bare], patches[matches.triangles[bare]]
    order = np.lexsort((away, mine))
    away, mine = away[order], mine[order]
    _, starts, counts = np.unique(mine, return_index=True, return_counts=True)
    medians = away[starts + counts // 2]
    alone = TO_DEVIATION * float(np.median(np.abs(away - np.repeat(medians, counts))))
    alone = float(np.clip(alone, LEAST_ALONE, MOST_ALONE))
    covers = _covers(matches, cover, alone)
    enough = counts >= FEWEST
    if np.count_nonzero(enough) < FEWEST_PATCHES:
        return SharedNoise(alone, 0.0, covers)
    medians, counts = medians[enough], counts[enough]
    spread = (TO_DEVIATION * float(np.median(np.abs(medians)))) ** 2
    spread *= len(medians) / max(len(medians) - settled, len(medians) / 4)
    shared = spread - alone**2 * float(np.median(np.pi / 2 / counts))
    return SharedNoise(alone, TRUSTED * float(np.sqrt(np.clip(shared, 0.0, MOST_SHARED**2))), covers)


def noise_of_neighbours(matches: Matches, cover: np.ndarray, otherwise: float) -> float:
    """The standard deviation of points' own noise, metres, told by how much those of one triangle of the skin differ.

    What the model cannot show is alike over a triangle, unlike over a patch (the estimate of Rice, Annals of Statistics
    12 (1984) 1215-1230). ``otherwise`` where hardly two points share a triangle.
    """
    bare = np.flatnonzero(matches.agree & (cover[matches.triangles] == 0))
    bare = bare[np.argsort(matches.triangles[bare], kind="stable")]
    alike = matches.triangles[bare][1:] == matches.triangles[bare][:-1]
    differences = np.diff(matches.away[bare])[alike]
    if len(differences) < FEWEST * FEWEST_PATCHES:
        return otherwise
    return float(np.clip(TO_DEVIATION * np.median(np.abs(differences)) / np.sqrt(2), LEAST_ALONE, MOST_ALONE))


def _covers(matches: Matches, cover: np.ndarray, least: float) -> dict[float, float]:
    """How thick each cover is taken for: as far as it is off, generously, since hair lies on one side of the skin.

    A bald head agrees with its face better from round to round, and so counts more and more.
    """
    thick, thickness = cover[matches.triangles], {}
    for expected in np.unique(thick[thick > 0]):
        off = np.abs(matches.away[(thick == expected) & matches.agree & (matches.distances < REACH * expected)])
        median = float(np.median(off)) if len(off) else expected
        thickness[float(expected)] = float(np.clip(GENEROUS * median, least, MOST_COVER * expected))
    return thickness
