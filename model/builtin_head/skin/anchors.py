"""Places of a face that its paint is told by: landmarks and what lies between them, on the skin (mm, left side).

So that the paint goes where the sculpt goes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flame_blender.flame.landmarks import landmark_points

from ..model_arrays import ORIGIN
from .places import Places

# of iBUG's 68, the subject's left: name, numbers whose mean it is
POINTS: Mapping[str, tuple[int, ...]] = {
    "chin": (8,), "jaw": (11,), "gonion": (13,), "before ear": (16,), "chin side": (9, 10),
    "brow inner": (22,), "brow middle": (24,), "brow outer": (26,),
    "sellion": (27,), "bridge": (28,), "nose tip": (30,), "subnasale": (33,), "wing": (35,),
    "inner canthus": (42,), "outer canthus": (45,), "upper lid": (43, 44), "lower lid": (46, 47),
    "mouth corner": (54,), "upper lip": (51,), "upper lip side": (53,), "lower lip": (57,), "lower lip side": (55, 56),
    "mouth line": (62, 66),
}  # fmt: skip
# others: shares of these, then mm to the left, up and ahead; then the nearest place on the skin
BETWEEN: Mapping[str, tuple[Mapping[str, float], tuple[float, float, float]]] = {
    "cheek": ({"outer canthus": 0.42, "mouth corner": 0.40, "wing": 0.18}, (3, 0, 8)),
    "cheek bone": ({"outer canthus": 0.75, "mouth corner": 0.25}, (5, -4, 3)),
    "hollow": ({"gonion": 0.35, "mouth corner": 0.65}, (6, 8, 0)),
    "under eye": ({"lower lid": 0.7, "cheek": 0.3}, (-2, 0, 3)),
    "above eye": ({"upper lid": 0.55, "brow middle": 0.45}, (0, 0, 3)),
    "forehead": ({"sellion": 1.0}, (0, 46, 4)),
    "forehead side": ({"brow outer": 1.0}, (-8, 32, 4)),
    "temple": ({"brow outer": 0.6, "before ear": 0.4}, (6, 18, 0)),
    "glabella": ({"sellion": 1.0}, (0, 11, 4)),
    "chin front": ({"chin": 0.62, "lower lip": 0.38}, (0, 0, 5)),
    "moustache": ({"subnasale": 0.45, "upper lip side": 0.55}, (2, 0, 3)),
    "throat": ({"chin": 1.0}, (0, -26, -38)),
    "neck side": ({"gonion": 1.0}, (0, -52, -16)),
    "neck front": ({"chin": 1.0}, (0, -66, -48)),
}


def anchors_of(places: Places) -> dict[str, np.ndarray]:
    """(3,) each; also "ear", the middle of that region."""
    model = places.model
    points = landmark_points(model.v_template, model.faces, model.landmarks["ibug"]).astype(float) * 1000 - ORIGIN
    found = {name: points[list(numbers)].mean(0) for name, numbers in POINTS.items()}
    found["ear"] = places.vertices_left[model.regions["left_ear"]].mean(0)
    some = places.left[::23]
    for name, (shares, off) in BETWEEN.items():
        goal = np.sum([share * found[each] for each, share in shares.items()], axis=0) + off
        found[name] = some[((some - goal) ** 2).sum(1).argmin()]
    return found


def near(points: np.ndarray, centre: np.ndarray, reach: float) -> np.ndarray:
    """(N,) 1 at ``centre``, falling off as a bell over ``reach`` mm."""
    found: np.ndarray = np.exp(-((points - centre) ** 2).sum(1) / reach**2)
    return found
