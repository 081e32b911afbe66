"""FlameModel: the arrays of one FLAME-like head, checked, float32 and read-only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .topology import N_FACES, N_VERTICES

if TYPE_CHECKING:
    from .controls import Controls
    from .landmarks import LandmarkEmbedding

STANDARD_DEVIATIONS = "sd"
WEIGHT = "weight"
N_FLAME_JOINTS = 5
FLAME_TOPOLOGY = (N_VERTICES, N_FACES)
JOINT_NAMES = ("root", "neck", "jaw", "left_eye", "right_eye")


@dataclass(frozen=True)
class Direction:
    """One identity or expression direction.

    ``unit`` is ``"sd"`` (standard deviations) or ``"weight"`` (0 none, 1 the full movement);
    ``soft_range`` is the span that looks natural, in that unit.
    """

    name: str
    group: str
    unit: str = STANDARD_DEVIATIONS
    soft_range: tuple[float, float] = (-3.0, 3.0)


@dataclass(frozen=True)
class DisplayMesh:
    """What Blender shows where it differs from ``faces``: polygons, UVs and materials.

    ``polygons`` (Q, 4) int32 with -1 in the last place of a triangle; ``uv_coords`` (T, 2) float32, V up;
    ``uv_polygons`` rows into ``uv_coords``, of the shape of ``polygons``; ``polygon_materials`` (Q,) int32 into
    ``material_names``.
    """

    polygons: np.ndarray
    uv_coords: np.ndarray | None = None
    uv_polygons: np.ndarray | None = None
    polygon_materials: np.ndarray | None = None
    material_names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FlameModel:
    """A head model in FLAME's axes: metres, +Y up, +Z out of the face, +X the subject's left.

    ====================  =================  =============================================================
    ``v_template``        (V, 3) float32     the mean head
    ``faces``             (F, 3) int32       triangles
    ``shapedirs``         (V, 3, S + E)      identity directions, then expression directions
    ``posedirs``          (V, 3, 9 (J - 1))  pose correctives, driven by R - I of the joints but the root
    ``joint_regressor``   (J, V) float32     joints from the shaped vertices
    ``weights``           (V, J) float32     skinning weights
    ``parents``           (J,) int32         parent joint, -1 for the root
    ====================  =================  =============================================================

    The directions live once in memory, in ``basis`` (S + E + P, 3 V) float32, planar (all x, all y, all z);
    ``shapedirs`` and ``posedirs`` are views of it. Build one with :meth:`from_arrays`. ``eyelid_shapes`` (2, V, 3)
    float32, metres, is what the left and the right lid add (see :mod:`.eyelids`): no part of FLAME, and
    neither saved with the model nor in its fingerprint. Nor is ``carried_over``, which names the sets of landmarks, and
    ``"regions"``, that came with no file: found where the built-in head's lie on it (see :mod:`..correspondence`).
    ``identity_mixing`` (S, S) float32 is what independent N(0, 1) numbers are multiplied by to give the identity of a
    person; the first of them tell the sex, above 0 in men, and the age. None where directions are independent, as those
    of FLAME are, principal components.
    ``tool_landmarks`` has fixed points of sets that ``landmarks`` has too, where FLAME's tools have them on a face: for
    what is carried over from this head to others.
    """

    v_template: np.ndarray
    faces: np.ndarray
    basis: np.ndarray
    joint_regressor: np.ndarray
    weights: np.ndarray
    parents: np.ndarray
    n_identity: int
    n_expression: int
    release: str = "unknown"
    directions: tuple[Direction, ...] = ()
    display: DisplayMesh | None = None
    regions: Mapping[str, np.ndarray] = field(default_factory=lambda: MappingProxyType({}))
    landmarks: Mapping[str, LandmarkEmbedding] = field(default_factory=lambda: MappingProxyType({}))
    tool_landmarks: Mapping[str, LandmarkEmbedding] = field(default_factory=lambda: MappingProxyType({}))
    controls: Controls | None = None
    eyelid_shapes: np.ndarray | None = None
    carried_over: frozenset[str] = frozenset()
    identity_mixing: np.ndarray | None = None

    @classmethod
    def from_arrays(
        cls,
        *,
        v_template: np.ndarray,
        faces: np.ndarray,
        shapedirs: np.ndarray,
        posedirs: np.ndarray,
        joint_regressor: np.ndarray,
        weights: np.ndarray,
        parents: np.ndarray,
        n_identity: int,
        source: str = "model",
        **optional: Any,
    ) -> FlameModel:
        """Check the arrays against each other, cast them and lay out the basis.

        ``source`` names the file in errors; ``optional`` are the other fields of the class.
        Raises ModelError naming the array, what was expected and what was found.
        """
        check = _Checker(source)
        v_template = check.array("v_template", v_template, (None, 3)).copy()
        n_vertices = len(v_template)
        shapedirs = check.array("shapedirs", shapedirs, (n_vertices, 3, None))
        parents = check.parents(parents)
        n_joints = len(parents)
        posedirs = check.array("posedirs", posedirs, (n_vertices, 3, 9 * (n_joints - 1)))
        joint_regressor = check.array("joint_regressor", joint_regressor, (n_joints, n_vertices)).copy()
        weights = check.array("weights", weights, (n_vertices, n_joints)).copy()
        faces = check.indices("faces", faces, 3, n_vertices)
        n_directions = shapedirs.shape[2]
        if not 0 <= n_identity <= n_directions:
            raise ModelError(
                f"{source}: n_identity must lie in 0..{n_directions} (the directions), found {n_identity}."
            )
        basis = np.empty((n_directions + posedirs.shape[2], 3 * n_vertices), np.float32)
        for rows, dirs in ((basis[:n_directions], shapedirs), (basis[n_directions:], posedirs)):
            rows.reshape(-1, 3, n_vertices)[...] = dirs.T
        n_expression = n_directions - n_identity
        optional["directions"] = optional.get("directions") or default_directions(n_identity, n_expression)
        if len(optional["directions"]) != n_directions:
            found = len(optional["directions"])
            raise ModelError(f"{source}: directions must name each of {n_directions} directions, found {found}.")
        model = cls(v_template, faces, basis, joint_regressor, weights, parents, n_identity, n_expression, **optional)
        for frozen in (v_template, faces, basis, joint_regressor, weights, parents):
            frozen.setflags(write=False)
        return model

    @property
    def n_vertices(self) -> int:
        return len(self.v_template)

    @property
    def n_joints(self) -> int:
        return len(self.parents)

    @property
    def shapedirs(self) -> np.ndarray:
        """(V, 3, S + E) float32 view: identity directions, then expression directions."""
        return self._directions_view(0, self.n_identity + self.n_expression)

    @property
    def posedirs(self) -> np.ndarray:
        """(V, 3, P) float32 view: pose correctives."""
        return self._directions_view(self.n_identity + self.n_expression, len(self.basis))

    def _directions_view(self, start: int, stop: int) -> np.ndarray:
        return self.basis[start:stop].reshape(-1, 3, self.n_vertices).T

    @property
    def identity_directions(self) -> tuple[Direction, ...]:
        return self.directions[: self.n_identity]

    @property
    def expression_directions(self) -> tuple[Direction, ...]:
        return self.directions[self.n_identity :]

    @property
    def polygons(self) -> np.ndarray:
        """What Blender shows: ``display.polygons`` (Q, 4), or ``faces`` (F, 3)."""
        return self.faces if self.display is None else self.display.polygons

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the float32 arrays, the same for a .pkl and the .npz made from it.

        Order: counts (S, E, V, J as int64), v_template, basis, joint_regressor, weights, faces and parents (int32),
        each C-contiguous little-endian.
        """
        digest = hashlib.sha256()
        counts = (self.n_identity, self.n_expression, self.n_vertices, self.n_joints)
        digest.update(np.array(counts, "<i8").tobytes())
        for array in (self.v_template, self.basis, self.joint_regressor, self.weights):
            digest.update(np.ascontiguousarray(array, "<f4").data)
        for array in (self.faces, self.parents):
            digest.update(np.ascontiguousarray(array, "<i4").data)
        return digest.hexdigest()


def without_padding(polygons: np.ndarray) -> np.ndarray:
    """Rows of corners (Q, 3 or 4) with a triangle's -1 replaced by its first corner: what may index vertices.

    A -1 would stand for the model's last vertex, which lies in the right eyeball of a FLAME file.
    """
    return np.where(polygons < 0, polygons[:, :1], polygons)


def default_directions(n_identity: int, n_expression: int) -> tuple[Direction, ...]:
    """Numbered names for models that name nothing, in standard deviations, soft range +-3."""
    identity = (Direction(f"Identity {i + 1}", "Identity") for i in range(n_identity))
    expression = (Direction(f"Expression {i + 1}", "Expression") for i in range(n_expression))
    return (*identity, *expression)


@dataclass(frozen=True)
class _Checker:
    """Casts arrays, or says in one sentence what is wrong with them."""

    source: str

    def array(self, key: str, value: np.ndarray, shape: tuple[int | None, ...]) -> np.ndarray:
        """``value`` as float32; the array itself where it is that already, so that large ones are copied only once."""
        value = np.asarray(value)
        if value.dtype.kind not in "fiu":
            raise ModelError(f"{self.source}: {key} must hold numbers, found {value.dtype}.")
        wrong = value.ndim != len(shape) or any(
            want not in (None, has) for want, has in zip(shape, value.shape, strict=False)
        )
        if wrong or 0 in value.shape[:2]:
            expected = tuple("any" if want is None else want for want in shape)
            raise ModelError(f"{self.source}: {key} must have shape {expected}, found {value.shape}.")
        with np.errstate(over="ignore"):
            value = np.asarray(value, np.float32)
        if not np.isfinite(value).all():
            raise ModelError(f"{self.source}: {key} must hold finite numbers, found NaN or infinity.")
        return value

    def indices(self, key: str, value: np.ndarray, width: int, n_vertices: int) -> np.ndarray:
        value = np.asarray(value)
        if value.dtype.kind not in "iu" or value.ndim != 2 or value.shape[1] != width or not len(value):
            found = f"{value.dtype} {value.shape}"
            raise ModelError(f"{self.source}: {key} must be whole numbers of shape (any, {width}), found {found}.")
        if value.min() < 0 or value.max() >= n_vertices:
            raise ModelError(
                f"{self.source}: {key} must name vertices 0..{n_vertices - 1}, found {value.min()}..{value.max()}."
            )
        return np.array(value, np.int32, order="C")

    def parents(self, value: np.ndarray) -> np.ndarray:
        value = np.asarray(value)
        if value.dtype.kind not in "iuf" or value.ndim != 1 or len(value) != N_FLAME_JOINTS:
            found = f"{value.dtype} {value.shape}"
            raise ModelError(
                f"{self.source}: parents must be {N_FLAME_JOINTS} whole numbers (FLAME's joints), found {found}."
            )
        if any(parent not in range(joint) for joint, parent in enumerate(value.tolist()) if joint):
            raise ModelError(f"{self.source}: parents must come before their children, found {value.tolist()}.")
        return np.array([-1, *value[1:]], np.int32)
