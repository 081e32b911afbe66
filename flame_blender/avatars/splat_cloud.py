"""Splats as a point cloud of Blender's, whose attributes they are.

Blender 5.3 names them ``position``, ``scale`` (metres), ``rotation`` (w x y z), ``radiance:base`` (the three first
coefficients and the opacity) and ``radiance:sh_0`` to ``radiance:sh_14``, the further coefficients in the order and
with the signs of 3D Gaussian Splatting, for directions in the object's axes.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..errors import AvatarError
from ..splats.harmonics import MOST_DEGREE
from ..splats.splats import Splats

SINCE = (5, 3)
KIND = "GAUSSIAN_SPLAT"
POSITION, SCALE, ROTATION, BASE, FURTHER = "position", "scale", "rotation", "radiance:base", "radiance:sh_{}"
KEYS = {"FLOAT_VECTOR": "vector", "QUATERNION": "value", "FLOAT4": "vector", "INT": "value"}  # of foreach_get, by type
WIDTHS = {"FLOAT_VECTOR": 3, "QUATERNION": 4, "FLOAT4": 4, "INT": 1}


def why_not() -> str | None:
    """Why there can be no splats, in one sentence; None where there can."""
    if bpy.app.version[:2] >= SINCE:
        return None
    found = ".".join(map(str, bpy.app.version))
    return f"Gaussian avatars need Blender {SINCE[0]}.{SINCE[1]} or newer, found {found}; open the file there."


def require_splats() -> None:
    """Raise AvatarError in a Blender that has none."""
    reason = why_not()
    if reason is not None:
        raise AvatarError(reason)


def is_cloud(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a point cloud of splats."""
    data: Any = None if obj is None else obj.data
    return isinstance(data, bpy.types.PointCloud) and getattr(data, "type", "") == KIND


def count_of(obj: bpy.types.Object) -> int:
    """How many splats a cloud has."""
    data: Any = obj.data
    return len(data.points)


def new_cloud(name: str, splats: Splats) -> Any:
    """A point cloud of them, as they are told."""
    clouds: Any = bpy.data.pointclouds
    cloud = clouds.new(name)
    cloud.resize(len(splats))
    cloud.type = KIND
    write(cloud, POSITION, "FLOAT_VECTOR", splats.centres)
    write(cloud, SCALE, "FLOAT_VECTOR", splats.scales)
    write(cloud, ROTATION, "QUATERNION", splats.rotations)
    write(cloud, BASE, "FLOAT4", np.column_stack([splats.harmonics[:, 0], splats.opacities]))
    for number in range(splats.harmonics.shape[1] - 1):
        write(cloud, FURTHER.format(number), "FLOAT_VECTOR", splats.harmonics[:, 1 + number])
    return cloud


def splats_of(cloud: Any) -> Splats:
    """What its attributes tell, bound to nothing. Raises AvatarError for a cloud that lacks some of them."""
    missing = [name for name in (POSITION, SCALE, ROTATION, BASE) if name not in cloud.attributes]
    if missing or not len(cloud.points):
        found = f"{len(cloud.points)} points without {', '.join(missing)}" if missing else "none"
        raise AvatarError(f"{cloud.name}: expected splats, found {found}; choose a cloud of Gaussian splats.")
    base = read(cloud, BASE, "FLOAT4")
    harmonics = np.zeros((len(base), (degree_of_cloud(cloud) + 1) ** 2, 3), np.float32)
    harmonics[:, 0] = base[:, :3]
    for number in range(harmonics.shape[1] - 1):
        harmonics[:, 1 + number] = read(cloud, FURTHER.format(number), "FLOAT_VECTOR")
    centres, scales = read(cloud, POSITION, "FLOAT_VECTOR"), read(cloud, SCALE, "FLOAT_VECTOR")
    return Splats(centres, scales, read(cloud, ROTATION, "QUATERNION"), base[:, 3].copy(), harmonics)


def degree_of_cloud(cloud: Any) -> int:
    """Of the harmonics that its attributes have, 0 to 3."""
    there = 1 + sum(FURTHER.format(number) in cloud.attributes for number in range((MOST_DEGREE + 1) ** 2 - 1))
    return max(degree for degree in range(MOST_DEGREE + 1) if (degree + 1) ** 2 <= there)


def write(cloud: Any, name: str, kind: str, values: np.ndarray) -> None:
    """Give every point its values of an attribute, which is made where it is not there."""
    attribute = cloud.attributes.get(name) or cloud.attributes.new(name, kind, "POINT")
    flat = np.ascontiguousarray(values, np.int32 if kind == "INT" else np.float32).ravel()
    attribute.data.foreach_set(KEYS[kind], flat)


def read(cloud: Any, name: str, kind: str) -> np.ndarray:
    """(N, width) of an attribute, (N,) where a point has one number. Raises AvatarError for another kind."""
    attribute = cloud.attributes.get(name)
    if attribute is None or attribute.data_type != kind or len(attribute.data) != len(cloud.points):
        found = "none" if attribute is None else f"{attribute.data_type} of {len(attribute.data)} values"
        raise AvatarError(f"{cloud.name}: expected the attribute {name} ({kind}) of every point, found {found}.")
    width = WIDTHS[kind]
    values = np.empty(len(cloud.points) * width, np.int32 if kind == "INT" else np.float32)
    attribute.data.foreach_get(KEYS[kind], values)
    return values if width == 1 else values.reshape(-1, width)
