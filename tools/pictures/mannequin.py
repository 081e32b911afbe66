"""A mannequin in a shirt: a bust of balls and tubes grown together, with bones, about a FLAME file's head at rest.

It stands for a body of any other maker: its vertices are in no order that the add-on knows.
"""

from __future__ import annotations

import math
from typing import Any

import bpy
import mathutils
import numpy as np
from studio import new_material

VOXEL, ROUNDS = 0.0045, 36  # metres; of smoothing what has grown together
# Both sides alike where x is not 0. Balls: middle, radii; tubes: from, to, radii at both ends. Metres, Blender's axes.
BALLS = (
    ((0.0, 0.055, 0.040), (0.078, 0.098, 0.098)), ((0.0, 0.024, -0.010), (0.064, 0.078, 0.082)),  # skull, face
    ((0.0, 0.004, -0.042), (0.046, 0.056, 0.050)),  # chin
    ((0.0, 0.066, -0.35), (0.158, 0.104, 0.170)), ((0.0, 0.060, -0.50), (0.143, 0.096, 0.200)),  # ribs, waist
    ((0.0, 0.058, -0.68), (0.155, 0.102, 0.200)), ((0.0, 0.055, -0.228), (0.140, 0.062, 0.070)),  # hips, breastbone
    ((0.080, 0.112, -0.310), (0.085, 0.052, 0.130)), ((0.184, 0.078, -0.274), (0.054, 0.056, 0.070)),  # back, shoulder
)  # fmt: skip
TUBES = (
    ((0.0, 0.058, 0.02), (0.0, 0.080, -0.20), 0.056, 0.066),  # neck
    ((0.030, 0.096, -0.168), (0.180, 0.086, -0.258), 0.046, 0.038),  # from the neck to the shoulder
    ((0.203, 0.080, -0.27), (0.246, 0.085, -0.70), 0.050, 0.038),  # arm
)
NECKLINE, OPENING = (0.0, 0.060, -0.170), (0.142, 0.118, 0.070)  # the shirt's: a ball that it leaves free
CLOTH, THICK, HEM = "Cloth", 0.0045, 0.012  # an attribute: metres beyond the neckline; metres
BONES = {"Chest": (-0.6, -0.19), "Neck": (-0.19, -0.06), "Head": (-0.06, 0.14)}  # upright, below each other


def add_mannequin(skin: tuple[float, ...]) -> tuple[bpy.types.Object, bpy.types.Object]:
    """The mesh and its armature; ``skin`` is the colour (RGBA) of what the shirt leaves free."""
    body = _grown()
    _put_on_shirt(body, skin)
    armature = _bones()
    heights = np.array([vertex.co.z for vertex in body.data.vertices])
    names = list(BONES)
    for number, name in enumerate(names):
        low, high = BONES[name]
        share = np.ones(len(heights))
        if number:
            share *= _risen((heights - low + 0.02) / 0.06)
        if number + 1 < len(names):
            share *= 1 - _risen((heights - high + 0.02) / 0.06)
        group = body.vertex_groups.new(name=name)
        for vertex in np.flatnonzero(share > 0).tolist():
            group.add([vertex], float(share[vertex]), "REPLACE")
    body.modifiers.new("Armature", "ARMATURE").object = armature
    return body, armature


def _risen(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)


def _grown() -> Any:
    """Balls and tubes as one closed mesh."""
    parts = []
    for side in (1, -1):
        for middle, radii in BALLS:
            if side > 0 or middle[0]:
                parts.append(_ball(middle, radii, side))
        for start, end, first, last in TUBES:
            if side > 0 or start[0]:
                for share in np.linspace(0, 1, 25):
                    at = [(1 - share) * one + share * other for one, other in zip(start, end, strict=True)]
                    parts.append(_ball(at, ((1 - share) * first + share * last,) * 3, side))
    bpy.ops.object.select_all(action="DESELECT")
    for part in parts:
        part.select_set(True)
    bpy.context.view_layer.objects.active = parts[0]
    bpy.ops.object.join()
    body: Any = parts[0]
    body.name = body.data.name = "Mannequin"
    remesh = body.modifiers.new("Grown", "REMESH")
    remesh.mode, remesh.voxel_size = "VOXEL", VOXEL
    smooth = body.modifiers.new("Smooth", "SMOOTH")
    smooth.factor, smooth.iterations = 0.7, ROUNDS
    for modifier in list(body.modifiers):
        bpy.ops.object.modifier_apply(modifier=modifier.name)
    body.data.shade_smooth()
    return body


def _ball(middle: Any, radii: tuple[float, float, float], side: int) -> bpy.types.Object:
    bpy.ops.mesh.primitive_uv_sphere_add(segments=48, ring_count=32, radius=1.0)
    ball = bpy.context.object
    ball.scale, ball.location = radii, (side * middle[0], *middle[1:])
    bpy.ops.object.transform_apply(location=True, rotation=False, scale=True)
    return ball


def _put_on_shirt(body: Any, skin: tuple[float, ...]) -> None:
    """Below the neckline the surface is lifted and of cloth, above it is skin."""
    count = len(body.data.vertices)
    points, normals = np.empty((2, count, 3), np.float32)
    body.data.vertices.foreach_get("co", points.ravel())
    body.data.vertices.foreach_get("normal", normals.ravel())
    from_neck = (points - NECKLINE) / OPENING
    from_neck[:, 2] = np.minimum(from_neck[:, 2], 0)  # an upright tube above: the shirt leaves the head free
    beyond = (np.linalg.norm(from_neck, axis=1) - 1) * min(OPENING)
    beyond[points[:, 2] > -0.10] = -1.0
    cloth = body.data.attributes.new(CLOTH, "FLOAT", "POINT")
    cloth.data.foreach_set("value", beyond.astype(np.float32))
    lift = THICK * _risen(beyond / 0.004) + 0.0018 * _risen(beyond / 0.003) * _risen((HEM - beyond) / 0.003)
    points += normals * lift[:, None]
    body.data.vertices.foreach_set("co", points.ravel())
    body.data.update()
    body.data.materials.clear()
    body.data.materials.append(_material(skin))


def _material(skin: tuple[float, ...]) -> bpy.types.Material:
    """Skin where the attribute is below 0, cloth above, darker in the hem."""
    made: Any = new_material("Mannequin", skin)
    tree = made.node_tree
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Roughness"].default_value = 0.46
    shader.inputs["Subsurface Weight"].default_value = 0.35
    shader.inputs["Subsurface Radius"].default_value = (0.004, 0.0015, 0.001)
    shader.inputs["Subsurface Scale"].default_value = 1.0
    cloth: Any = tree.nodes.new("ShaderNodeBsdfPrincipled")
    cloth.inputs["Roughness"].default_value = 0.9
    cloth.inputs["Sheen Weight"].default_value = 0.25
    attribute: Any = tree.nodes.new("ShaderNodeAttribute")
    attribute.attribute_name = CLOTH
    colours: Any = tree.nodes.new("ShaderNodeValToRGB")
    span: Any = tree.nodes.new("ShaderNodeMapRange")
    span.inputs["From Min"].default_value, span.inputs["From Max"].default_value = 0.0, 2 * HEM
    colours.color_ramp.elements[0].color, colours.color_ramp.elements[0].position = (0.020, 0.045, 0.070, 1), 0.47
    colours.color_ramp.elements[1].color, colours.color_ramp.elements[1].position = (0.035, 0.075, 0.115, 1), 0.53
    is_cloth: Any = tree.nodes.new("ShaderNodeMapRange")
    is_cloth.inputs["From Min"].default_value, is_cloth.inputs["From Max"].default_value = 0.0, 0.0015
    mix: Any = tree.nodes.new("ShaderNodeMixShader")
    output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    tree.links.new(attribute.outputs["Fac"], span.inputs["Value"])
    tree.links.new(attribute.outputs["Fac"], is_cloth.inputs["Value"])
    tree.links.new(span.outputs["Result"], colours.inputs["Fac"])
    tree.links.new(colours.outputs["Color"], cloth.inputs["Base Color"])
    tree.links.new(is_cloth.outputs["Result"], mix.inputs[0])
    tree.links.new(shader.outputs["BSDF"], mix.inputs[1])
    tree.links.new(cloth.outputs["BSDF"], mix.inputs[2])
    tree.links.new(mix.outputs["Shader"], output.inputs["Surface"])
    return made


def _bones() -> bpy.types.Object:
    data: Any = bpy.data.armatures.new("Mannequin Bones")
    armature = bpy.data.objects.new("Mannequin Bones", data)
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    above = None
    for name, (low, high) in BONES.items():
        bone = data.edit_bones.new(name)
        bone.head, bone.tail, bone.parent = (0, 0.06, low), (0, 0.06, high), above
        above = bone
    bpy.ops.object.mode_set(mode="OBJECT")
    armature.hide_render = True
    return armature


def turn(armature: Any, name: str, degrees: tuple[float, float, float]) -> None:
    """Turn a bone about the world's axes."""
    bone = armature.pose.bones[name]
    rest = bone.bone.matrix_local.to_3x3()
    angles = mathutils.Euler([math.radians(each) for each in degrees]).to_matrix()
    bone.rotation_mode, bone.rotation_quaternion = "QUATERNION", (rest.inverted() @ angles @ rest).to_quaternion()
