"""Landmarks as empties: picked on a scan, or the user's own; each tells its number by a property or by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

import bpy
import mathutils
import numpy as np

from ..blender_pointers import shown_scene
from ..errors import LandmarkError
from ..flame.landmarks import LandmarkEmbedding
from ..landmark_files.observed import ObservedLandmarks

NUMBER = "flame_landmark"  # the number in the landmark's name, kept when the empty is renamed
LARGEST_NUMBER = 477  # MediaPipe's mesh
SCAN = "flame_scan"  # a collection's scan, as a pointer
SIZE = 0.01  # of an empty: share of the scan's height
FROM_51_TO_68 = 17  # iBUG's numbers begin with the contour
# a number that stands alone, or else any but the .001 that Blender appends
_ALONE, _ANY = re.compile(r"(?:^|[\s_-])(\d{1,3})(?=$|[\s_.-])"), re.compile(r"(?<![\d.])(\d{1,3})(?!\d)")


def number_of(obj: bpy.types.Object) -> int | None:
    """The number of the landmark that an empty stands for, None where neither property nor name tells."""
    kept = obj.get(NUMBER)
    if isinstance(kept, int):
        return kept
    found = _ALONE.search(obj.name) or _ANY.search(obj.name)
    return int(found.group(1)) if found and int(found.group(1)) <= LARGEST_NUMBER else None


def row_of_number(embedding: LandmarkEmbedding) -> dict[int, int]:
    """The embedding's row for each number in its names."""
    return {int(name.partition(" ")[0]): row for row, name in enumerate(embedding.names)}


def numbered(objects: Iterable[bpy.types.Object]) -> dict[int, bpy.types.Object]:
    """The empties among the objects by their landmark's number. Raises LandmarkError where two have the same."""
    found: dict[int, bpy.types.Object] = {}
    for obj in sorted((obj for obj in objects if obj.type == "EMPTY"), key=lambda obj: obj.name):
        number = number_of(obj)
        if number is None:
            continue
        if number in found:
            raise LandmarkError(f"{found[number].name} and {obj.name} are both landmark {number}: rename one of them.")
        found[number] = obj
    return found


def observed(objects: Iterable[bpy.types.Object], embedding: LandmarkEmbedding) -> ObservedLandmarks:
    """Where empties stand in the world, for the rows of an embedding. Raises LandmarkError."""
    found, rows = numbered(objects), row_of_number(embedding)
    if not found:
        raise LandmarkError("Expected empties that are named by landmark numbers ('36 right eye'), found none.")
    if embedding.count + FROM_51_TO_68 > max(found) >= embedding.count and embedding.indices is None:
        rows = {row + FROM_51_TO_68: row for row in range(embedding.count)}  # numbers of all 68
    unknown = sorted(set(found) - set(rows))
    if unknown:
        raise LandmarkError(
            f"{found[unknown[0]].name}: expected the number of one of the head's {embedding.count} landmarks, "
            f"found {unknown[0]}; rename the empty."
        )
    points = np.array([obj.matrix_world.translation for obj in found.values()], np.float64)
    return ObservedLandmarks(points, np.array([rows[number] for number in found]))


def collection_of(scan: bpy.types.Object) -> bpy.types.Collection | None:
    """The collection of the landmarks picked on a scan, if there are any."""
    return next((collection for collection in bpy.data.collections if collection.get(SCAN) == scan), None)


def collection_for(scan: bpy.types.Object) -> bpy.types.Collection:
    """The same, made where there is none."""
    found = collection_of(scan)
    if found is not None:
        return found
    collection = bpy.data.collections.new(f"{scan.name} Picked Landmarks")
    collection[SCAN] = scan
    for owner in scan.users_collection or (shown_scene().collection,):
        owner.children.link(collection)
    return collection


def add(
    scan: bpy.types.Object, collection: bpy.types.Collection, name: str, place: mathutils.Vector
) -> bpy.types.Object:
    """An empty for the landmark ``name`` ("36 right eye") at ``place`` in the world, moving with the scan."""
    empty = bpy.data.objects.new(f"{scan.name} {name}", None)
    empty.empty_display_type = "SPHERE"
    empty.empty_display_size = SIZE * np.array(scan.dimensions).max() / max(np.array(scan.scale).max(), 1e-9)
    empty[NUMBER] = int(name.partition(" ")[0])
    empty.parent = scan
    empty.location = local_place(empty, place)
    empty.show_in_front = True
    collection.objects.link(empty)
    return empty


def local_place(empty: bpy.types.Object, place: mathutils.Vector) -> mathutils.Vector:
    """The location that puts an empty at ``place`` in the world, without asking Blender to update the scene."""
    if empty.parent is None:
        return place
    return empty.matrix_parent_inverse.inverted_safe() @ (empty.parent.matrix_world.inverted_safe() @ place)
