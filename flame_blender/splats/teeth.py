"""FLAME with the teeth of GaussianAvatars: 120 vertices and 168 triangles behind the lips, by its rule.

Qian et al. 2024 ("GaussianAvatars", the code of commit 30cc4bd). Two rows of teeth of four times 15 vertices follow the
line of the outer lips' rings: the upper ones move with the neck, the lower ones with the jaw, each with the lips'
identity; expressions and pose correctives leave them. All of the rule is linear in the vertices but one distance, which
is measured on the template.
"""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from ..errors import AvatarError
from ..flame.model import FLAME_TOPOLOGY, JOINT_NAMES, FlameModel

UPPER_LIP = (1713, 1715, 1716, 1735, 1696, 1694, 1657, 3543, 2774, 2811, 2813, 2850, 2833, 2832, 2830)
LOWER_LIP = (1576, 1577, 1773, 1774, 1795, 1802, 1865, 3503, 2948, 2905, 2898, 2881, 2880, 2713, 2712)
WIDE = len(UPPER_LIP)
N_TEETH, N_TRIANGLES = 8 * WIDE, 12 * (WIDE - 1)
ROOT, EDGE, LOWER_BACK, BEHIND_LIPS = 2.0, 0.1, 0.4, 1.5  # in distances between the lips
UPPER_ROOT, LOWER_ROOT, UPPER_EDGE, LOWER_EDGE = 0, 1, 2, 3  # rows in front; those of the back come after
LOWER = (LOWER_ROOT, LOWER_EDGE, 6, 7)
# each strip: its two triangles in a column as (row, column on) three times, for the left half and for the right half
STRIPS = (
    ((((0, 0), (2, 1), (2, 0)), ((0, 0), (0, 1), (2, 1))), (((0, 0), (0, 1), (2, 0)), ((0, 1), (2, 1), (2, 0)))),
    ((((4, 0), (5, 0), (5, 1)), ((4, 0), (5, 1), (4, 1))), (((4, 0), (5, 0), (4, 1)), ((4, 1), (5, 0), (5, 1)))),
    ((((5, 0), (2, 0), (5, 1)), ((5, 1), (2, 0), (2, 1))), (((5, 0), (2, 0), (2, 1)), ((5, 0), (2, 1), (5, 1)))),
    ((((3, 0), (3, 1), (1, 0)), ((3, 1), (1, 1), (1, 0))), (((3, 0), (1, 1), (1, 0)), ((3, 0), (3, 1), (1, 1)))),
    ((((6, 0), (7, 1), (7, 0)), ((6, 0), (6, 1), (7, 1))), (((6, 0), (6, 1), (7, 0)), ((6, 1), (7, 1), (7, 0)))),
    ((((7, 0), (7, 1), (3, 0)), ((7, 1), (3, 1), (3, 0))), (((7, 0), (3, 1), (3, 0)), ((7, 0), (7, 1), (3, 1)))),
)  # fmt: skip
_rules: WeakKeyDictionary[FlameModel, tuple[np.ndarray, np.ndarray]] = WeakKeyDictionary()


def with_teeth(model: FlameModel) -> FlameModel:
    """The model with 5,143 vertices and 10,144 triangles. Raises AvatarError for another topology than FLAME's."""
    require_flame(model)
    moved = _rows(np.pad(_directions(model), ((0, 0), (0, 0), (0, model.n_expression))))  # expressions move no teeth
    weights = np.zeros((8, WIDE, model.n_joints), np.float32)
    weights[..., JOINT_NAMES.index("neck")] = 1
    weights[list(LOWER)] = np.eye(model.n_joints, dtype=np.float32)[JOINT_NAMES.index("jaw")]
    nothing = np.zeros((N_TEETH, *model.posedirs.shape[1:]), np.float32)
    made = FlameModel.from_arrays(
        v_template=np.concatenate([model.v_template, teeth_of(model.v_template)]),
        faces=np.concatenate([model.faces, triangles(model.n_vertices)]),
        shapedirs=np.concatenate([model.shapedirs, moved]),
        posedirs=np.concatenate([model.posedirs, nothing]),
        joint_regressor=np.pad(model.joint_regressor, ((0, 0), (0, N_TEETH))),
        weights=np.concatenate([model.weights, weights.reshape(N_TEETH, -1)]),
        parents=model.parents,
        n_identity=model.n_identity,
        release=model.release,
        directions=model.directions,
    )
    return replace(made, regions=model.regions, landmarks=model.landmarks, identity_mixing=model.identity_mixing)


def require_flame(model: FlameModel) -> None:
    """Raise AvatarError for another topology than FLAME's."""
    if (model.n_vertices, len(model.faces)) != FLAME_TOPOLOGY:
        expected = "{:,} vertices and {:,} triangles".format(*FLAME_TOPOLOGY)
        found = f"{model.n_vertices:,} and {len(model.faces):,}"
        raise AvatarError(f"expected a model of FLAME's {expected}, found {found}; choose a head of a FLAME file.")


def teeth_on(
    model: FlameModel, shape: np.ndarray, carried: np.ndarray, offsets: np.ndarray | None = None
) -> np.ndarray:
    """(120, 3) float32: the teeth of an identity (S,) whose joints took it where ``carried`` (J, 3, 4) says.

    ``offsets`` (120, 3) metres are added at rest, in FLAME's axes.
    """
    if model not in _rules:
        require_flame(model)
        _rules[model] = teeth_of(model.v_template), _directions(model)
    template, directions = _rules[model]
    rest = (template.reshape(8, WIDE, 3) + directions @ np.asarray(shape, np.float32)).astype(np.float64)
    if offsets is not None:
        rest += offsets.reshape(rest.shape)
    turns = carried[[JOINT_NAMES.index("jaw" if row in LOWER else "neck") for row in range(8)]]
    found: np.ndarray = rest @ turns[:, :, :3].swapaxes(1, 2) + turns[:, None, :, 3]
    return found.reshape(-1, 3).astype(np.float32)


def _directions(model: FlameModel) -> np.ndarray:
    """(15, 3, S): how identity moves the teeth of a column."""
    of_identity = model.shapedirs[:, :, : model.n_identity]
    found: np.ndarray = (of_identity[list(UPPER_LIP)] + of_identity[list(LOWER_LIP)]) / 2
    return found


def teeth_of(template: np.ndarray) -> np.ndarray:
    """(120, 3) float32 metres: the teeth of a FLAME template (5023, 3)."""
    upper, lower = (template[list(ring)].astype(np.float64) for ring in (UPPER_LIP, LOWER_LIP))
    distance = np.linalg.norm(upper - lower, axis=1).mean()
    middle = (upper + lower) / 2
    middle[:, 1] = middle[:, 1].mean()
    middle[:, 2] -= BEHIND_LIPS * distance
    up, back = np.array([0, distance, 0]), np.array([0, 0, distance])
    upper_edge, lower_edge = middle + EDGE * up, middle - EDGE * up - LOWER_BACK * back
    rows = np.empty((8, WIDE, 3))
    rows[[UPPER_ROOT, LOWER_ROOT, UPPER_EDGE, LOWER_EDGE]] = (
        upper_edge + ROOT * up, lower_edge - ROOT * up, upper_edge, lower_edge,
    )  # fmt: skip
    for front, behind in zip((UPPER_ROOT, UPPER_EDGE, LOWER_ROOT, LOWER_EDGE), (4, 5, 6, 7), strict=True):
        rows[behind] = rows[front] - back
    return rows.reshape(-1, 3).astype(np.float32)


def triangles(first: int) -> np.ndarray:
    """(168, 3) int32, the teeth's vertices counted from ``first``."""
    corners = [
        [first + WIDE * row + column + on for row, on in triangle]
        for halves in STRIPS
        for column in range(WIDE - 1)
        for triangle in halves[column >= (WIDE - 1) // 2]
    ]
    return np.array(corners, np.int32)


def _rows(of_a_column: np.ndarray) -> np.ndarray:
    """What all eight teeth of a column have alike, (15, ...), for all: (120, ...)."""
    return np.concatenate([of_a_column] * 8)
