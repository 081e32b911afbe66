"""Caliper measures of heads that share the model's mesh (mm)."""

from __future__ import annotations

import numpy as np

from .landmarks import Marks


def measure(heads: np.ndarray, marks: Marks) -> dict[str, np.ndarray]:
    """(N,) mm of each measure of N heads, (N, V, 3) mm, upright and looking along +Z."""
    sellion, subnasale = nose_ends(heads, marks)
    menton = _extreme(heads, marks.chin, (0, -1, 0))
    glabella = _extreme(heads, marks.glabella, (0, 0, 1))
    left_gonion, right_gonion = (heads[:, vertex] for vertex in marks.gonia)
    left_pupil, right_pupil = (heads[:, vertex] for vertex in marks.pupils)
    inner_canthus, outer_canthus = (heads[:, vertex] for vertex in marks.fissure)
    return {
        "head breadth": _breadth(heads, marks.skull),
        "head length": np.linalg.norm(heads[:, marks.occiput] - glabella[:, None], axis=2).max(1),
        "face height": _distance(sellion, menton),
        "bizygomatic breadth": _breadth(heads, marks.cheeks),
        "bigonial breadth": _distance(left_gonion, right_gonion),
        "nose width": _breadth(heads, marks.alae),
        "nose height": _distance(sellion, subnasale),
        "mouth width": _breadth(heads, marks.lips),
        "pupil distance": _distance(left_pupil, right_pupil),
        "eye fissure": _distance(inner_canthus, outer_canthus),
        "ear length": _distance(_extreme(heads, marks.auricle, (0, 1, 0)), _extreme(heads, marks.auricle, (0, -1, 0))),
    }


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a - b, axis=1)


def _extreme(heads: np.ndarray, vertices: np.ndarray, direction: tuple[int, int, int]) -> np.ndarray:
    """(N, 3) the vertex furthest along a direction."""
    found = vertices[(heads[:, vertices] @ np.array(direction, float)).argmax(1)]
    return heads[np.arange(len(heads)), found]


def _breadth(heads: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """(N,) what a caliper held level across the head opens to over some vertices of both sides."""
    x = heads[:, vertices, 0]
    return x.max(1) - x.min(1)


def nose_ends(heads: np.ndarray, marks: Marks) -> tuple[np.ndarray, np.ndarray]:
    """(N, 3) each: the sellion, deepest between glabella and nose, and the subnasale, deepest between nose and lip.

    The sellion lies furthest back, the subnasale furthest behind the straight line from the nose's tip to the lip.
    """
    sellion, subnasale = np.empty((2, len(heads), 3))
    for number, head in enumerate(heads):
        profile = head[marks.profile]
        tip = int(profile[:, 2].argmax())
        glabella = int(head[marks.glabella, 2].argmax())  # the profile starts with the glabella's part
        root, base = profile[glabella : tip + 1], profile[tip:]
        sellion[number] = _at_peak(root, -root[:, 2])
        subnasale[number] = _at_peak(base, _behind(base, head[marks.lip_top], base[0]))
    return sellion, subnasale


def _behind(profile: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(M,) mm by which points of a midline lie behind the line from ``low`` up to ``high``."""
    along = (high - low)[1:] / np.linalg.norm((high - low)[1:])
    offset = profile[:, 1:] - low[1:]
    return offset[:, 0] * along[1] - offset[:, 1] * along[0]


def _at_peak(curve: np.ndarray, score: np.ndarray) -> np.ndarray:
    """(3,) the point of a curve where the score is highest, between its points: parabolas through three of them."""
    k = int(np.clip(score.argmax(), 1, len(score) - 2))
    before, here, after = score[k - 1 : k + 2]
    bend = before - 2 * here + after
    t = np.clip((before - after) / (2 * bend), -0.5, 0.5) if bend < 0 else 0.0
    weights = np.array([t * (t - 1) / 2, 1 - t * t, t * (t + 1) / 2])
    return weights @ curve[k - 1 : k + 2]
