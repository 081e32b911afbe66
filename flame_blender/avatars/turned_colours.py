"""Colours that turn with the triangles: a property of an avatar, which has nodes do it.

The turn is told against the person as it is unposed and neutral when this is switched on: there colours are the file's.
"""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np

from ..blender_pointers import there
from ..flame.evaluator import FlameEvaluator
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..geometry.axes import TO_BLENDER
from ..geometry.rotations import quaternion_from_matrix
from ..head import parameters
from ..splats import teeth
from ..splats.triangle_frames import frames_of
from . import splat_cloud, teeth_object, turning_nodes
from .following_nodes import TEETH, TRIANGLE, given, modifier_of
from .seen import followed


def turn(avatar: bpy.types.Object, turned: bool) -> None:
    """Let an avatar's colours turn with its triangles, or not. Raises ParameterError for a model not installed."""
    degree = splat_cloud.degree_of_cloud(avatar.data)
    if not turned or degree == 0:
        turning_nodes.stop(avatar)
        return
    head = there(followed(avatar), "a head")
    model = parameters.require_evaluator(parameters.require_head(head)).model
    triangles = splat_cloud.read(avatar.data, TRIANGLE, "INT")
    made = given(modifier_of(avatar), TEETH) if triangles.max() >= len(model.faces) else None
    vertices, faces = _at_rest(head, model, made)
    back = (TO_BLENDER @ frames_of(vertices, faces).axes).swapaxes(1, 2)  # an avatar's object has Blender's axes
    turning_nodes.turn(avatar, degree, quaternion_from_matrix(back)[triangles])


def _at_rest(head: bpy.types.Object, model: FlameModel, made: bpy.types.Object | None) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) of the person unposed and neutral, in FLAME's axes, and the triangles, with teeth where there are such."""
    own = parameters.get_own_params(head)
    params = FlameParams(shape=own.shape, offsets=own.offsets)
    if made is None:
        return FlameEvaluator(model).vertices(params).astype(np.float64), model.faces
    whole, of_teeth = teeth.with_teeth(model), teeth_object.offsets_of(made)
    if own.offsets is not None or of_teeth is not None:
        before = np.zeros((model.n_vertices, 3), np.float32) if own.offsets is None else own.offsets
        after = np.zeros((teeth.N_TEETH, 3), np.float32) if of_teeth is None else of_teeth
        params = dataclasses.replace(params, offsets=np.concatenate([before, after]))
    return FlameEvaluator(whole).vertices(params).astype(np.float64), whole.faces
