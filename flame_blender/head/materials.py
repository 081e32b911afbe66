"""Plain materials, so that a first render looks like a head: skin, and eyes with iris and pupil."""

from __future__ import annotations

import bpy
import numpy as np

from ..flame.model import JOINT_NAMES, FlameModel

# name: base colour (linear), roughness, subsurface weight, subsurface radius in metres
LOOKS = {
    "FLAME Skin": ((0.58, 0.34, 0.25), 0.48, 0.12, (0.010, 0.004, 0.002)),
    "FLAME Lips": ((0.45, 0.17, 0.15), 0.38, 0.12, (0.010, 0.004, 0.002)),
    "FLAME Sclera": ((0.82, 0.79, 0.76), 0.12, 0.0, (0.002, 0.002, 0.002)),
    "FLAME Iris": ((0.10, 0.17, 0.22), 0.10, 0.0, (0.002, 0.002, 0.002)),
    "FLAME Pupil": ((0.005, 0.005, 0.005), 0.08, 0.0, (0.002, 0.002, 0.002)),
}
SKIN, SCLERA, IRIS, PUPIL = "FLAME Skin", "FLAME Sclera", "FLAME Iris", "FLAME Pupil"
# half angles of iris and pupil seen from the centre of the eyeball: about 12 mm and 4 mm on a 24 mm ball
IRIS_ANGLE, PUPIL_ANGLE = np.radians(29.0), np.radians(10.5)


def assign(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Give ``mesh`` (made from ``model``) its material slots and each polygon its slot."""
    names, slots = _materials_of(model)
    for name in names:
        mesh.materials.append(_material(name))
    mesh.polygons.foreach_set("material_index", slots.astype(np.int32))


def _materials_of(model: FlameModel) -> tuple[tuple[str, ...], np.ndarray]:
    display = model.display
    if display is not None and display.polygon_materials is not None:
        return tuple(f"FLAME {name.title()}" for name in display.material_names), display.polygon_materials
    return (SKIN, SCLERA, IRIS, PUPIL), _eye_slots(model)


def _eye_slots(model: FlameModel) -> np.ndarray:
    """(Q,) slot of each polygon: an eyeball is what its eye joint moves, its iris and pupil lie towards +Z."""
    polygons = model.polygons
    slots = np.zeros(len(polygons), np.int32)
    for joint, name in enumerate(JOINT_NAMES):
        if not name.endswith("_eye"):
            continue
        moved = model.weights[:, joint] > 0.5
        ball = moved[polygons].all(axis=1)
        if ball.any():
            slots[ball] = 1 + _iris_and_pupil(model.v_template, polygons[ball], moved)
    return slots


def _iris_and_pupil(vertices: np.ndarray, polygons: np.ndarray, ball: np.ndarray) -> np.ndarray:
    """0 sclera, 1 iris, 2 pupil, for polygons of one eyeball."""
    centre = 0.5 * (vertices[ball].max(axis=0) + vertices[ball].min(axis=0))
    towards = vertices[polygons].mean(axis=1) - centre
    angle = np.arccos(np.clip(towards[:, 2] / np.linalg.norm(towards, axis=1), -1.0, 1.0))
    return (angle < IRIS_ANGLE).astype(np.int32) + (angle < PUPIL_ANGLE)


def _material(name: str) -> bpy.types.Material:
    material = bpy.data.materials.get(name)
    if material is not None and material.library is None:
        return material
    colour, roughness, subsurface, radius = LOOKS.get(name, LOOKS[SKIN])
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):  # always on since
        material.use_nodes = True
    material.diffuse_color = (*colour, 1.0)
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Subsurface Weight"].default_value = subsurface
    shader.inputs["Subsurface Radius"].default_value = radius
    shader.inputs["Subsurface Scale"].default_value = 1.0
    return material
