"""Which of an embedding's points the points of a file are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import LandmarkError
from flame_blender.flame.landmarks import LandmarkEmbedding, landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.landmark_files.layouts import IBUG_MIRROR, LAYOUT_OF_COUNT, LandmarkFile, matched
from flame_blender.model_files.loading import load_model

RNG = np.random.default_rng(0)
MESH_IDS = np.sort(RNG.choice(468, 105, replace=False))


def embedding(count: int, contour: bool = False, **others: np.ndarray) -> LandmarkEmbedding:
    """``count`` fixed points, and a sliding contour of 17 before them."""
    if contour:
        others |= {"contour_faces": np.zeros((79, 17), int), "contour_barycentric": np.zeros((79, 17, 3))}
    return LandmarkEmbedding(np.arange(count), np.full((count, 3), 1 / 3), **others)


def points_file(count: int, **fields) -> LandmarkFile:
    """As loaded, with the number of each point in both coordinates."""
    points = np.repeat(np.arange(float(count))[:, None], 2, 1)
    return LandmarkFile(points, np.ones(count), LAYOUT_OF_COUNT.get(count, "unknown"), **fields)


# points in the file, embedding, rows of the embedding, points of the file that they are
CASES: dict[str, tuple[int, LandmarkEmbedding, Iterable[int], Iterable[int]]] = {
    "68 on 68": (68, embedding(68), range(68), range(68)),
    "68 on 51 and contour": (68, embedding(51, contour=True), range(68), range(68)),
    "68 on 51": (68, embedding(51), range(51), range(17, 68)),
    "51 on 68": (51, embedding(51, contour=True), range(17, 68), range(51)),
    "51 on 51": (51, embedding(51), range(51), range(51)),
    "OpenPose on 68": (70, embedding(51, contour=True), range(68), range(68)),
    "OpenPose on 53 and contour": (70, embedding(53, contour=True), range(70), range(70)),
    "OpenPose on 53": (70, embedding(53), range(53), range(17, 70)),
    "51 on 53": (51, embedding(53), range(51), range(51)),
    "68 on 70": (68, embedding(70), range(68), range(68)),
    "MediaPipe 478": (478, embedding(105, indices=MESH_IDS), range(105), MESH_IDS),
    "MediaPipe 468": (468, embedding(105, indices=MESH_IDS), range(105), MESH_IDS),
    "MediaPipe behind a contour": (478, embedding(105, contour=True, indices=MESH_IDS), range(17, 122), MESH_IDS),
    "MediaPipe 105": (105, embedding(105, indices=MESH_IDS), range(105), range(105)),
    "unknown, as many": (7, embedding(7), range(7), range(7)),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_of_the_embedding(case: str) -> None:
    """Every pair of layouts that share points."""
    count, head, rows, numbers = CASES[case]
    seen = matched(points_file(count), head)
    order = np.argsort(seen.indices)
    assert seen.indices[order].tolist() == list(rows)
    assert seen.points[order, 0].tolist() == [float(number) for number in numbers]


@pytest.mark.parametrize(
    ("count", "head"),
    [(478, embedding(51)), (68, embedding(105, indices=MESH_IDS)), (105, embedding(51, contour=True)),
     (9, embedding(51)), (51, embedding(9))],
)  # fmt: skip
def test_layouts_that_share_nothing_are_refused(count: int, head: LandmarkEmbedding) -> None:
    """With what was found and what to do."""
    with pytest.raises(LandmarkError, match=f"found {count} of the layout .*; choose another landmark set"):
        matched(points_file(count), head)


def test_names_of_the_embedding_decide() -> None:
    """Any part of its points in any order, as this add-on exports them."""
    head = embedding(51, contour=True)
    rows = RNG.permutation(68)[:51]
    seen = matched(points_file(51, names=tuple(head.names[row] for row in rows)), head)
    assert seen.indices.tolist() == rows.tolist()


def test_weights_stay_with_their_points() -> None:
    """And those that were not seen are left out."""
    weights = RNG.random(68)
    weights[[0, 20, 50]] = 0
    file = LandmarkFile(np.full((68, 3), 1.0), weights, "ibug68")
    seen = matched(file, embedding(51))
    assert seen.indices.tolist() == [i for i in range(51) if i + 17 not in (20, 50)]
    assert np.array_equal(seen.weights, weights[seen.indices + 17])


def test_shares_of_a_picture_need_its_size() -> None:
    """Which the file may tell."""
    file = LandmarkFile(RNG.random((478, 3)), np.ones(478), "mediapipe478", normalised=True)
    head = embedding(105, indices=MESH_IDS)
    with pytest.raises(LandmarkError, match="size is not known"):
        matched(file, head)
    assert matched(file.in_pixels((200, 100)), head).points.shape == (105, 2)


def test_ibug_s_mirror_is_that_of_a_symmetric_head() -> None:
    """Each point's partner lies where the mirror puts it, on the built-in head, whose contour is symmetric too."""
    model: FlameModel = load_model(
        Path(__file__).resolve().parents[2] / "flame_blender" / "assets" / "builtin_head.npz"
    )
    points = landmark_points(model.v_template, model.faces, model.landmarks["ibug"])
    assert len(points) == 68
    distances = np.linalg.norm(points[:, None] * [-1, 1, 1] - points, axis=-1)
    assert np.array_equal(distances.argmin(1), IBUG_MIRROR[:68])
    assert np.array_equal(IBUG_MIRROR[IBUG_MIRROR], np.arange(70))
