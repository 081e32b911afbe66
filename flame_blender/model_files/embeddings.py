"""load_landmarks: a landmark embedding out of any file that FLAME's tools keep one in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import ModelError
from ..files.archive import FilePath, read_any
from ..files.file_budget import within_budget
from ..files.raw_arrays import shortened
from ..flame.landmarks import N_CONTOUR_ROWS, LandmarkEmbedding
from .recognise import described

# TF_FLAME, RingNet and MediaPipe files; then DECA's, VHAP's and their relatives'.
PLAIN_FACES, PLAIN_WEIGHTS, MEDIAPIPE_IDS = "lmk_face_idx", "lmk_b_coords", "landmark_indices"
STATIC = ("static_lmk_faces_idx", "static_lmk_bary_coords")
DYNAMIC = ("dynamic_lmk_faces_idx", "dynamic_lmk_bary_coords")
FULL = ("full_lmk_faces_idx", "full_lmk_bary_coords")
MAX_ROW = 3000  # numbers: a file can name one long array many times
WEIGHT_SUM_TOLERANCE = 1e-3
LARGEST_WEIGHT = 10


@within_budget
def load_landmarks(path: FilePath) -> LandmarkEmbedding:
    """Read fixed landmarks, the sliding contour, or both. No torch needed, and nothing in the file is run.

    TF_FLAME and RingNet ``flame_static_embedding*.pkl`` (51 or 68 points), RingNet ``flame_dynamic_embedding.npy`` (79
    contours, no fixed points), DECA and VHAP ``landmark_embedding*.npy`` (points, contours and the full set),
    ``mediapipe_landmark_embedding.npz`` (105 points with MediaPipe's ids). Raises ModelError naming file and key.
    """
    content = read_any(path)
    if isinstance(content, Mapping) and STATIC[0] in content:
        fields = _deca_fields(content, f"{path}")
    elif isinstance(content, Mapping) and PLAIN_FACES in content:
        fields = _plain_fields(content, f"{path}")
    else:
        raise ModelError(f"{path}: expected a landmark embedding, found {described(path)}; choose another file.")
    for key, weights in fields.items():
        if key.endswith("barycentric") and not _sum_to_one(weights):
            raise ModelError(f"{path}: {key} must hold three weights that sum to 1 for each point, found others.")
    try:
        return LandmarkEmbedding(**fields)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _sum_to_one(weights: np.ndarray) -> bool:
    """Whether each row does, with no weight far outside the triangle (or infinite, or NaN)."""
    near = (np.abs(weights) <= LARGEST_WEIGHT).all()
    return bool(near and (np.abs(weights.sum(-1) - 1) <= WEIGHT_SUM_TOLERANCE).all())


def _plain_fields(content: Mapping, source: str) -> dict[str, np.ndarray]:
    faces = _array(content, PLAIN_FACES, source)
    weights = _array(content, PLAIN_WEIGHTS, source)
    if faces.ndim == 2:
        return {
            "static_faces": np.zeros(0, np.int32), "static_barycentric": np.zeros((0, 3), np.float32),
            "contour_faces": faces, "contour_barycentric": weights,
        }  # fmt: skip
    fields = {"static_faces": faces, "static_barycentric": weights}
    if MEDIAPIPE_IDS in content:
        fields["indices"] = _array(content, MEDIAPIPE_IDS, source)
    return fields


def _deca_fields(content: Mapping, source: str) -> dict[str, np.ndarray]:
    fields: dict[str, np.ndarray] = {}
    for kind, (faces_key, weights_key) in (("static", STATIC), ("contour", DYNAMIC), ("full", FULL)):
        if kind == "static" or faces_key in content:
            faces, weights = _array(content, faces_key, source), _array(content, weights_key, source)
            if kind == "full" and len(faces) == len(weights) == 1:
                faces, weights = faces[0], weights[0]
            fields |= {f"{kind}_faces": faces, f"{kind}_barycentric": weights}
    return fields


def _array(content: Mapping, key: str, source: str) -> np.ndarray:
    """The numbers under ``key``; RingNet keeps its contour as a list of arrays, one for each degree of yaw."""
    if key not in content:
        found = ", ".join(sorted(shortened(name) for name in content)[:12])
        raise ModelError(f"{source}: expected the key {key}, found {found}.")
    value = content[key]
    rows = value.tolist() if isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.ndim == 1 else value
    if isinstance(rows, (list, tuple)) and rows and all(isinstance(row, np.ndarray) for row in rows):
        if len(rows) != N_CONTOUR_ROWS or any(row.shape != rows[0].shape or row.size > MAX_ROW for row in rows):
            raise ModelError(
                f"{source}: {key} must hold {N_CONTOUR_ROWS} small arrays of one shape, found {len(rows)}."
            )
        value = np.stack(rows)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or not value.ndim:
        raise ModelError(f"{source}: {key} must hold arrays of numbers, found {shortened(value)}.")
    return value
