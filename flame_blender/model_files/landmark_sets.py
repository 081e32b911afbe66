"""Which landmark sets the installed files make together, whatever the order in which they came.

A file is taken apart into pieces: fixed points of one layout, the sliding contour, a full fixed set. Pieces of one
layout replace each other, and the sets of a model are put together from all pieces that are there.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..flame.landmarks import LandmarkEmbedding
from ..flame.model import FLAME_TOPOLOGY, FlameModel

IBUG, MEDIAPIPE, FIXED = "ibug", "mediapipe", "ibug_fixed"
CONTOUR = "contour"
N_CONTOUR = 17
MEDIAPIPE_COUNT = 105
# iBUG's points by count: with the irises before without them, without a contour of their own before with one.
WITHOUT_CONTOUR, WITH_CONTOUR = (53, 51), (70, 68)
FILES_OF_SET = {
    IBUG: "landmark_embedding.npy of DECA (its data folder), or flame_static_embedding.pkl and "
    "flame_dynamic_embedding.npy of RingNet (its flame_model folder)",
    MEDIAPIPE: "mediapipe_landmark_embedding.npz of SMIRK (its assets) or metrical-tracker (its flame folder)",
    FIXED: "flame_static_embedding_68.pkl of TF_FLAME (its data folder)",
}
Pieces = Mapping[str, LandmarkEmbedding]


def pieces_of(embedding: LandmarkEmbedding) -> dict[str, LandmarkEmbedding]:
    """The parts of a file by layout: ``points_51``, ``contour``, ``full_68``, ``mediapipe`` and so on."""
    pieces = {}
    if embedding.contour_faces is not None:
        pieces[CONTOUR] = _no_points().with_contour(embedding)
    count = len(embedding.static_faces)
    if count:
        name = MEDIAPIPE if count == MEDIAPIPE_COUNT else f"points_{count}"
        points = LandmarkEmbedding(embedding.static_faces, embedding.static_barycentric, indices=embedding.indices)
        pieces[name] = points
    if embedding.full_faces is not None:
        full = embedding.full_set()
        pieces[f"full_{full.count}"] = full
    return pieces


def sets_of(pieces: Pieces) -> dict[str, LandmarkEmbedding]:
    """The sets that a model of FLAME's topology has with these pieces.

    ``ibug`` is the contour, where it is there, before 51 points (53 with the irises), which are those of a 68- or
    70-point file if need be; a file of 68 or 70 fixed points alone is ``ibug`` as it is, and beside those
    ``ibug_fixed``. ``mediapipe`` has 105 points; other layouts are sets under the names of their pieces. A contour
    alone makes no set.
    """
    sets = {name: piece for name, piece in pieces.items() if not name.startswith(("full_", "points_", CONTOUR))}
    known = {f"points_{count}" for count in (*WITHOUT_CONTOUR, *WITH_CONTOUR)}
    sets |= {name: piece for name, piece in pieces.items() if name.startswith("points_") and name not in known}
    fixed = _first(pieces, "points", WITH_CONTOUR)
    points = _first(pieces, "points", WITHOUT_CONTOUR)
    contour = pieces.get(CONTOUR)
    if points is None and fixed is not None and contour is not None:
        points = LandmarkEmbedding(fixed.static_faces[N_CONTOUR:], fixed.static_barycentric[N_CONTOUR:])
    if points is None:
        return sets if fixed is None else {IBUG: fixed, **sets}
    usual = points if contour is None else points.with_contour(contour)
    full = _first(pieces, "full", WITH_CONTOUR)
    if full is not None:
        usual = usual.with_full(full)
    return {IBUG: usual, **({} if fixed is None else {FIXED: fixed}), **sets}


def why_no_set(model: FlameModel, name: str = IBUG) -> str:
    """Why the model has no landmarks of that name, and which file brings them: one sentence."""
    there = " and ".join(map(repr, model.landmarks)) or "none"
    if name not in FILES_OF_SET:
        return f"Expected one of the model's landmark sets, {there}, found {name!r}."
    if (model.n_vertices, len(model.faces)) != FLAME_TOPOLOGY:
        expected, found = FLAME_TOPOLOGY[0], model.n_vertices
        return (
            f"The model has no landmarks {name!r} (it has {there}): landmark files are for FLAME's {expected} "
            f"vertices, it has {found}; press Add Named Expressions, which carries the built-in head's over."
        )
    return (
        f"The model has no landmarks {name!r} (it has {there}): install "
        f"{FILES_OF_SET[name]}, or press Add Named Expressions, which carries the built-in head's over."
    )


def _first(pieces: Pieces, kind: str, counts: tuple[int, ...]) -> LandmarkEmbedding | None:
    return next((pieces[name] for name in (f"{kind}_{count}" for count in counts) if name in pieces), None)


def _no_points() -> LandmarkEmbedding:
    return LandmarkEmbedding(np.zeros(0, np.int32), np.zeros((0, 3), np.float32))
