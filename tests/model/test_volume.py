"""Neck and throat keep their flesh when neck or jaw turn: slices between the loops from the neck cut up to the chin.

The loops are found by walking the quads. The slices' outside is the skin, so what is measured is all that lies between
the skin of the nape and that of throat and chin: with the jaw open the floor of the mouth and the throat behind it.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams

# Of what plain skinning loses, what correctives may leave: half as the neck turns. An opening jaw's chin goes where the
# throat's and the mouth's air was; half of that given back, all of it beside the neck, widened it by 11 mm a side.
LEFT = {"neck": 0.5, "jaw": 0.8}
POSES = [("jaw", (30, 0, 0)), *(("neck", tuple(turn)) for turn in 40 * np.concatenate([np.eye(3), -np.eye(3)]))]


@pytest.fixture(scope="module")
def loops(model: FlameModel) -> np.ndarray:
    """(K, N) vertices of loop after loop, each a row of quads above the one before."""
    names = np.array(model.display.material_names)[model.display.polygon_materials]
    quads = [quad for quad in model.display.polygons[np.isin(names, ["skin", "lips"])].tolist() if quad[3] >= 0]
    beside = defaultdict(list)
    for quad in quads:
        for k in range(4):
            beside[frozenset((quad[k - 1], quad[k]))].append(quad)
    walk = [_cut(model, [tuple(edge) for edge, found in beside.items() if len(found) == 1])]
    passed: set[tuple[int, ...]] = set()
    while len(walk) < 40:
        above = {}
        for a, b in zip(walk[-1], np.roll(walk[-1], -1).tolist(), strict=True):
            fresh = [quad for quad in beside[frozenset((a, b))] if tuple(quad) not in passed]
            if len(fresh) != 1:
                break
            passed.add(tuple(fresh[0]))
            place = fresh[0].index(a)
            neighbours = {fresh[0][place - 1], fresh[0][(place + 1) % 4]} - {b}
            above[a] = neighbours.pop()
        if len(set(above.values())) < len(walk[-1]):
            break
        walk.append([above[vertex] for vertex in walk[-1]])
    assert len(walk) >= 15, "the loops reach from the cut to the chin"
    return np.array(walk)


def _cut(model: FlameModel, boundary: list[tuple[int, ...]]) -> list[int]:
    """The loop of the neck cut, in order."""
    beside = defaultdict(list)
    for a, b in boundary:
        if max(model.v_template[[a, b], 1]) < model.v_template[:, 1].min() + 0.001:
            beside[a].append(b)
            beside[b].append(a)
    loop = [next(iter(beside))]
    loop.append(beside[loop[0]][0])
    while len(loop) < len(beside):
        loop.append(next(vertex for vertex in beside[loop[-1]] if vertex != loop[-2]))
    return loop


def _volumes(vertices: np.ndarray, loops: np.ndarray) -> np.ndarray:
    """(K - 1,) m^3 of the slices: their sides cut both ways and averaged, and closed by fans about their middles."""
    volumes = []
    for low, high in zip(vertices[loops[:-1]], vertices[loops[1:]], strict=True):
        centre = 0.5 * (low.mean(0) + high.mean(0))
        a, d = low - centre, high - centre
        b, c = np.roll(a, -1, 0), np.roll(d, -1, 0)
        sides = [(a, b, c), (a, c, d), (a, b, d), (b, c, d)]
        total = 0.5 * sum(np.linalg.det(np.stack(side, 1)).sum() for side in sides)
        total += np.linalg.det(np.stack([b, a, np.broadcast_to(a.mean(0), a.shape)], 1)).sum()
        total += np.linalg.det(np.stack([d, c, np.broadcast_to(d.mean(0), d.shape)], 1)).sum()
        volumes.append(abs(total) / 6)
    return np.array(volumes)


def test_slices_are_measured_right() -> None:
    """A regular prism of 64 sides, radius 2 and height 3, cut in three."""
    angles = np.arange(64) * 2 * np.pi / 64
    rings = [np.column_stack([2 * np.cos(angles), np.full(64, height), -2 * np.sin(angles)]) for height in range(4)]
    found = _volumes(np.concatenate(rings), np.arange(256).reshape(4, 64))
    assert np.allclose(found, 0.5 * 64 * 4 * np.sin(2 * np.pi / 64))


def test_correctives_give_back_what_is_lost(model: FlameModel, evaluator: FlameEvaluator, loops: np.ndarray) -> None:
    plain = FlameEvaluator(
        FlameModel.from_arrays(
            **{key: getattr(model, key) for key in ("v_template", "faces", "shapedirs", "joint_regressor", "weights")},
            posedirs=np.zeros_like(model.posedirs),
            parents=model.parents,
            n_identity=model.n_identity,
        )
    )
    rest = _volumes(model.v_template.astype(float), loops)
    for joint, turn in POSES:
        params = FlameParams(**{joint: np.radians(turn)})
        lost = [
            np.maximum(rest - _volumes(head.vertices(params).astype(float), loops), 0).sum()
            for head in (plain, evaluator)
        ]
        assert lost[0] > 15e-6, "plain skinning loses flesh"
        assert lost[1] <= LEFT[joint] * lost[0], (joint, turn)


def test_an_opening_jaw_widens_the_neck_by_little(evaluator: FlameEvaluator, outer_skin: np.ndarray) -> None:
    """At 20 degrees, as wide as people shout: by 4 mm a side at most, from the shoulders to the ears."""
    rest, opened = (
        evaluator.vertices(FlameParams(jaw=np.radians((angle, 0, 0)))).astype(float)[np.unique(outer_skin)]
        for angle in (0, 20)
    )
    for height in np.linspace(-0.13, -0.06, 15):
        near = [np.abs(each[:, 1] - height) < 0.006 for each in (rest, opened)]
        before, after = (each[there, 0].max() for each, there in zip((rest, opened), near, strict=True))
        assert after < before + 0.004, height
