"""How far a scan and its head are from each other, vertex by vertex, as colours that both keep until they are cleared.

The colours are an attribute of the mesh or point cloud; the material that shows them is linked to the object, over the
mesh's own, so that clearing brings those back. No vertex moves.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..errors import ParameterError
from ..head import parameters
from ..head.mesh import mesh_of
from ..long_work import Options, number, part_of
from ..observations import scans
from ..observations.surfaces import measuring
from ..scene_fits.properties import fitted_of
from ..shading.material_nodes import new_material, principled
from . import legend
from .colour_scale import colours, nice_limit

ATTRIBUTE = "FLAME Distance"
MATERIAL = "FLAME Distance"
SLOT = "flame_slot_"  # an object's property for each slot that had a material of the object's own
GLOW = 0.35  # how much of the colour shows in the dark
FAR = 4.0  # limits: farther from a point cloud there is nothing to compare with


@dataclass(frozen=True, eq=False)
class Painted:
    """Distances of a scan and its head, as they are painted.

    Attributes
    ----------
    scan_mm : (P,) float64, millimetres
        Of the scan's points from the head.
    head_mm : (V,) float64, millimetres
        Of the head's vertices from the scan; NaN where the scan has nothing there.
    limit_mm : float, millimetres
        Red is so much and more.
    """

    scan_mm: np.ndarray
    head_mm: np.ndarray
    limit_mm: float


@dataclass(frozen=True, kw_only=True)
class DistanceOptions(Options):
    """What :func:`paint_distances` takes, for :func:`painting_distances`.

    Attributes
    ----------
    limit_mm : float or None, millimetres, default None
        What is red; None is a round number that 95 of 100 points of the scan stay under.
    legend : bool, default True
        Make a legend beside the head.
    """

    limit_mm: float | None = number(None, least=0.0)
    legend: bool = True


def painting(
    head: bpy.types.Object, scan: bpy.types.Object | None, options: DistanceOptions
) -> Generator[float, None, Painted]:
    """Paint the distances on scan and head, and make a legend beside the head. Raises ParameterError.

    Nothing is changed before everything is measured.
    """
    model = parameters.require_evaluator(parameters.require_head(head)).model
    scan = scans.require_scan(scan)
    seen = scans.read_scan(scan)
    for obj, count in ((scan, len(seen.points)), (head, model.n_vertices)):
        _check_can_be_painted(obj, count)
    vertices = parameters.to_world(head, parameters.evaluate(head)).astype(np.float64)
    to_mm = 1000 * fitted_of(head).metres
    away, _ = yield from part_of(measuring(seen.points, vertices, model.faces), 0.0, 0.85)
    back, triangles = yield from part_of(measuring(vertices, seen.points, seen.triangles), 0.85, 1.0)
    scan_mm, head_mm = to_mm * away, to_mm * back
    limit = options.limit_mm or nice_limit(np.percentile(scan_mm[seen.on_faces], 95))
    head_mm[_beyond(seen, triangles, head_mm, limit)] = np.nan
    _paint(scan, colours(scan_mm, limit))
    _paint(head, colours(head_mm, limit))
    legend.remove(head)
    if options.legend:
        legend.add(head, limit, material())
    return Painted(scan_mm, head_mm, limit)


def clear(*objects: bpy.types.Object | None) -> None:
    """Take colours, materials and legend off again."""
    for obj in objects:
        if obj is None:
            continue
        data: Any = obj.data
        if data is not None and ATTRIBUTE in data.attributes:
            data.attributes.remove(data.attributes[ATTRIBUTE])
        _show_own_materials(obj)
        legend.remove(obj)
    for name in (MATERIAL, legend.TEXT_MATERIAL):
        ours = named(bpy.data.materials, name)
        if ours is not None and not ours.users:
            bpy.data.materials.remove(ours)


def is_painted(obj: bpy.types.Object | None) -> bool:
    """Whether the object carries the colours."""
    data: Any = None if obj is None else obj.data
    return data is not None and ATTRIBUTE in getattr(data, "attributes", ())


def material() -> bpy.types.Material:
    """The material that shows the attribute, lit, with a little light of its own."""
    found = named(bpy.data.materials, MATERIAL)
    if found is not None and found.library is None:
        return found
    made = new_material(MATERIAL)
    tree: Any = made.node_tree
    nodes, links = tree.nodes, tree.links
    shader = principled(made)
    attribute: Any = nodes.new("ShaderNodeAttribute")
    attribute.attribute_name, attribute.location = ATTRIBUTE, (-250, 300)
    shader.inputs["Roughness"].default_value = 0.7
    shader.inputs["Emission Strength"].default_value = GLOW
    for name in ("Base Color", "Emission Color"):
        links.new(attribute.outputs["Color"], shader.inputs[name])
    return made


def _beyond(seen: scans.WorldScan, triangles: np.ndarray, head_mm: np.ndarray, limit: float) -> np.ndarray:
    """(V,) bool: vertices of the head with no scan over them: nearest is the edge of it, or a cloud's far point."""
    if seen.triangles is None:
        return head_mm > FAR * limit
    # one number for each edge: sorting numbers is many times quicker than sorting pairs
    edges = np.concatenate([seen.triangles[:, pair] for pair in ((0, 1), (1, 2), (2, 0))]).astype(np.int64)
    numbers, counts = np.unique(edges.min(1) * len(seen.points) + edges.max(1), return_counts=True)
    at_edge = np.zeros(len(seen.points), bool)
    at_edge[np.concatenate(np.divmod(numbers[counts == 1], len(seen.points)))] = True
    return at_edge[seen.triangles[triangles]].any(1) & (head_mm > limit / 2)


def _check_can_be_painted(obj: bpy.types.Object, count: int) -> None:
    data: Any = obj.data
    if data.library is not None:
        raise ParameterError(f"{obj.name} is linked from another file, so it cannot be painted: make it local first.")
    if obj.mode == "EDIT":
        raise ParameterError(f"{obj.name} is in Edit Mode: leave it first.")
    if len(data.vertices if obj.type == "MESH" else data.points) != count:
        raise ParameterError(
            f"{obj.name} has modifiers that change its count of points, which colours cannot follow: apply them first."
        )


def _paint(obj: bpy.types.Object, shades: np.ndarray) -> None:
    data: Any = obj.data
    attribute = data.attributes.get(ATTRIBUTE)
    if attribute is None or attribute.data_type != "FLOAT_COLOR" or attribute.domain != "POINT":
        if attribute is not None:
            data.attributes.remove(attribute)
        attribute = data.attributes.new(ATTRIBUTE, "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", np.ascontiguousarray(shades, np.float32).ravel())
    if obj.type == "MESH":
        mesh_of(obj).color_attributes.active_color_name = ATTRIBUTE
    _show_distance(obj)
    obj.update_tag()


def _show_distance(obj: bpy.types.Object) -> None:
    if not obj.material_slots:
        data: Any = obj.data
        data.materials.append(None)  # a slot, so that the object can fill it
    for index, slot in enumerate(obj.material_slots):
        if slot.link == "OBJECT" and slot.material is not None and slot.material.name != MATERIAL:
            obj[f"{SLOT}{index}"] = slot.material
        slot.link = "OBJECT"
        slot.material = material()


def _show_own_materials(obj: bpy.types.Object) -> None:
    for index, slot in enumerate(obj.material_slots):
        if slot.link == "OBJECT" and slot.material is not None and slot.material.name == MATERIAL:
            slot.material = obj.pop(f"{SLOT}{index}", None)
            if slot.material is None:
                slot.link = "DATA"
