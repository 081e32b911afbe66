"""Meshes with the UVs of a template and a picture on them, as VOCA renders them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..clips.mesh_clip import entry_for, plain_object
from ..errors import FlameError, ModelError
from ..export.uvs import uvs_of_model
from ..files.meshes.template import load_template
from ..head import models
from ..sequences.meshes import MeshSequence
from ..shading.material_nodes import new_material, principled

NAME = "FLAME Film"
ROUGHNESS = 0.6


def textured(
    meshes: MeshSequence, collection: bpy.types.Collection, uv_template: Path | None, texture: Path | None
) -> bpy.types.Object:
    """A mesh of the template's faces with its UVs, or of the model's of as many vertices, that shows the picture.

    Raises ModelError for a template that does not belong to the meshes or has no UVs, FlameError for what is no
    picture.
    """
    faces, uvs = _of_model(meshes) if uv_template is None else _of_template(meshes, uv_template)
    obj = plain_object(replace(meshes, faces=faces), NAME, collection)
    mesh: Any = obj.data
    layer = mesh.uv_layers.new(name="UVMap")
    layer.uv.foreach_set("vector", np.ascontiguousarray(uvs, np.float32).ravel())
    if texture is not None:
        mesh.materials.append(_material(texture))
    return obj


def _of_template(meshes: MeshSequence, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """(F, 3) faces and (3 F, 2) UVs of their corners."""
    template = load_template(path)
    expected, found = meshes.vertices.shape[1], len(template.vertices)
    if found != expected:
        raise ModelError(f"{path}: expected a template of {expected} vertices, as the meshes have, found {found}.")
    if template.uv_coords is None or template.uv_faces is None:
        raise ModelError(f"{path}: expected a template with UVs (vt), found none; choose VOCA's texture_mesh.obj.")
    return template.faces, template.uv_coords[template.uv_faces].reshape(-1, 2)


def _of_model(meshes: MeshSequence) -> tuple[np.ndarray, np.ndarray]:
    entry = entry_for(None, meshes)
    evaluator = None if entry is None else models.evaluator(entry.fingerprint)
    uvs = None if evaluator is None else uvs_of_model(evaluator.model)
    if evaluator is None or uvs is None:
        raise ModelError(
            "texture: expected uv_template, an OBJ with UVs, or an installed model that has some, found neither."
        )
    return evaluator.model.faces, uvs.coords[uvs.faces].reshape(-1, 2)


def _material(texture: Path) -> bpy.types.Material:
    try:
        image: Any = bpy.data.images.load(str(texture))
    except RuntimeError as error:
        reason = str(error).removeprefix("Error: ").strip().rstrip(".")
        raise FlameError(f"{texture}: expected a picture, found none that Blender reads ({reason}).") from error
    if not image.size[0]:
        raise FlameError(f"{texture}: expected a picture, found none that Blender reads; choose another file.")
    material = new_material(NAME)
    tree: Any = material.node_tree
    shader = principled(material)
    shader.inputs["Roughness"].default_value = ROUGHNESS
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    return material
