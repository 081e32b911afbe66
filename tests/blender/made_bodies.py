"""A made-up body of SMPL-X's topology in the scene, as add-ons leave one: mesh, groups, named bones."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import mathutils
import numpy as np

from flame_blender.flame.model import FlameModel
from flame_blender.geometry.axes import to_blender
from tests.flame.body_like import NAMES, PARENTS, BodyLike, body_like


@dataclass(frozen=True, eq=False)
class MadeBody:
    """The body's mesh, its armature where it has one, and the numbers behind them."""

    mesh: bpy.types.Object
    armature: bpy.types.Object | None
    like: BodyLike

    def pose(self, **turns: tuple[float, float, float]) -> None:
        """Turn bones by rotations about the world's axes, as XYZ Euler angles."""
        for name, angles in turns.items():
            bone = self.armature.pose.bones[name]
            bone.rotation_mode = "QUATERNION"
            rest = bone.bone.matrix_local.to_3x3()
            turn = mathutils.Euler(angles).to_matrix()
            bone.rotation_quaternion = (rest.inverted() @ turn @ rest).to_quaternion()
        bpy.context.view_layer.update()

    def skinned(self) -> np.ndarray:
        """(10475, 3) world: linear blend skinning of the vertices by the pose bones, written out."""
        vertices = np.array([vertex.co for vertex in self.mesh.data.vertices], np.float64)
        moved = np.zeros_like(vertices)
        total = np.zeros(len(vertices))
        for joint in range(len(PARENTS)):
            bone = self.armature.pose.bones[bone_name(joint)]
            matrix = np.array(bone.matrix @ bone.bone.matrix_local.inverted(), np.float64)
            weight = self.like.weights[:, joint]
            moved += weight[:, None] * (vertices @ matrix[:3, :3].T + matrix[:3, 3])
            total += weight
        world = np.array(self.armature.matrix_world, np.float64)
        return (moved / total[:, None]) @ world[:3, :3].T + world[:3, 3]


def bone_name(joint: int) -> str:
    """SMPL-X's name of the joint where a test asks for it, else a made-up one."""
    return NAMES.get(joint, f"joint_{joint}")


def add_body(model: FlameModel, *, bones: bool = True) -> MadeBody:
    """Add the body of a model's mean head; with bones it hangs on its armature."""
    like = body_like(model)
    data = bpy.data.meshes.new("Body")
    data.from_pydata(to_blender(like.vertices).tolist(), [], like.faces.tolist())
    data.polygons.foreach_set("use_smooth", np.ones(len(data.polygons), bool))
    mesh = bpy.data.objects.new("Body", data)
    bpy.context.collection.objects.link(mesh)
    armature = _armature(like) if bones else None
    if armature is not None:
        for joint in range(len(PARENTS)):
            group = mesh.vertex_groups.new(name=bone_name(joint))
            for vertex in np.flatnonzero(like.weights[:, joint]).tolist():
                group.add([vertex], float(like.weights[vertex, joint]), "REPLACE")
        mesh.parent = armature
        mesh.modifiers.new("Armature", "ARMATURE").object = armature
    bpy.context.view_layer.update()
    return MadeBody(mesh, armature, like)


def _armature(like: BodyLike) -> bpy.types.Object:
    data = bpy.data.armatures.new("SMPLX")
    armature = bpy.data.objects.new("SMPLX", data)
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    places = to_blender(like.joints)
    for joint, parent in enumerate(PARENTS):
        bone = data.edit_bones.new(bone_name(joint))
        bone.head = places[joint].tolist()
        bone.tail = (places[joint] + (0, 0, 0.05)).tolist()
        if parent >= 0:
            bone.parent = data.edit_bones[bone_name(parent)]
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature
