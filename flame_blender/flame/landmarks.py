"""Landmarks: points fixed on triangles, and a jaw contour that slides with the head's yaw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..errors import ModelError
from ..geometry.rotations import matrix_from_axis_angle

# With the upright head seen from +Z, row 1 to 39 of RingNet's contour table lie on the silhouette for a head that
# turns its nose towards +X: the sign of DECA and its family. FLAME_PyTorch and smplx use the other one, which is right
# only while the global rotation holds a camera flip of 180 degrees about X.
YAW_SIGN_SILHOUETTE = 1
YAW_SIGN_FLAME_PYTORCH = -1

NO_ROTATION = np.zeros(3)
LAST_POSITIVE_ROW = 39
N_CONTOUR_ROWS = 2 * LAST_POSITIVE_ROW + 1

MIDDLE_THIRD = 0.065  # metres, see `middle_third`: of the head in whose millimetres places of hair and folds are told

_CONTOUR = ("jaw",) * 17
_IBUG_51 = (
    *("right brow",) * 5,
    *("left brow",) * 5,
    *("nose",) * 9,
    *("right eye",) * 6,
    *("left eye",) * 6,
    *("outer lips",) * 12,
    *("inner lips",) * 8,
)
_IRISES = ("right iris", "left iris")
_REGIONS_BY_COUNT = {
    51: _IBUG_51,
    53: (*_IBUG_51, *_IRISES),
    68: (*_CONTOUR, *_IBUG_51),
    70: (*_CONTOUR, *_IBUG_51, *_IRISES),
}
# Vertex ids of MediaPipe's face mesh, the subject's left and right. Brows, eyes and lips are its face_mesh_connections,
# the nose is what else mediapipe_landmark_embedding.npz holds. That file's order, its landmark_indices, which EMOCA's
# losses and SMIRK's datasets/base_dataset.py spell out: brows, eyes and nose as here, then all lips by rising id.
MEDIAPIPE_REGIONS = {
    "left brow": (276, 282, 283, 285, 293, 295, 296, 300, 334, 336),
    "right brow": (46, 52, 53, 55, 63, 65, 66, 70, 105, 107),
    "left eye": (249, 263, 362, 373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390, 398, 466),
    "right eye": (7, 33, 133, 144, 145, 153, 154, 155, 157, 158, 159, 160, 161, 163, 173, 246),
    "nose": (168, 6, 197, 195, 5, 4, 129, 98, 97, 2, 326, 327, 358),
    "outer lips": (0, 17, 37, 39, 40, 61, 84, 91, 146, 181, 185, 267, 269, 270, 291, 314, 321, 375, 405, 409),
    "inner lips": (13, 14, 78, 80, 81, 82, 87, 88, 95, 178, 191, 308, 310, 311, 312, 317, 318, 324, 402, 415),
}
_MEDIAPIPE_REGION_OF = {vertex: region for region, ids in MEDIAPIPE_REGIONS.items() for vertex in ids}


@dataclass(frozen=True, eq=False)
class LandmarkEmbedding:
    """Where landmarks lie on the mesh, as triangle ids and barycentric weights.

    =======================  ======================  ====================================================
    ``static_faces``         (L,) int32              51, 53, 68 or 105 fixed points; none in a contour-only file
    ``static_barycentric``   (L, 3) float32
    ``contour_faces``        (79, 17) int32          one row for each degree of yaw (:func:`contour_row`)
    ``contour_barycentric``  (79, 17, 3) float32
    ``full_faces``           (68 or 70,) int32       the fixed full set that DECA and VHAP files bring along
    ``full_barycentric``     (68 or 70, 3) float32
    ``indices``              (L,) int32              MediaPipe mesh ids of the static points
    =======================  ======================  ====================================================

    Arrays are cast, checked and made read-only; ModelError names the one that is wrong. The points come out in the
    order contour, static. ``full_*`` are kept for :meth:`full_set` and take no part otherwise.
    """

    static_faces: np.ndarray
    static_barycentric: np.ndarray
    contour_faces: np.ndarray | None = None
    contour_barycentric: np.ndarray | None = None
    full_faces: np.ndarray | None = None
    full_barycentric: np.ndarray | None = None
    indices: np.ndarray | None = None

    def __post_init__(self) -> None:
        for kind, ndim in (("static", 1), ("contour", 2), ("full", 1)):
            faces, barycentric = getattr(self, f"{kind}_faces"), getattr(self, f"{kind}_barycentric")
            if (faces is None) != (barycentric is None):
                raise ModelError(f"{kind}_faces and {kind}_barycentric must come together, found only one of them.")
            if faces is not None:
                faces = _whole_numbers(f"{kind}_faces", faces, ndim)
                object.__setattr__(self, f"{kind}_faces", faces)
                object.__setattr__(self, f"{kind}_barycentric", _weights(f"{kind}_barycentric", barycentric, faces))
        if self.contour_faces is not None and len(self.contour_faces) != N_CONTOUR_ROWS:
            raise ModelError(f"contour_faces must have {N_CONTOUR_ROWS} rows, found {len(self.contour_faces)}.")
        if self.indices is not None:
            object.__setattr__(self, "indices", _whole_numbers("indices", self.indices, 1))
            if self.indices.shape != self.static_faces.shape:
                expected, found = len(self.static_faces), len(self.indices)
                raise ModelError(f"indices must number the {expected} static points, found {found} indices.")

    @property
    def count(self) -> int:
        """Number of points that :func:`landmark_points` returns."""
        contour = 0 if self.contour_faces is None else self.contour_faces.shape[1]
        return contour + len(self.static_faces)

    @property
    def names(self) -> tuple[str, ...]:
        """One name for each point that comes out, ``"36 right eye"``.

        The number is the point's row, or its MediaPipe mesh id where ``indices`` tell it; the region is ``"point"``
        where the layout is not one of the known ones.
        """
        regions: Iterable[str] = _REGIONS_BY_COUNT.get(self.count, ("point",) * self.count)
        numbers: Iterable[int] = range(self.count)
        if self.indices is not None and self.contour_faces is None:
            numbers = self.indices.tolist()
            regions = (_MEDIAPIPE_REGION_OF.get(number, "point") for number in numbers)
        width = 3 if self.count > 100 else 2
        return tuple(f"{number:0{width}d} {region}" for number, region in zip(numbers, regions, strict=True))

    def within_face(self) -> LandmarkEmbedding | None:
        """The 51 fixed points of iBUG's, without contour and irises, of a set of 51, 53, 68 or 70; else None."""
        regions = _REGIONS_BY_COUNT.get(len(self.static_faces))
        if regions is None:
            return None
        rows = slice(regions.index(_IBUG_51[0]), regions.index(_IBUG_51[0]) + len(_IBUG_51))
        return LandmarkEmbedding(self.static_faces[rows], self.static_barycentric[rows])

    def with_contour(self, other: LandmarkEmbedding) -> LandmarkEmbedding:
        """A copy with the contour rows of ``other``."""
        return replace(self, contour_faces=other.contour_faces, contour_barycentric=other.contour_barycentric)

    def with_full(self, full: LandmarkEmbedding) -> LandmarkEmbedding:
        """A copy that brings the points of ``full`` along as its fixed full set."""
        return replace(self, full_faces=full.static_faces, full_barycentric=full.static_barycentric)

    def full_set(self) -> LandmarkEmbedding:
        """The file's fixed full set as an embedding of its own; ModelError where there is none."""
        if self.full_faces is None or self.full_barycentric is None:
            raise ModelError("full_faces: expected a full set of 68 or 70 points, found none in this embedding.")
        return LandmarkEmbedding(self.full_faces, self.full_barycentric)

    def validate(self, n_faces: int) -> None:
        """Raise ModelError unless every point lies on one of the model's ``n_faces`` triangles."""
        for key in ("static_faces", "contour_faces", "full_faces"):
            faces = getattr(self, key)
            if faces is not None and faces.size and faces.max() >= n_faces:
                raise ModelError(f"{key} must name triangles 0..{n_faces - 1} of the model, found {faces.max()}.")


def middle_third(points: np.ndarray) -> float:
    """From the brows to the base of the nose, the middle third of a face, in the units of iBUG's points (51, 3)."""
    return float(points[:10, 1].mean() - points[16, 1])


def contour_row(global_rotation: np.ndarray, neck: np.ndarray, yaw_sign: int) -> np.ndarray:
    """Row of the contour table for rotations (3,) or (N, 3), axis-angle: an int64 scalar array or (N,).

    Rows 0..39 hold 0..39 degrees of :func:`contour_degrees`, rows 40..78 hold -1..-39.
    """
    turned = matrix_from_axis_angle(global_rotation) @ matrix_from_axis_angle(neck)
    return row_of_degrees(contour_degrees(turned, yaw_sign))


def contour_degrees(turned: np.ndarray, yaw_sign: int) -> np.ndarray:
    """Whole degrees of yaw (...) int64 that choose the contour's row, for R = R_global R_neck (..., 3, 3).

    :func:`yaw_of` R, half to even, times ``yaw_sign``; -39 and 39 serve all beyond them (the rule of FLAME_PyTorch and
    of the DECA family, whose signs differ).
    """
    degrees = np.rint(yaw_sign * np.rad2deg(yaw_of(turned))).astype(np.int64)
    return np.clip(degrees, -LAST_POSITIVE_ROW, LAST_POSITIVE_ROW)


def yaw_of(turned: np.ndarray) -> np.ndarray:
    """(...) radians about Y of rotations R (..., 3, 3): atan2(-R20, hypot(R00, R10))."""
    return np.arctan2(-turned[..., 2, 0], np.hypot(turned[..., 0, 0], turned[..., 1, 0]))


def row_of_degrees(degrees: np.ndarray) -> np.ndarray:
    """The contour's rows for :func:`contour_degrees` (...) int64."""
    return np.where(degrees < 0, LAST_POSITIVE_ROW - degrees, degrees)


def landmark_points(
    vertices: np.ndarray,
    faces: np.ndarray,
    embedding: LandmarkEmbedding,
    global_rotation: np.ndarray = NO_ROTATION,
    neck: np.ndarray = NO_ROTATION,
    yaw_sign: int = YAW_SIGN_SILHOUETTE,
) -> np.ndarray:
    """Points on ``vertices`` (V, 3) or (N, V, 3) -> (L, 3) or (N, L, 3) float32, contour first, then static.

    ``faces`` (F, 3). The rotations, (3,) or (N, 3) axis-angle in radians, only choose the contour row, ``yaw_sign`` its
    side (1, or -1 as FLAME_PyTorch); an embedding without a contour ignores them. Units and axes are the vertices'.
    """
    triangles, barycentric = embedding.static_faces, embedding.static_barycentric
    if embedding.contour_faces is not None and embedding.contour_barycentric is not None:
        row = contour_row(global_rotation, neck, yaw_sign)
        row = row if vertices.ndim == 2 else np.broadcast_to(row, len(vertices))
        contour, weights = embedding.contour_faces[row], embedding.contour_barycentric[row]
        triangles = np.concatenate([contour, _repeated(triangles, contour.shape[:-1])], -1)
        barycentric = np.concatenate([weights, _repeated(barycentric, contour.shape[:-1])], -2)
    corners = faces[triangles]
    if vertices.ndim == 2:
        points = vertices[corners]
    elif corners.ndim == 2:
        points = vertices[:, corners]
    else:
        points = vertices[np.arange(len(vertices))[:, None, None], corners]
    return np.einsum("...lc,...lcd->...ld", barycentric, points).astype(np.float32, copy=False)


def _repeated(array: np.ndarray, frames: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(array, (*frames, *array.shape))


def _whole_numbers(key: str, value: np.ndarray, ndim: int) -> np.ndarray:
    value = np.asarray(value)
    if value.dtype.kind not in "iu" or value.ndim != ndim:
        raise ModelError(f"{key} must hold whole numbers on {ndim} axes, found {value.dtype} {value.shape}.")
    if value.size and (value.min() < 0 or value.max() > np.iinfo(np.int32).max):
        raise ModelError(f"{key} must not be negative nor exceed 32 bits, found {value.min()}..{value.max()}.")
    return _read_only(np.array(value, np.int32, order="C"))


def _weights(key: str, value: np.ndarray, faces: np.ndarray) -> np.ndarray:
    value = np.asarray(value)
    if value.dtype.kind not in "fiu" or value.shape != (*faces.shape, 3):
        raise ModelError(f"{key} must hold numbers of shape {(*faces.shape, 3)}, found {value.dtype} {value.shape}.")
    if not np.isfinite(value).all():
        raise ModelError(f"{key} must hold finite numbers, found NaN or infinity.")
    return _read_only(np.array(value, np.float32, order="C"))


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
