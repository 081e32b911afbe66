"""A head of another model in the place of one: where it stands, what else is on the object, and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import bpy
import numpy as np

from ..bake import cache
from ..blender_pointers import there
from ..errors import FlameError
from ..head import create, deformation, landmarks, live, parameters
from ..head.create import setup
from ..head.frame import frame_of, keep_frame
from ..head.mesh import mesh_of
from ..head.parameters import require_evaluator, require_head
from ..head.properties import flame_of, set_life
from ..head.saved.life_values import LifeValues
from ..head.under_work import FileBefore
from ..keyframes import animation
from ..sequences.sequence import FlameSequence
from ..skin import following, setting
from .clips import evaluator_of
from .converted import HIDE, REPLACE

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry

NLA_TAKEN_OFF = "NLA tracks that moved the face were taken off the converted head, whose own keys hold what they did."
SKIN_HELD = "The keys of the skin were left out: the converted head has the skin of the current frame."
NO_LANDMARKS = "The other model has no landmarks: no empties were made."


def put_in_scene(
    scene: bpy.types.Scene,
    obj: bpy.types.Object,
    entry: ModelEntry,
    clip: FlameSequence,
    times: np.ndarray,
    source: str,
) -> tuple[bpy.types.Object, tuple[str, ...]]:
    """A head of the model that shows ``clip`` where ``obj`` stands, whole or not at all; what was left out.

    It has the object's parents, constraints, modifiers and collections. ``source`` says what becomes of ``obj``.
    """
    before, owner = FileBefore(scene), cast(Any, scene)  # the stubs do not know the pin
    landmark_set = flame_of(obj).landmark_set if any(landmarks.empties_of(obj)) else None
    is_pinned = owner.flame_pinned_head == obj
    try:
        made, warnings = _copy_of_model(obj, entry)
        warnings += animation.write_clip(made, clip, times) + _take_skin_along(obj, made)
    except BaseException:
        before.put_back()
        raise
    if source == REPLACE:
        _replace(obj, made)
    else:
        flame_of(made).lineage = ""  # its rig and the scans that it was fitted to stay those of the first head
        if source == HIDE:
            _hide(obj)
    if is_pinned:
        owner.flame_pinned_head = made
    if landmark_set is not None:
        warnings += _add_landmarks(made, landmark_set)
    live.refresh(made)
    return made, warnings


def _copy_of_model(obj: bpy.types.Object, entry: ModelEntry) -> tuple[bpy.types.Object, tuple[str, ...]]:
    """A neutral head of the model on a copy of the object, without anything that moved its face."""
    homes = obj.users_collection or (there(bpy.context.collection, "a collection"),)
    new = create.add_head(entry, f"{obj.name} {entry.name}", homes[0], with_landmarks=False)
    made: Any = obj.copy()
    mesh = mesh_of(new)
    made.data = mesh
    name, regions = new.name, [group.name for group in new.vertex_groups]
    bpy.data.objects.remove(new)
    made.name = name
    for home in homes:
        home.objects.link(made)
    head = flame_of(made)
    head.landmarks.clear()
    head.landmark_set, head.belongs_to, head.symmetric_eyes, head.live = "", 0, False, True
    set_life(head, LifeValues())  # its tracks are taken off
    model = evaluator_of(entry).model
    setup(head, model, entry.name)
    if [group.name for group in made.vertex_groups] != regions:
        made.vertex_groups.clear()
        create.add_regions(made, model.regions)
    keep_frame(made, frame_of(obj))
    cache.detach(made)
    if deformation.trouble(made) is not None:
        deformation.restore(made)
    return made, _own_animation(made)


def _take_skin_along(obj: bpy.types.Object, made: bpy.types.Object) -> tuple[str, ...]:
    """Show the texture model's skin on the copy too, where it fits its model; a sentence where it does not."""
    head = flame_of(made)
    if not head.texture_model:
        return ()
    keyed = any(curve.data_path.startswith(f"flame.{parameters.TEXTURE}[") for curve in animation.curves_of(obj) or ())
    told = (SKIN_HELD,) if keyed else ()
    fingerprint, numbers = head.texture_model, following.read_coefficients(head)
    setting.take_off(made)
    try:
        setting.put_on(made, fingerprint, numbers)
    except FlameError as error:
        return (f"The skin of a texture model was taken off: {error}",)
    return told


def _own_animation(obj: bpy.types.Object) -> tuple[str, ...]:
    """Give a copied object an action of its own, in which nothing moves the face; what had to be taken off."""
    data: Any = obj.animation_data
    if data is None:
        return ()
    if data.action is not None:
        slot = getattr(data, "action_slot", None)
        data.action = data.action.copy()
        if slot is not None:
            data.action_slot = next(each for each in data.action.slots if each.identifier == slot.identifier)
        animation.remove_paths(obj, (), ("flame.",))
    for driver in [each for each in data.drivers if each.data_path.startswith("flame.")]:
        data.drivers.remove(driver)
    moving = [track for track in data.nla_tracks if any(_moves_the_face(strip.action) for strip in track.strips)]
    for track in moving:
        data.nla_tracks.remove(track)
    return (NLA_TAKEN_OFF,) if moving else ()


def _moves_the_face(action: Any) -> bool:
    if action is None:
        return False
    if bpy.app.version < animation.LAYERED:
        curves = list(action.fcurves)
    else:
        bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
        curves = [curve for bag in bags for curve in bag.fcurves]
    return any(curve.data_path.startswith("flame.") for curve in curves)


def _add_landmarks(obj: bpy.types.Object, landmark_set: str) -> tuple[str, ...]:
    """Landmark empties as the first head has them, of the set that this one's model has."""
    known = require_evaluator(require_head(obj)).model.landmarks
    if not known:
        return (NO_LANDMARKS,)
    create.add_landmarks(obj, landmark_set if landmark_set in known else None)
    return ()


def _replace(obj: bpy.types.Object, made: bpy.types.Object) -> None:
    """Let all that refers to the object refer to the other, which takes its name; the object goes."""
    landmarks.remove_empties(obj)
    name, mesh = obj.name, mesh_of(obj)
    for home in obj.users_collection:
        home.objects.unlink(obj)
    obj.user_remap(made)
    bpy.data.objects.remove(obj)
    if not mesh.users:
        bpy.data.meshes.remove(mesh)
    made.name = name


def _hide(obj: bpy.types.Object) -> None:
    """Hide a head and its landmarks, in the view and in renders."""
    shown = there(bpy.context.view_layer, "a view layer").objects
    for each in (obj, *filter(None, landmarks.empties_of(obj))):
        each.hide_render = True
        if any(each == known for known in shown):
            each.hide_set(True)
