"""The gauges of a head's folds as Geometry Nodes: for meshes that move without the add-on, as rigs and bakes do."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..looks.folds import SLACK, Folds
from .geometry_nodes import GeometryNodes
from .skin_layers import FOLDS, REST

NAME = "FLAME Folds"


def fold_tree(folds: Folds, at_rest: np.ndarray) -> bpy.types.NodeTree:
    """A tree that stores how far each vertex is folded, as :meth:`Folds.folded` has it.

    ``at_rest`` (K,): lengths of the gauges on the same head at rest, in the object's space.
    """
    build = GeometryNodes(NAME)
    position, rest = build.add("GeometryNodeInputPosition").outputs[0], build.attribute(REST, "FLOAT_VECTOR")
    total: Any = None
    for ends, length, shortened, middle, reach in zip(
        folds.ends.T, at_rest, folds.shortened, folds.middles, folds.reaches, strict=True
    ):
        share = _share(build, position, ends, float(length), float(shortened))
        off = _by(build, "DIVIDE", _distance(build, rest, tuple(middle.tolist())), float(reach))
        bell = _by(build, "EXPONENT", _by(build, "MULTIPLY", build.math("MULTIPLY", off, off), -1.0))
        part = build.math("MULTIPLY", share, bell)
        total = part if total is None else build.math("ADD", total, part)
    store = build.add("GeometryNodeStoreNamedAttribute")
    store.data_type, store.domain = "FLOAT", "POINT"
    store.inputs["Name"].default_value = FOLDS
    build.link(build.given[0], store.inputs["Geometry"])
    build.link(_by(build, "MINIMUM", total, 1.0), _value(store.inputs))
    build.link(store.outputs[0], build.shown)
    tree: bpy.types.NodeTree = build.tree
    return tree


def _share(build: GeometryNodes, position: Any, ends: np.ndarray, length: float, shortened: float) -> Any:
    """0 to 1: how far a gauge between two vertices, so long at rest, is folded."""
    one, other = (_at(build, position, int(end)) for end in ends)
    node = build.add("ShaderNodeVectorMath")
    node.operation = "DISTANCE"
    build.link(one, node.inputs[0])
    build.link(other, node.inputs[1])
    range_ = build.add("ShaderNodeMapRange")
    begin, end = (1.0 - SLACK) * length, (1.0 - SLACK - shortened) * length
    build.link(node.outputs["Value"], range_.inputs["Value"])
    range_.inputs["From Min"].default_value, range_.inputs["From Max"].default_value = begin, end
    return range_.outputs["Result"]


def _at(build: GeometryNodes, position: Any, row: int) -> Any:
    """The place of one vertex, the same for all."""
    node = build.add("GeometryNodeSampleIndex")
    node.data_type, node.domain = "FLOAT_VECTOR", "POINT"
    build.link(build.given[0], node.inputs["Geometry"])
    build.link(position, _value(node.inputs))
    node.inputs["Index"].default_value = row
    return _value(node.outputs)


def _value(sockets: Any) -> Any:
    """Of a node's sockets for each kind of data, the one that counts."""
    return next(each for each in sockets if each.name == "Value" and each.enabled)


def _distance(build: GeometryNodes, vector: Any, point: tuple[float, ...]) -> Any:
    node = build.add("ShaderNodeVectorMath")
    node.operation = "DISTANCE"
    build.link(vector, node.inputs[0])
    node.inputs[1].default_value = point
    return node.outputs["Value"]


def _by(build: GeometryNodes, operation: str, value: Any, constant: float = 0.0) -> Any:
    found = build.math(operation, value)
    found.node.inputs[1].default_value = constant
    return found
