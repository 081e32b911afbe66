"""Splats that stand by themselves, bound to the nearest triangles of a head as it stands and is posed."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from ..errors import AvatarError
from ..head import parameters
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..splats.placing import placed
from ..splats.splats import Splats
from ..splats.triangle_frames import bound

FARTHEST = 2.0  # metres of the head's own: what is beyond follows no head


def bound_in_place(head: bpy.types.Object, splats: Splats, linear: np.ndarray, shift: np.ndarray) -> Splats:
    """Unbound splats that stand in the world at ``linear x + shift``, bound to the head as its mesh is now.

    ``linear`` (3, 3) is a rotation times a scale. Raises AvatarError where none is near the head.
    """
    model = parameters.require_evaluator(parameters.require_head(head)).model
    matrix, frame = np.array(head.matrix_world, np.float64), frame_of(head)
    to_world = matrix[:3, :3] @ frame.linear
    origin = matrix[:3, :3] @ frame.origin + matrix[:3, 3]
    back = np.linalg.inv(to_world)
    there = placed(splats, back @ np.asarray(linear, np.float64), back @ (np.asarray(shift, np.float64) - origin))
    vertices = frame.to_flame(read_positions(mesh_of(head)))
    tree = BVHTree.FromPolygons(vertices.tolist(), model.faces.tolist(), all_triangles=True)
    found = [tree.find_nearest(centre, FARTHEST) for centre in there.centres.tolist()]
    triangles = np.array([-1 if each[2] is None else each[2] for each in found], np.int32)
    near = triangles >= 0
    if not near.any():
        raise AvatarError(
            f"expected splats within {FARTHEST:g} m of {head.name}, found none; move the head to where they show one."
        )
    return bound(there.chosen(near), vertices, model.faces, triangles[near])
