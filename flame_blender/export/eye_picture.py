"""The eyes' material as a picture, for files that hold no nodes."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..head.mesh import read_uvs, shown_uvs
from ..head.properties import flame_of
from ..looks.gaze import eye_colours, laid_out
from ..shading.eye_material import EYE, GAZE, is_eye
from ..texture_models.encoding import as_srgb
from ..textures.rasterise import rasterised

SIZE = 1024
BEYOND = 4  # texels beyond a border that repeat its colour


def eye_picture(obj: bpy.types.Object) -> bpy.types.Image | None:
    """What a head's eyes show, in its UVs, packed; the eyes of a mesh without any get some. None: no gaze is told."""
    mesh: Any = obj.data
    gaze = mesh.attributes.get(GAZE)
    if gaze is None:
        return None
    directions = np.empty((len(mesh.vertices), 3), np.float32)
    gaze.data.foreach_get("vector", directions.ravel())
    corners, loops = _triangles(obj)
    layer = shown_uvs(mesh)
    uvs = np.zeros((len(mesh.loops), 2), np.float32) if layer is None else read_uvs(layer)
    if layer is None:
        uvs[loops.ravel()] = laid_out(directions[corners]).reshape(-1, 2)
        mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", uvs.ravel())
    return _image(painted(uvs[loops], directions[corners], *_irises_of(obj)))


def painted(
    uvs: np.ndarray,
    directions: np.ndarray,
    iris: np.ndarray,
    centre: np.ndarray | None = None,
    size: int = SIZE,
) -> np.ndarray:
    """(size, size, 3) linear colours, rows up, of triangles with ``uvs`` (n, 3, 2) and ``directions`` (n, 3, 3)."""
    colours = np.tile(eye_colours(np.array([[0.0, 0.0, -1.0]]), iris, centre), (size * size, 1))
    known = np.zeros(size * size, bool)
    for triangle, texel, weights in rasterised(uvs * np.float64(size), size, size):
        colours[texel] = eye_colours(np.einsum("nk,nki->ni", weights, directions[triangle]), iris, centre)
        known[texel] = True
    inside = known.reshape(size, size)
    for _ in range(BEYOND):
        for axis in (0, 1):
            for step in (1, -1):
                there = np.flatnonzero(np.roll(inside, step, axis) & ~inside)
                row, column = np.divmod(there, size)
                beside = ((row - step) % size, column) if axis == 0 else (row, (column - step) % size)
                colours[there] = colours[beside[0] * size + beside[1]]
                inside.ravel()[there] = True
    return colours.reshape(size, size, 3)


def _triangles(obj: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (n, 3) and corners (n, 3) of the triangles that have a material of eyes."""
    mesh: Any = obj.data
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    corners, loops, slots = np.empty((count, 3), np.int32), np.empty((count, 3), np.int32), np.empty(count, np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners.ravel())
    mesh.loop_triangles.foreach_get("loops", loops.ravel())
    mesh.loop_triangles.foreach_get("material_index", slots)
    own = np.isin(slots, [number for number, slot in enumerate(obj.material_slots) if is_eye(slot.material)])
    return corners[own], loops[own]


def _irises_of(obj: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """Linear colours (3,) of the iris, and of the ring round the pupil."""
    head = flame_of(obj)
    iris, centre = np.array(head.iris_colour), np.array(head.iris_centre)
    return iris, iris + head.iris_centre_amount * (centre - iris)


def _image(colours: np.ndarray) -> bpy.types.Image:
    made: Any = bpy.data.images.new(EYE, len(colours), len(colours))
    pixels = np.ones((*colours.shape[:2], 4), np.float32)
    far_off = colours[0, 0]  # of most texels, which lie in no eye
    own = np.logical_or.reduce([colours[..., each] != far_off[each] for each in range(3)])
    pixels[..., :3] = as_srgb(far_off.astype(np.float32))
    pixels[own, :3] = as_srgb(colours[own].astype(np.float32))
    made.pixels.foreach_set(pixels.ravel())
    made.update()
    made.pack()
    return made
