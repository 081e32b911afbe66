"""Landmark empties: one for each point of an embedding, children of the head, moved by their local location only."""

from __future__ import annotations

import bpy
import numpy as np

from ..blender_pointers import shown_scene, there
from ..errors import FlameError
from ..flame.landmarks import LandmarkEmbedding, landmark_points
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..model_files.landmark_sets import why_no_set
from .frame import frame_of
from .properties import YAW_SIGNS, FLAME_PG_head, flame_of

EMPTY_SIZE = 0.002


def embedding_of(model: FlameModel, name: str) -> LandmarkEmbedding:
    """The model's embedding of that name. Raises FlameError saying which there are, and which file brings it."""
    if name not in model.landmarks:
        raise FlameError(why_no_set(model, name))
    return model.landmarks[name]


def points(
    head: FLAME_PG_head, model: FlameModel, vertices: np.ndarray, global_rotation: np.ndarray, neck: np.ndarray
) -> np.ndarray:
    """(L, 3) float32 landmarks on ``vertices`` (V, 3), both in FLAME axes, with the head's set and contour sign."""
    embedding = embedding_of(model, head.landmark_set)
    return landmark_points(vertices, model.faces, embedding, global_rotation, neck, YAW_SIGNS[head.yaw_sign])


def points_on(
    head: FLAME_PG_head, model: FlameModel, embedding: LandmarkEmbedding, vertices: np.ndarray, params: FlameParams
) -> np.ndarray:
    """(L, 3) float32 landmarks of any embedding on ``vertices`` (V, 3) of ``params``, both in FLAME axes."""
    sign = YAW_SIGNS[head.yaw_sign]
    return landmark_points(vertices, model.faces, embedding, params.global_rotation, params.neck, sign)


def add_empties(obj: bpy.types.Object, model: FlameModel, landmark_set: str) -> bpy.types.Collection:
    """Make the empties of an embedding in a collection of their own; the head moves them from then on."""
    head = flame_of(obj)
    names = embedding_of(model, landmark_set).names
    remove_empties(obj)
    collection = bpy.data.collections.new(f"{obj.name} Landmarks")
    for owner in obj.users_collection or (shown_scene().collection,):
        owner.children.link(collection)
    for name in names:
        empty = bpy.data.objects.new(f"{obj.name} {name}", None)
        empty.empty_display_type = "SPHERE"
        empty.empty_display_size = EMPTY_SIZE
        empty.parent = obj
        collection.objects.link(empty)
        head.landmarks.add().empty = empty
    head.landmark_set = landmark_set
    obj.update_tag()
    return collection


def remove_empties(obj: bpy.types.Object) -> None:
    """Delete the head's empties, and their collection when nothing else is in it."""
    head = flame_of(obj)
    for empty in empties_of(obj):
        if empty is not None:
            homes = empty.users_collection
            bpy.data.objects.remove(empty)
            for home in homes:
                if not home.objects and not home.children:
                    bpy.data.collections.remove(home)
    head.landmarks.clear()


def empties_of(obj: bpy.types.Object) -> list[bpy.types.Object | None]:
    """The head's empties in landmark order, None for each that is gone or was taken from the head.

    A head duplicated without its empties still points to those of the original; only its own children count.
    """
    empties = (item.empty for item in flame_of(obj).landmarks)
    return [empty if empty is not None and empty.parent == obj else None for empty in empties]


def user_is_moving_something() -> bool:
    """Whether a transform (G, R, S, a gizmo) is under way in a window: then nothing else may move the empties."""
    return any(
        operator.bl_idname.startswith("TRANSFORM_OT")
        for window in there(bpy.context.window_manager, "a window manager").windows
        for operator in window.modal_operators
    )


def move_empties(
    obj: bpy.types.Object, model: FlameModel, vertices: np.ndarray, *, global_rotation: np.ndarray, neck: np.ndarray
) -> None:
    """Put the empties on the face, by their location alone. ``vertices`` (V, 3), FLAME axes."""
    head = flame_of(obj)
    embedding = model.landmarks.get(head.landmark_set)
    if embedding is None or embedding.count != len(head.landmarks):  # of the set as it was: each would be misplaced
        return
    places = frame_of(obj).to_object(points(head, model, vertices, global_rotation, neck)).tolist()
    for empty, place in zip(empties_of(obj), places, strict=False):
        if empty is not None:
            empty.location = place


def stand_as_added(obj: bpy.types.Object) -> None:
    """Let the empties' locations be in the head's own space again.

    Applying the head's transforms keeps its children where they are by their parent inverse.
    """
    for empty in filter(None, empties_of(obj)):
        empty.matrix_parent_inverse.identity()
