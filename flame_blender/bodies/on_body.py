"""A head put on a body, and taken off again: where it stands, what carries it, its neck, the body's own head."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..blender_pointers import there
from ..errors import ModelError, ParameterError
from ..flame.topology import N_BODY, N_VERTICES
from ..geometry.frame import Frame
from ..head import models, parameters
from ..head.frame import frame_of
from ..head.mesh import is_linked, mesh_of
from ..head.properties import head_of
from ..long_work import Options, choice, number
from ..model_files.body_vertices import checked_body_vertices, load_body_vertices
from . import hanging, masking, placing, welding
from .evaluated import evaluated_body, rest_pose
from .joining import join_by_skin, join_by_vertices
from .on_skin import Neck
from .ring import NeckRim, neck_rim
from .settings import AUTO, BLEND, EYE, LANDMARKS, VERTICES, body_of

ANCHORS = 3
NO_IDS = (
    "Expected SMPL-X__FLAME_vertex_ids.npy, found none installed; install it or choose it, or place the head by "
    "landmarks or by eye."
)


@dataclass(frozen=True, kw_only=True)
class BodyOptions(Options):
    """The keywords of :func:`put_on_body`.

    Attributes
    ----------
    place : str, default "AUTO"
        "VERTICES": by the corresponding vertices of a body of SMPL-X's topology; "LANDMARKS": by landmarks on the
        body; "EYE": where the head is. "AUTO" is the first of these that can be.
    bone : str, default ""
        The bone of the body's armature that carries the head; "" is its head bone, where it has one.
    vertex_ids : path, (5023,) whole numbers or None, default None
        SMPL-X__FLAME_vertex_ids.npy; None is the installed one.
    landmarks : as for fit_landmarks, or None, default None
        None are those that were picked on the body.
    blend : float, metres, default 0.08
        How far from its rim the neck goes over into the body's.
    """

    place: str = choice(AUTO, VERTICES, LANDMARKS, EYE)
    bone: str = ""
    vertex_ids: Any = None
    landmarks: Any = None
    blend: float = number(BLEND, least=0.0)


@dataclass(frozen=True)
class OnBody:
    """What came of putting a head on a body.

    Attributes
    ----------
    head : bpy.types.Object
        The head.
    body : bpy.types.Object
        The body.
    place : str
        "VERTICES", "LANDMARKS" or "EYE".
    carried_by : str
        The bone, "three vertices of it", or "the object".
    hidden : int
        Vertices of the body that are hidden.
    off : float or None, world units
        How far the points it was placed by are off, root mean square; None where it was placed by eye.
    """

    head: bpy.types.Object
    body: bpy.types.Object
    place: str
    carried_by: str
    hidden: int
    off: float | None

    def summary(self) -> str:
        """One line for a person."""
        head, body, carrier, count = self.head.name, self.body.name, self.carried_by, self.hidden
        if self.off is None:
            return f"{head} is on {body}, carried by {carrier}: {count} vertices hidden."
        off = f"{1000 * self.off:.3g}"
        return f"{head} is on {body}, carried by {carrier}: {off} mm off on average, {count} vertices hidden."


@dataclass(frozen=True, eq=False)
class _Plan:
    """What is known before anything is changed."""

    rest: np.ndarray  # (V, 3) FLAME's axes
    rim: NeckRim
    place: str
    ids: np.ndarray | None
    armature: bpy.types.Object | None
    bone: str


def put_on_body(obj: bpy.types.Object, body: bpy.types.Object, options: BodyOptions) -> OnBody:
    """Put the head on the body: place it, hang it on the body, hide the body's head, join the necks.

    Raises FlameError; then head and body are as they were, and a head that was on a body is on none.
    """
    plan = _planned(obj, body, options)
    take_off(obj)
    settings = body_of(obj)
    settings.on = body  # before its head is hidden: a body without a head on it shows its own
    try:
        with rest_pose(plan.armature):
            done = _put(obj, body, plan, options)
    except Exception:
        take_off(obj, body)
        raise
    settings.chosen = body
    obj.update_tag()
    return done


def take_off(obj: bpy.types.Object, body: bpy.types.Object | None = None) -> bpy.types.Object | None:
    """Undo :func:`put_on_body`: the body that the head was on, or None. The head is where it was before."""
    settings = body_of(obj)
    body = settings.on if body is None else body
    welding.part(obj)
    hanging.take_down(obj)
    settings.on = None
    if body is not None and _head_on(body) is None:  # a copy of the head may be on it still
        masking.show(body)
    obj.update_tag()
    return body


def _head_on(body: bpy.types.Object, but: bpy.types.Object | None = None) -> bpy.types.Object | None:
    return next((each for each in bpy.data.objects if each != but and body_of(each).on == body), None)


def is_on_body(obj: bpy.types.Object) -> bool:
    """Whether the head was put on a body, which may be gone since."""
    known: Any = obj
    return hanging.BEFORE in known


def trouble(obj: bpy.types.Object) -> str | None:
    """Why a head that was put on a body no longer follows it, in one sentence; None when it does, or is on none."""
    if not is_on_body(obj):
        return None
    body = body_of(obj).on
    if body is None or not body.users_collection:
        return f"The body that {obj.name} was on is gone: take the head off."
    if not welding.is_whole(obj):
        return f"The neck of {obj.name} is no longer joined to {body.name}: put the head on the body again."
    if obj.parent is None:
        return f"{obj.name} no longer hangs on {body.name}: put the head on the body again."
    return None


def _planned(obj: bpy.types.Object, body: bpy.types.Object, options: BodyOptions) -> _Plan:
    there(bpy.context.view_layer, "a view layer").update()  # what a script has added just now is in it then
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    _check(obj, body)
    model = evaluator.model
    place, ids = options.place, None
    picked = options.landmarks is not None or placing.marks.collection_of(body) is not None
    if place in (AUTO, VERTICES):
        named_ids = options.vertex_ids is not None and str(options.vertex_ids) != ""
        ids = _ids_for(obj, model.n_vertices, body, options.vertex_ids, place == VERTICES or named_ids)
        if ids is None and len(mesh_of(body).vertices) == N_BODY and model.n_vertices == N_VERTICES and not picked:
            raise ModelError(NO_IDS)
    if place == AUTO:
        place = VERTICES if ids is not None else LANDMARKS if picked else EYE
    armature = hanging.armature_of(body)
    bone = hanging.bone_of(armature, options.bone)
    rest = placing.resting(obj)
    return _Plan(rest, neck_rim(rest, model.faces), place, ids, armature, bone)


def _check(obj: bpy.types.Object, body: bpy.types.Object) -> None:
    if body is None or body.type != "MESH" or body == obj or head_of(body) is not None:
        found = "nothing" if body is None else repr(body.name)
        raise ParameterError(f"body: expected a mesh that is no FLAME head, found {found}.")
    for each in (obj, body):
        if is_linked(each) or each.override_library is not None:  # which would be on no body when the file is opened
            raise ParameterError(f"{each.name} comes from another file: put the head on the body there.")
        if each.mode != "OBJECT":
            raise ParameterError(f"{each.name} is in {each.mode.title()} Mode: go to Object Mode first.")
        if there(bpy.context.view_layer, "a view layer").objects.get(each.name) != each:
            raise ParameterError(f"{each.name}: expected an object of the shown view layer, found one of none.")
    other = _head_on(body, but=obj)
    if other is not None and head_of(other) is not None:  # not what was made of a head, a rig
        raise ParameterError(f"{body.name} carries {other.name} already: take that head off first.")
    above = body.parent
    while above is not None:
        if above == obj:
            raise ParameterError(f"{body.name} hangs on {obj.name}: a head cannot be on what it carries.")
        above = above.parent


def _ids_for(
    obj: bpy.types.Object, n_vertices: int, body: bpy.types.Object, given: Any, wanted: bool
) -> np.ndarray | None:
    """The corresponding vertices, where head and body have them; raises FlameError where they are wanted."""
    fits = n_vertices == N_VERTICES, len(mesh_of(body).vertices) == N_BODY
    if not all(fits):
        if wanted and not fits[0]:
            raise ParameterError(
                f"{obj.name}: expected a head of FLAME's {N_VERTICES} vertices, found {n_vertices}; place it by "
                "landmarks or by eye."
            )
        if wanted:
            raise ParameterError(
                f"{body.name}: expected a body of SMPL-X's {N_BODY} vertices, found "
                f"{len(mesh_of(body).vertices)}; place the head by landmarks or by eye."
            )
        return None
    if isinstance(given, (str, Path)) and str(given):
        return load_body_vertices(Path(bpy.path.abspath(str(given))))
    if given is not None and not isinstance(given, str):
        return checked_body_vertices(np.asarray(given), "vertex_ids")
    ids = models.library().topology.body_vertices()
    if ids is None and wanted:
        raise ModelError(NO_IDS)
    return ids


def _put(obj: bpy.types.Object, body: bpy.types.Object, plan: _Plan, options: BodyOptions) -> OnBody:
    if plan.ids is not None:
        there_now = evaluated_body(body).world[plan.ids]
        if not np.isfinite(there_now).all():
            raise ParameterError(f"{body.name}: expected a body with its head, found one that hides it; show it first.")
        placed = placing.by_vertices(obj, plan.rest, there_now, 1.0 - plan.rim.blend(options.blend))
        near = plan.rim.blend(options.blend / _to_world(obj, placed.world).scale)  # now that its size is known
        placed = placing.by_vertices(obj, plan.rest, there_now, 1.0 - near)
    elif plan.place == LANDMARKS:
        placed = placing.by_landmarks(obj, plan.rest, body, options.landmarks)
    else:
        placed = placing.by_eye(obj)
    anchors = _anchors(obj, plan, plan.ids) if plan.ids is not None and not plan.bone else ()
    _hang(obj, body, plan, placed.world, anchors)
    to_world = _to_world(obj, placed.world)
    faces = parameters.require_evaluator(parameters.require_head(obj)).model.faces
    blend = plan.rim.blend(options.blend / to_world.scale)
    neck = Neck(plan.rest, to_world.to_object(plan.rest), faces, plan.rim, blend, to_world)
    if plan.ids is not None:
        hidden = join_by_vertices(obj, body, neck, plan.ids, anchors)
    else:
        hidden = join_by_skin(obj, body, neck)
    carrier = f"bone {plan.bone}" if plan.bone else "three vertices" if anchors else "the object"
    return OnBody(obj, body, plan.place, carrier, hidden, placed.off)


def _to_world(obj: bpy.types.Object, world: mathutils.Matrix) -> Frame:
    """From the head's metres in FLAME's axes to the world."""
    frame, matrix = frame_of(obj), np.array(world, np.float64)
    return Frame(matrix[:3, :3] @ frame.linear, matrix[:3, :3] @ frame.origin + matrix[:3, 3])


def _hang(
    obj: bpy.types.Object, body: bpy.types.Object, plan: _Plan, world: mathutils.Matrix, anchors: tuple[int, ...]
) -> None:
    if plan.bone and plan.armature is not None:
        hanging.hang(obj, plan.armature, world, bone=plan.bone)
    else:
        hanging.hang(obj, body, world, vertices=anchors)


def _anchors(obj: bpy.types.Object, plan: _Plan, of_body: np.ndarray) -> tuple[int, ...]:
    """Three of the body's vertices on the skull, far from each other: what only the neck's joint moves on the head."""
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    model, rest = evaluator.model, plan.rest
    still = np.abs(model.shapedirs[:, :, model.n_identity :]).sum((1, 2))
    skull = (rest[:, 1] > np.quantile(rest[:, 1], 0.6)) & (rest[:, 2] < np.median(rest[:, 2]))
    skull &= np.isfinite(plan.rim.distance)
    skull &= still <= np.quantile(still[skull], 0.5)
    ids = np.flatnonzero(skull)
    points = rest[ids]
    chosen = [int(points[:, 1].argmax())]
    for _ in range(ANCHORS - 1):
        chosen.append(int(np.linalg.norm(points[:, None] - points[chosen], axis=2).min(1).argmax()))
    return tuple(int(each) for each in of_body[ids[chosen]])
