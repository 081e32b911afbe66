"""The grown hair of a head as splats of a made avatar: each strand rides on the triangle nearest to its root."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from ..flame.model import FlameModel
from ..hair import hair_object
from ..hair.following_nodes import CORNERS, OFFSETS, WEIGHTS
from ..hair.hair_material import GREY_MELANIN, VARIED
from ..hair.settings import settings_of
from ..hair_strands.binding import Binding
from ..hair_strands.melanin import colour_of
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..splats.editing import joined
from ..splats.splats import Splats
from ..splats.strand_splats import fair_shares, strand_splats
from ..splats.strewing import light_on
from ..splats.triangle_frames import bound, frames_of
from ..texture_models.encoding import as_srgb


def hair_of(
    head: bpy.types.Object, model: FlameModel, count: int, lit: bool, seed: int
) -> Generator[float, None, Splats | None]:
    """At most ``count`` splats of a head's hair as it is posed, bound to the model's triangles; None without hair."""
    pieces = [obj for obj in hair_object.objects_of(head).values() if len(_curves(obj).curves)]
    if not pieces or count < 1:
        return None
    shares = fair_shares([len(_curves(obj).points) - len(_curves(obj).curves) for obj in pieces], count)
    vertices = frame_of(head).to_flame(read_positions(mesh_of(head))).astype(np.float64)
    tree = BVHTree.FromPolygons(vertices.tolist(), model.faces.tolist(), all_triangles=True)
    normals = frames_of(vertices, model.faces).axes[:, :, 1]
    found, rng = None, np.random.default_rng([seed, 1])
    for number, (obj, share) in enumerate(zip(pieces, shares, strict=True)):
        points, radii = _posed(head, obj)
        every, of_strand = len(points), points.shape[1] - 1
        kept = np.arange(max(min(every, share // of_strand), 1))  # strands are in no order
        roots = np.array([tree.find_nearest(point)[2] for point in points[kept, 0].tolist()], np.int32)
        colours = _colours(head, len(kept), rng)
        if lit:
            colours = colours * light_on(normals[roots])[:, None]
        splats = strand_splats(points[kept], radii[kept], as_srgb(np.clip(colours, 0, 1)), every / len(kept))
        placed = bound(splats, vertices, model.faces, np.repeat(roots, of_strand))
        found = placed if found is None else joined(found, placed)
        yield (number + 1) / len(pieces)
    return found


def _posed(head: bpy.types.Object, obj: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """(S, P, 3) points of strands in FLAME's axes on the head as it is posed, and their radii (S, P) metres."""
    curves = _curves(obj)
    count, long = len(curves.curves), len(curves.points) // len(curves.curves)
    corners, weights, offsets = (_vectors(curves, name) for name in (CORNERS, WEIGHTS, OFFSETS))
    if len(corners) == count:  # once for each strand
        corners, weights = np.repeat(corners, long, 0), np.repeat(weights, long, 0)
    radii = np.empty(count * long, np.float32)
    curves.attributes["radius"].data.foreach_get("value", radii)
    vertices = read_positions(mesh_of(head)).astype(np.float64)
    points = Binding(corners.astype(np.int64), weights, offsets).points(vertices)
    return frame_of(head).to_flame(points).reshape(count, long, 3), radii.reshape(count, long)


def _colours(head: bpy.types.Object, count: int, rng: np.random.Generator) -> np.ndarray:
    """(S, 3) linear: melanin as the head's hair has it, grey strands among the others, none quite as its neighbour."""
    hair = settings_of(head)
    is_grey = rng.random(count) < hair.greyness
    own, grey = (colour_of(share * hair.melanin, hair.redness) for share in (1.0, GREY_MELANIN))
    varied: np.ndarray = np.where(is_grey[:, None], grey, own) * (1 + VARIED * rng.uniform(-1, 1, count))[:, None]
    return varied


def _curves(obj: bpy.types.Object) -> Any:
    return obj.data


def _vectors(curves: Any, name: str) -> np.ndarray:
    attribute = curves.attributes[name]
    values = np.empty((len(attribute.data), 3), np.float32)
    attribute.data.foreach_get("vector", values.ravel())
    return values
