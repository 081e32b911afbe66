"""Linear blend skinning against its definition, written out in float64: every vertex by every joint."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame import cores
from flame_blender.flame.skinning import PART_COST, PART_COST_OF_ONE_FRAME, LinearBlend
from flame_blender.model_files.loading import load_model
from tests.flame.face_like import face_like_arrays

J = 5


def random_transforms(rng: np.random.Generator, frames: int, joints: int = J) -> np.ndarray:
    transforms = np.zeros((frames, joints, 4, 4))
    transforms[..., :3, :] = rng.normal(size=(frames, joints, 3, 4))
    transforms[..., 3, 3] = 1
    return transforms


def by_definition(weights, rest, transforms, translation) -> np.ndarray:
    """(N, 3, V) float64: sum of w_j T_j x, then the translation, whatever the weights add up to."""
    points = np.concatenate([rest, np.ones_like(rest[:, :1])], 1).astype(np.float64)
    return np.einsum("vj,njik,nkv->niv", weights.astype(float), transforms[..., :3, :], points) + translation[..., None]


def run(joints: dict[int, float], count: int) -> np.ndarray:
    """(count, J) equal rows of weights."""
    row = np.zeros(J, np.float32)
    row[list(joints)] = list(joints.values())
    return np.repeat(row[None], count, 0)


def weights_of(name: str) -> np.ndarray:
    rng = np.random.default_rng(7)
    dense = rng.dirichlet(np.ones(J), 700).astype(np.float32)
    return {
        "a file that moves as a face does": lambda: face_like_arrays()["weights"].astype(np.float32),
        "the built-in head": lambda: load_model("flame_blender/assets/builtin_head.npz").weights,
        "dense": lambda: dense,
        "eyeballs behind dense skin": lambda: np.concatenate([dense, run({3: 1}, 2000), run({4: 1}, 2000)]),
        "an eyeball in the middle": lambda: np.concatenate([dense, run({3: 1}, 3000), dense[::-1]]),
        "one joint alone": lambda: run({2: 1}, 600),
        "short runs": lambda: np.concatenate([run({k % J: 1}, 100) for k in range(12)]),
        "two joints, taking turns": lambda: np.concatenate([run({0: 1}, 1), run({1: 0.25, 0: 0.75}, 1)] * 300),
        "sums of a half": lambda: np.concatenate([dense * 0.5, run({3: 0.5}, 1500)]),
        "sums beyond one, some below zero": lambda: np.concatenate([run({0: 1.5, 1: -0.25}, 1500), dense * 1.5]),
        "vertices that follow nothing": lambda: np.concatenate([run({}, 1500), dense, run({}, 1)]),
        "weights of next to nothing": lambda: np.concatenate([run({1: 1 - 1e-7, 2: 1e-7}, 1500), run({1: 1}, 1500)]),
        "one vertex": lambda: run({1: 0.5, 4: 0.5}, 1),
    }[name]()


NAMES = (
    "a file that moves as a face does", "the built-in head", "dense", "eyeballs behind dense skin",
    "an eyeball in the middle", "one joint alone", "short runs", "two joints, taking turns", "sums of a half",
    "sums beyond one, some below zero", "vertices that follow nothing", "weights of next to nothing", "one vertex",
)  # fmt: skip


@pytest.mark.parametrize("part_cost", [PART_COST, PART_COST_OF_ONE_FRAME, 0])
@pytest.mark.parametrize("name", NAMES)
def test_any_weights_are_blended_as_defined(name, part_cost):
    weights, rng = weights_of(name), np.random.default_rng(1)
    rest, moved = rng.normal(0, 0.1, (2, 11, 3, len(weights))).astype(np.float32)
    transforms, translation = random_transforms(rng, 11), rng.normal(size=(11, 3))
    blend = LinearBlend(weights, part_cost)
    found = blend.skin(rest, moved, blend.matrices(transforms, translation), np.empty_like(rest))
    expected = by_definition(weights, rest + moved, transforms, translation)
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-6)  # coordinates of up to 4


@pytest.mark.parametrize("number_of_cores", [1, 2])
@pytest.mark.parametrize("frames", [0, 1, 7, 8, 9, 16, 17])
def test_frames_may_be_written_over_what_moves_them(frames, number_of_cores, monkeypatch):
    monkeypatch.setattr(cores, "CORES", number_of_cores)
    weights, rng = weights_of("eyeballs behind dense skin"), np.random.default_rng(2)
    blend, transforms = LinearBlend(weights), random_transforms(rng, frames)
    rest, moved = rng.normal(0, 0.1, (2, frames, 3, len(weights))).astype(np.float32)
    matrices = blend.matrices(transforms, np.zeros((frames, 3)))
    apart = blend.skin(rest, moved.copy(), matrices, np.empty_like(moved))
    same = moved.copy()
    planar = same.reshape(frames, len(weights), 3).swapaxes(1, 2)
    assert np.array_equal(blend.skin(rest, same, matrices, planar), apart)


def parts_of(blend: LinearBlend) -> list[tuple[int, int, int]]:
    return [(part.vertices.start, part.vertices.stop, len(part.weights)) for part in blend.parts]


def test_eyeballs_and_skin_are_parts_of_their_own():
    assert parts_of(LinearBlend(weights_of("an eyeball in the middle"))) == [
        (0, 700, 5),
        (700, 3700, 1),
        (3700, 4400, 5),
    ]
    face = LinearBlend(weights_of("a file that moves as a face does"))
    assert parts_of(face) == [
        (0, 3931, 3),
        (3931, 5023, 2),
    ]  # root, neck and jaw; both eyes, each less than a part costs
    assert max(len(part.weights) for part in LinearBlend(weights_of("the built-in head")).parts) == 3


def test_one_frame_is_cut_into_fewer_parts():
    weights = np.concatenate([weights_of("dense")] * 5 + [run({3: 1}, 546), run({4: 1}, 546)])
    assert parts_of(LinearBlend(weights)) == [(0, 3500, 5), (3500, 4592, 2)]
    assert parts_of(LinearBlend(weights, PART_COST_OF_ONE_FRAME)) == [(0, 4592, 5)]


def test_sums_rounded_by_float32_take_no_joint_more():
    weights = weights_of("dense")
    assert np.any(weights.sum(1, dtype=np.float64) != 1)
    assert parts_of(LinearBlend(weights)) == [(0, 700, J)]
    assert parts_of(LinearBlend(weights * np.float32(0.5))) == [(0, 700, J + 1)]
