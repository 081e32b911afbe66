"""Nodes that turn the splats' colours with their triangles: harmonics of degree 1 to 3, exactly, without the add-on.

A triangle's turn is told against the head's rest shape, whose frames each splat keeps. Bands turn as tensors, see
:mod:`..splats.harmonic_tensors`; all coefficients come out of one evaluation, which shares what they have in common.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..shading.geometry_nodes import GeometryNodes
from ..splats.harmonic_tensors import TOLD, Index, band_of
from . import following_nodes
from .splat_cloud import FURTHER, write

NAME = "FLAME Turned Colours"
UNTURNED = -1  # in an index: what comes after it is not turned yet
REST = "flame_rest"  # of each splat: the rotation back from its triangle at rest


def modifier_of(obj: bpy.types.Object) -> Any:
    """The modifier by which colours turn; None where they do not."""
    return next((each for each in obj.modifiers if each.type == "NODES" and each.name.startswith(NAME)), None)


def turn(avatar: bpy.types.Object, degree: int, back: np.ndarray) -> None:
    """Let an avatar's colours of degree 1 to 3 turn: ``back`` (N, 4) are rotations back from triangles at rest."""
    stop(avatar)
    write(avatar.data, REST, "QUATERNION", back)
    modifier: Any = avatar.modifiers.new(NAME, "NODES")
    modifier.node_group = _node_group(degree)
    modifier.show_expanded = False
    following = following_nodes.modifier_of(avatar)
    for name in (following_nodes.HEAD, following_nodes.TEETH):
        following_nodes.give(modifier, name, following_nodes.given(following, name))
    avatar.modifiers.move(len(avatar.modifiers) - 1, 0)


def stop(avatar: bpy.types.Object) -> None:
    """Leave the colours in the head's axes, as they were trained."""
    modifier = modifier_of(avatar)
    if modifier is not None:
        avatar.modifiers.remove(modifier)
    data: Any = avatar.data
    kept = data.attributes.get(REST)
    if kept is not None and data.users == 1:  # a copy of the object may turn by it still
        data.attributes.remove(kept)


def _node_group(degree: int) -> bpy.types.NodeTree:
    name = f"{NAME} {degree}"
    group = named(bpy.data.node_groups, name)
    if group is not None and group.library is None and group.bl_idname == "GeometryNodeTree":
        return group
    takes = ((following_nodes.HEAD, "NodeSocketObject"), (following_nodes.TEETH, "NodeSocketObject"))
    build = GeometryNodes(name, *takes)
    frame = following_nodes.frame_in(build)
    turned = _Turned(build, build.after(build.attribute(REST, "QUATERNION"), build.rotation(frame.along, frame.normal)))
    numbers = range((degree + 1) ** 2 - 1)
    fields = [field for band in range(1, degree + 1) for field in turned.band(band)]
    shown, fields = build.captured(build.given[0], fields)
    for number, field in zip(numbers, fields, strict=True):
        shown = build.stored(shown, FURTHER.format(number), "FLOAT_VECTOR", field)
    build.link(shown, build.shown)
    tree: bpy.types.NodeTree = build.tree
    return tree


class _Turned:
    """Bands of harmonics after a rotation. Red, green and blue turn alike, as one vector."""

    def __init__(self, build: GeometryNodes, rotation: Any) -> None:
        self.build = build
        columns = [build.axes(build.rotated(build.constant(axis), rotation)) for axis in np.eye(3).tolist()]
        self.rows = [[build.alike(column[row]) for column in columns] for row in range(3)]

    def band(self, degree: int) -> list[Any]:
        """The band's coefficients, turned."""
        build, band = self.build, band_of(degree)
        first = degree**2 - 1
        coefficients = [
            build.attribute(FURTHER.format(first + number), "FLOAT_VECTOR") for number in range(2 * degree + 1)
        ]
        tensor: dict[Index, Any] = {
            index: build.combination([(factor, coefficients[number]) for factor, number in terms])
            for index, terms in band.into.items()
        }
        turned = {index: self._partly(tensor, index, ()) for index in TOLD[degree]}
        return [build.combination([(factor, turned[index]) for factor, index in terms]) for terms in band.back]

    def _partly(self, tensor: dict[Index, Any], turned: Index, left: Index) -> Any:
        """A component with indices that are ``turned``, and others that are ``left``; each is made once."""
        known = (*turned, UNTURNED, *sorted(left)) if turned else tuple(sorted(left))
        if known not in tensor:
            parts = [self._partly(tensor, turned[:-1], (axis, *left)) for axis in range(3)]
            tensor[known] = self._row(turned[-1], parts)
        return tensor[known]

    def _row(self, row: int, parts: list[Any]) -> Any:
        build, (x, y, z) = self.build, self.rows[row]
        found = build.vector("MULTIPLY", x, parts[0])
        return build.vector("MULTIPLY_ADD", z, parts[2], build.vector("MULTIPLY_ADD", y, parts[1], found))
