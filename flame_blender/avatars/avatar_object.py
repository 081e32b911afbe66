"""The object of an avatar: a cloud of splats, the head's child, which keeps them in the frames of its triangles.

Everything that it needs is in the .blend: its own attributes, the nodes, and the mesh that they look at.
"""

from __future__ import annotations

from typing import Any

import bpy
import mathutils
import numpy as np

from ..blender_pointers import there
from ..errors import AvatarError
from ..flame.model import FLAME_TOPOLOGY, FlameModel
from ..geometry.axes import TO_BLENDER
from ..head import parameters
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..splats import teeth
from ..splats.placing import in_axes, placed
from ..splats.splats import Splats
from . import following_nodes, splat_cloud, teeth_object
from .avatar_settings import BOTH
from .following_nodes import CORNERS, TRIANGLE
from .seen import avatars_of, followed, is_avatar, settings_of
from .splat_cloud import read, require_splats, write
from .turned_colours import turn

NAME = "Avatar"


def add(head: bpy.types.Object, splats: Splats, name: str, teeth_offsets: np.ndarray | None = None) -> bpy.types.Object:
    """An avatar of bound splats, as a file of FLAME's axes tells them, which follows the head from then on.

    ``teeth_offsets`` (120, 3) metres are added to the teeth at rest, where some splat is bound to them. Raises
    AvatarError in a Blender without splats, and for triangles that the head does not have.
    """
    require_splats()
    model = parameters.require_evaluator(parameters.require_head(head)).model
    faces = faces_for(model, splats)
    toothed = len(faces) > len(model.faces)
    made_teeth = teeth_object.add(head, model, teeth_offsets) if toothed else None
    made = bpy.data.objects.new(name, _cloud(name, splats, faces, toothed))
    for collection in head.users_collection:
        collection.objects.link(made)
    made.parent = head
    made.matrix_parent_inverse.identity()
    made.matrix_basis = mathutils.Matrix(frame_of(head).matrix.tolist())
    following_nodes.follow(made, head, made_teeth)
    return made


def rewrite(avatar: bpy.types.Object, splats: Splats) -> None:
    """Give an avatar other splats, bound to triangles of its head; everything else of it stays."""
    head, before = there(followed(avatar), "a head"), avatar.data
    model = parameters.require_evaluator(parameters.require_head(head)).model
    faces, modifier = faces_for(model, splats), following_nodes.modifier_of(avatar)
    toothed = following_nodes.given(modifier, following_nodes.TEETH) is not None
    if len(faces) > len(model.faces) and not toothed:
        following_nodes.give(modifier, following_nodes.TEETH, teeth_object.add(head, model))
        toothed = True
    data: Any = before
    name, cloud = data.name, _cloud(data.name, splats, faces if toothed else model.faces, toothed)
    for material in data.materials:
        cloud.materials.append(material)
    avatar.data = cloud
    clouds: Any = bpy.data.pointclouds
    if not data.users:
        clouds.remove(data)
        cloud.name = name
    if settings_of(avatar).turned:
        turn(avatar, True)


def _cloud(name: str, splats: Splats, faces: np.ndarray, toothed: bool) -> Any:
    triangles = np.asarray(splats.triangles)
    cloud = splat_cloud.new_cloud(name, _in_blender(splats))
    write(cloud, TRIANGLE, "INT", triangles)
    write(cloud, CORNERS, "FLOAT_VECTOR", _teeth_first(faces, toothed)[triangles])
    return cloud


def faces_for(model: FlameModel, splats: Splats) -> np.ndarray:
    """(F, 3) the triangles that bound splats are told in: the model's, with those of teeth where splats have such.

    Raises AvatarError where the model lacks some.
    """
    if splats.triangles is None:
        raise ValueError("expected splats that are bound to triangles, found such that stand by themselves.")
    last, count = int(splats.triangles.max()), len(model.faces)
    if last < count:
        return model.faces
    if (model.n_vertices, count) == FLAME_TOPOLOGY:
        if last < count + teeth.N_TRIANGLES:
            return np.concatenate([model.faces, teeth.triangles(model.n_vertices)])
        count += teeth.N_TRIANGLES
    raise AvatarError(
        f"expected splats bound to triangles 0 to {count - 1} of this head, found {last}; choose a head of the model "
        "that the avatar was trained on."
    )


def remove(avatar: bpy.types.Object) -> None:
    """Delete it, and the head's teeth with the last that needs them; after the last of all its mesh is seen again."""
    head, data = followed(avatar), avatar.data
    had = following_nodes.given(following_nodes.modifier_of(avatar), following_nodes.TEETH)
    bpy.data.objects.remove(avatar)
    clouds: Any = bpy.data.pointclouds
    if data is not None and not data.users:
        clouds.remove(data)
    others = [each for each in bpy.data.objects if is_avatar(each)]
    needed = {following_nodes.given(following_nodes.modifier_of(each), following_nodes.TEETH) for each in others}
    if head is not None and had is not None and had not in needed and teeth_object.object_of(head) == had:
        teeth_object.remove(head)
    if head is not None and not avatars_of(head):
        settings_of(head).shown = BOTH


def bound_splats(avatar: bpy.types.Object) -> Splats:
    """An avatar's splats in the frames of its head's triangles, with colours in FLAME's axes: as a file has them."""
    kept = splat_cloud.splats_of(avatar.data)
    harmonics = in_axes(kept.harmonics, TO_BLENDER.T)
    triangles = read(avatar.data, TRIANGLE, "INT")
    return Splats(kept.centres, kept.scales, kept.rotations, kept.opacities, harmonics, triangles)


def posed_splats(avatar: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> Splats:
    """Its splats where they are in the world, in Blender's axes, as the dependency graph has evaluated them."""
    evaluated = avatar.evaluated_get(depsgraph)
    matrix = np.array(evaluated.matrix_world, np.float64)
    return placed(splat_cloud.splats_of(evaluated.data), matrix[:3, :3], matrix[:3, 3])


def flame_vertices(avatar: bpy.types.Object) -> np.ndarray:
    """(V, 3) metres in FLAME's axes: the mesh that an avatar follows, as it is written, then its teeth."""
    head = there(followed(avatar), "a head")
    made = following_nodes.given(following_nodes.modifier_of(avatar), following_nodes.TEETH)
    parts = [read_positions(mesh_of(each)) for each in (head, made) if each is not None]
    return frame_of(head).to_flame(np.concatenate(parts))


def teeth_offsets(head: bpy.types.Object) -> np.ndarray | None:
    """(120, 3) metres that are added to the head's teeth at rest; None where nothing is."""
    made = teeth_object.object_of(head)
    return None if made is None else teeth_object.offsets_of(made)


def _in_blender(splats: Splats) -> Splats:
    """Colours seen along Blender's axes: the rest is told in triangles, whose frames turn with the head."""
    harmonics = in_axes(splats.harmonics, TO_BLENDER)
    return Splats(splats.centres, splats.scales, splats.rotations, splats.opacities, harmonics, splats.triangles)


def _teeth_first(faces: np.ndarray, toothed: bool) -> np.ndarray:
    """The triangles with their vertices numbered as the nodes have them: teeth first, then the head."""
    if not toothed:
        return faces
    first = FLAME_TOPOLOGY[0]
    return np.where(faces < first, faces + teeth.N_TEETH, faces - first)
