"""What a mouth's skin does in front of the teeth: at rest, at every preset, with the jaw open."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np

from ..flame.controls import Controls
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from .following import JAW, NECK

JAWS = np.deg2rad((10.0, 20.0, 30.0))
SAMPLED = 4  # parts into which an edge of a triangle is cut
SLAB = 0.012  # metres above, below and beside the teeth within which skin is the mouth's


def mouth_shapes(controls: Controls) -> list[FlameParams]:
    """Rest, open jaws, and every preset of the controls, by the model's own directions and with the correctives."""
    shapes = [FlameParams(), *(FlameParams(jaw=np.array([angle, 0, 0])) for angle in JAWS)]
    for preset in controls.presets:
        fields: dict[str, Any] = dict(controls.fields(preset.scores))
        shapes.append(FlameParams(**fields))
        if controls.correctives is not None:
            offsets = np.tensordot(preset.scores, controls.correctives, 1)
            shapes.append(FlameParams(**fields, offsets=offsets.astype(np.float32)))
    return shapes


def mouth_faces(faces: np.ndarray, vertices: np.ndarray, teeth: np.ndarray) -> np.ndarray:
    """(F', 3) the triangles of the skin about ``teeth`` (T, 3), metres, and before them."""
    low, high = teeth.min(0) - SLAB, teeth.max(0) + SLAB
    inside = ((vertices >= low) & (vertices <= np.r_[high[:2], np.inf])).all(1)
    return faces[inside[faces].all(1)]


def before_rows(
    model: FlameModel, faces: np.ndarray, shapes: list[FlameParams]
) -> Generator[float, None, tuple[np.ndarray, np.ndarray]]:
    """Points of the triangles ``faces`` at every shape, as the upper and as the lower row of teeth see them.

    (S, P, 3) float32 each, metres, at rest: with the turn of the neck's and of the jaw's joint taken back.
    """
    evaluator, weights = FlameEvaluator(model), _samples()
    of_rows: tuple[list[np.ndarray], list[np.ndarray]] = [], []
    for number, params in enumerate(shapes):
        vertices = evaluator.vertices(params)
        points = np.einsum("sk,fkc->fsc", weights, vertices[faces]).reshape(-1, 3)
        identity = evaluator.prepare(params.shape, params.offsets)
        rotations = np.stack([params.global_rotation, params.neck, params.jaw, params.left_eye, params.right_eye])
        transforms = identity.carried(params.expression, rotations, params.translation)
        for row, joint in zip(of_rows, (NECK, JAW), strict=True):
            row.append(((points - transforms[joint, :, 3]) @ transforms[joint, :, :3]).astype(np.float32))
        yield (number + 1) / len(shapes)
    return np.stack(of_rows[0]), np.stack(of_rows[1])


def _samples() -> np.ndarray:
    """(P, 3) float32 barycentric weights over a triangle."""
    return triangle_grid(SAMPLED).astype(np.float32)


def triangle_grid(parts: int) -> np.ndarray:
    """(P, 3) barycentric weights of a grid over a triangle whose edges are cut into ``parts``."""
    rows = [(i, j, parts - i - j) for i in range(parts + 1) for j in range(parts + 1 - i)]
    return np.array(rows, np.float64) / parts
