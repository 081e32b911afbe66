"""The parts of one model, and their arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ModelError

MATERIALS = ("teeth", "gums", "tongue", "lashes", "tear", "caruncle")  # the first three are the mouth's


@dataclass(frozen=True, eq=False)
class HeadParts:
    """Teeth, gums, tongue and lashes for a model, FLAME's axes, metres; the mouth's M vertices come before the lids'.

    On the lids are lashes, tear lines and caruncles; their arrays are named after the lashes, as files have them.

    ====================  ================  ==================================================================
    ``vertices``          (N, 3) float32    on the model's mean head at rest
    ``polygons``          (Q, 4) int32      corners; -1 in the last place of a triangle
    ``materials``         (Q,) int32        rows of :data:`MATERIALS`
    ``jaw``               (M,) float32      how much a vertex follows the jaw; for the rest it follows the neck's joint
    ``ring``              (R,) int32        vertices of the model's skin about the mouth: a similarity of theirs, from
                                            the mean head to an identity, takes the mouth along
    ``near``              (C,) int32        vertices of the skin that the teeth must not come nearer to
    ``near_points``       (C, 3) float32    points of the teeth behind them
    ``corners``           (2 K, 3) int32    corners of the skin's triangles with the K roots of the lids' parts on their
                                            edge, then with a point off each: the eyeball's middle
    ``weights``           (2 K, 3) float32  where in these
    ``beside``            (2, K) int32      rows of the roots before and after each, along the edge
    ``roots``             (N - M,) int32    row of the root of each vertex of the lids' parts
    ``lashes``            (N - M, 3)        float32: where it is from there: along the edge, to the point off it, across
    ``moves``             (A, M, 3)         float32: what named controls add to the mouth at rest, by :attr:`names`
    ====================  ================  ==================================================================
    """

    vertices: np.ndarray
    polygons: np.ndarray
    materials: np.ndarray
    jaw: np.ndarray
    ring: np.ndarray
    near: np.ndarray
    near_points: np.ndarray
    corners: np.ndarray
    weights: np.ndarray
    beside: np.ndarray
    roots: np.ndarray
    lashes: np.ndarray
    moves: np.ndarray
    names: tuple[str, ...] = ()

    @property
    def n_mouth(self) -> int:
        """M, vertices of teeth, gums and tongue."""
        return len(self.jaw)


SHAPES: dict[str, tuple[int | str, ...]] = {
    "vertices": ("N", 3), "polygons": ("Q", 4), "materials": ("Q",), "jaw": ("M",), "ring": ("R",), "near": ("C",),
    "near_points": ("C", 3), "corners": ("2K", 3), "weights": ("2K", 3), "beside": (2, "K"), "roots": ("L",),
    "lashes": ("L", 3), "moves": ("A", "M", 3),
}  # fmt: skip
WHOLE = {
    "polygons": "N",
    "materials": "MATERIALS",
    "ring": "V",
    "near": "V",
    "corners": "V",
    "beside": "K",
    "roots": "K",
}


def checked_parts(arrays: dict[str, np.ndarray], names: tuple[str, ...], n_vertices: int, source: str) -> HeadParts:
    """The parts that these arrays are, for a model of so many vertices.

    Raises ModelError, naming the ``source``, where one is missing, is of another shape or points beyond the others:
    they are read from files of strangers.
    """
    sizes = {"V": n_vertices, "MATERIALS": len(MATERIALS), "A": len(names)}
    for name, shape in SHAPES.items():
        array = arrays.get(name)
        if array is None or array.ndim != len(shape) or array.dtype.kind not in ("i" if name in WHOLE else "f"):
            raise ModelError(f"{source}: expected the array {name!r} of mouth and lashes, found none; add them anew.")
        for size, found in zip(shape, array.shape, strict=True):
            expected = size if isinstance(size, int) else sizes.setdefault(size, found)
            if found != expected:
                raise ModelError(
                    f"{source}: expected {name!r} of mouth and lashes {shape}, found {array.shape}; add them anew."
                )
    if sizes["2K"] != 2 * sizes["K"] or sizes["M"] + sizes["L"] != sizes["N"]:
        raise ModelError(f"{source}: expected the arrays of mouth and lashes to fit each other; add them anew.")
    for name, limit in WHOLE.items():
        array, least = arrays[name], -1 if name == "polygons" else 0
        if array.size and not least <= array.min() <= array.max() < sizes[limit]:
            raise ModelError(f"{source}: expected {name!r} of mouth and lashes below {sizes[limit]}; add them anew.")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ModelError(f"{source}: expected finite numbers in the arrays of mouth and lashes; add them anew.")
    return HeadParts(**{name: arrays[name] for name in SHAPES}, names=names)
