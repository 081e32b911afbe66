"""Heads that were made before their model's UVs, masks or landmarks came, or before eyes were told apart rightly.

What is missing is added; what the user made of the head stays: own UVs, own groups and weights, own materials, moved
landmarks, sculpts, values, keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import bpy
import numpy as np

from ..errors import ParameterError
from ..flame.model import FlameModel
from ..shading.eye_material import GAZE
from . import create, live, materials, mesh, models
from .create import complete_controls, lacks_controls
from .mesh import mesh_of
from .parameters import require_evaluator, require_head
from .properties import flame_of, head_of


def lacking(obj: bpy.types.Object) -> tuple[str, ...]:
    """What the head's model has by now and the head has not, a word each; nothing where it cannot be added.

    Quick enough to be asked whenever a panel is drawn.
    """
    head = head_of(obj)
    evaluator = None if head is None else models.evaluator(head.fingerprint)
    if evaluator is None or _why_untouchable(obj, evaluator.model) is not None:
        return ()
    return tuple(what for what, part in _PARTS.items() if part.is_lacking(obj, evaluator.model))


def bring_up_to_date(obj: bpy.types.Object) -> tuple[str, ...]:
    """Add what the head is lacking; what was added, as :func:`lacking` says it. Raises ParameterError."""
    model = require_evaluator(require_head(obj)).model
    why = _why_untouchable(obj, model)
    if why is None and mesh.corner_rows(mesh_of(obj), model.polygons) is None:
        why = f"{obj.name} has other polygons than its model: add a new head instead."
    if why is not None:
        raise ParameterError(why)
    added = lacking(obj)
    for what in added:
        _PARTS[what].add(obj, model)
    obj.update_tag()
    return added


def complete_all_controls() -> None:
    """Give every head of the file the scores that it lacks, from before heads had any, where that is in its power."""
    for obj in bpy.data.objects:
        head = head_of(obj)
        evaluator = None if head is None else models.evaluator(head.fingerprint)
        local = obj.library is None and obj.override_library is None
        if head is not None and evaluator is not None and local and lacks_controls(head, evaluator.model):
            complete_controls(head, evaluator.model)


def _why_untouchable(obj: bpy.types.Object, model: FlameModel) -> str | None:
    if mesh.is_linked(obj):
        return f"{obj.name} comes from another file: bring it up to date there."
    if len(mesh_of(obj).vertices) != model.n_vertices:
        return f"{obj.name} has other vertices than its model: add a new head instead."
    return live.blocked(obj)


def _lacks_uvs(obj: bpy.types.Object, model: FlameModel) -> bool:
    display = model.display
    return display is not None and display.uv_coords is not None and not mesh_of(obj).uv_layers


def _lacks_groups(obj: bpy.types.Object, model: FlameModel) -> bool:
    return any(name not in obj.vertex_groups for name in model.regions)


def _add_groups(obj: bpy.types.Object, model: FlameModel) -> None:
    create.add_regions(obj, {name: ids for name, ids in model.regions.items() if name not in obj.vertex_groups})


def _lacks_eyes(obj: bpy.types.Object, model: FlameModel) -> bool:
    """Whether an eyeball has plain materials that are not the eyes' own, or those and not what they are drawn by."""
    names = _names(obj)
    if materials.EYE in names and (GAZE not in mesh_of(obj).attributes or materials.EYE_IRIS not in names):
        return True
    plain = _plain_eyes(obj, model)
    return plain is not None and any(names[slot] not in materials.EYES for slot in np.unique(_slots(obj)[plain]))


def _plain_eyes(obj: bpy.types.Object, model: FlameModel) -> np.ndarray | None:
    """(n,) the polygons of eyeballs that have plain materials; None where the head has not all of these.

    Polygons that the user gave other materials keep them.
    """
    names = _names(obj)
    own = model.display is not None and model.display.polygon_materials is not None
    if own or not any(set(plain) <= set(names) for plain in (materials.ALL_WHITE, materials.FORMER_PLAIN)):
        return None
    plain = [slot for slot, name in enumerate(names) if name in (*materials.PLAIN, *materials.FORMER_PLAIN)]
    return np.flatnonzero(materials.of_eyes(mesh_of(obj), model) & np.isin(_slots(obj), plain))


def _names(obj: bpy.types.Object) -> list[str]:
    return materials.base_names(mesh_of(obj))


def _slots(obj: bpy.types.Object) -> np.ndarray:
    return materials.slots_of(mesh_of(obj))


def _mend_eyes(obj: bpy.types.Object, model: FlameModel) -> None:
    mesh.add_gaze(mesh_of(obj), model)
    plain = _plain_eyes(obj, model)
    if plain is not None:
        slots = _slots(obj)
        slots[plain] = materials.slot_of(mesh_of(obj), materials.EYE)
        mesh_of(obj).polygons.foreach_set("material_index", slots)
    materials.tell_gaze(mesh_of(obj), model)
    mesh_of(obj).update()


def _lacks_skin(obj: bpy.types.Object, model: FlameModel) -> bool:
    """Whether it has nothing but plain materials, and there is a painted skin for its UVs."""
    plain = {*materials.PLAIN, *materials.FORMER_PLAIN, *materials.names_of(model), ""}
    has = {each.name.split(".")[0] for each in obj.material_slots}
    if model.release == materials.BUILT_IN_RELEASE or not has <= plain or materials.skin_of(model) is None:
        return False
    return not mesh_of(obj).uv_layers or mesh.has_uvs_of(mesh_of(obj), model)


def _add_skin(obj: bpy.types.Object, model: FlameModel) -> None:
    if not mesh_of(obj).uv_layers:
        mesh.add_uvs(mesh_of(obj), model)
    mesh.add_gaze(mesh_of(obj), model)
    mesh_of(obj).materials.clear()
    materials.assign(mesh_of(obj), model)
    mesh_of(obj).update()


def _lacks_landmarks(obj: bpy.types.Object, model: FlameModel) -> bool:
    """Whether its landmarks are fewer or more than the set has by now; not where the user moves or keys them."""
    head = flame_of(obj)
    embedding = model.landmarks.get(head.landmark_set)
    if not head.landmarks or head.edit_landmarks or embedding is None or len(head.landmarks) == embedding.count:
        return False
    return not any(item.empty is not None and item.empty.animation_data is not None for item in head.landmarks)


class _Part(NamedTuple):
    is_lacking: Callable[[bpy.types.Object, FlameModel], bool]
    add: Callable[[bpy.types.Object, FlameModel], object]


_PARTS = {
    "controls": _Part(
        lambda obj, model: obj.override_library is None and lacks_controls(flame_of(obj), model),
        lambda obj, model: complete_controls(flame_of(obj), model),
    ),
    "UVs": _Part(_lacks_uvs, lambda obj, model: mesh.add_uvs(mesh_of(obj), model)),
    "regions": _Part(_lacks_groups, _add_groups),
    "eyes": _Part(_lacks_eyes, _mend_eyes),
    "skin": _Part(_lacks_skin, _add_skin),
    "landmarks": _Part(_lacks_landmarks, lambda obj, _model: create.add_landmarks(obj, flame_of(obj).landmark_set)),
}
