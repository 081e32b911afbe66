"""The head's own frame in Blender: kept with the mesh whose vertices it tells about, and the head's place in the world.

Saved, copied, appended and undone with the mesh, as the vertices are.
"""

from __future__ import annotations

import bpy
import mathutils
import numpy as np

from ..geometry.frame import USUAL, Frame
from .mesh import mesh_of

PROPERTY = "flame_frame"  # of the mesh: twelve numbers, the rows of (linear | origin)


def frame_of(obj: bpy.types.Object) -> Frame:
    """Where FLAME's axes lie in the object's own space."""
    kept = mesh_of(obj).get(PROPERTY)
    if kept is None:
        return USUAL
    rows = np.array(kept, np.float64).reshape(3, 4)
    return Frame(rows[:, :3], rows[:, 3])


def keep_frame(obj: bpy.types.Object, frame: Frame) -> None:
    """Remember it; the vertices must lie in it."""
    mesh_of(obj)[PROPERTY] = np.concatenate([frame.linear, frame.origin[:, None]], axis=1).ravel().tolist()


def standing(obj: bpy.types.Object) -> mathutils.Matrix:
    """The head's place: world matrix of an object with Blender's usual axes that would show the head where it is."""
    return obj.matrix_world @ mathutils.Matrix(frame_of(obj).matrix.tolist())


def stand(obj: bpy.types.Object, place: mathutils.Matrix) -> None:
    """Put the object where its head has the ``place`` that :func:`standing` tells."""
    obj.matrix_world = place @ mathutils.Matrix(frame_of(obj).matrix.tolist()).inverted()
