"""Giving a head the skin of a texture model, setting its coefficients, and taking it off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..errors import ParameterError
from ..head import live, parameters
from ..head.mesh import is_linked, mesh_of
from ..head.parameters import require_evaluator, require_head
from ..head.properties import FLAME_PG_head, flame_of
from ..keyframes import animation
from ..texture_models.picture import checked_coefficients
from ..texture_models.texture_model import TextureModel
from . import following, installed, picture_image, skin_material, uv_map

LARGEST = 3.0  # standard deviations of a random skin
SEED_OF_TEXTURE = 2  # beside those of identity and expression, which are drawn from the same seed


def require_texture(head: FLAME_PG_head) -> TextureModel:
    """The head's texture model. Raises ParameterError where it has none, or it is not installed."""
    if not head.texture_model:
        raise ParameterError("Expected a head with a texture model, found one without: choose one in the Skin panel.")
    texture = installed.texture_model(head.texture_model)
    if texture is None:
        raise ParameterError(str(installed.missing(head.texture_model, head.texture_name)))
    return texture


def chosen_texture(head: FLAME_PG_head, texture: str | Path | None) -> TextureModel:
    """The texture model of a name, a fingerprint or a file; None: the head's own, else the first. Raises FlameError."""
    if texture is None and head.texture_model:
        return require_texture(head)
    entry = installed.resolve(texture)
    return installed.require(entry.fingerprint, entry.name)


def put_on(obj: bpy.types.Object, texture: str | Path | None, coefficients: Any = None) -> None:
    """Give the head the skin of a texture model: a name, a fingerprint or a file; None: its own, else the first.

    ``coefficients`` (k,): fewer than the model has: the rest becomes 0; None leaves those of the same texture model
    as they are. Everything is checked before anything is written. Raises FlameError.
    """
    head = require_head(obj)
    model = require_evaluator(head).model
    found = chosen_texture(head, texture)
    before = following.read_coefficients(head) if head.texture_model == found.fingerprint else ()
    numbers = checked_coefficients(found.diffuse, before if coefficients is None else coefficients)
    why = _why_untouchable(obj)
    if why is not None:
        raise ParameterError(why)
    is_new = head.texture_model != found.fingerprint or head.texture_image is None
    is_new |= skin_material.material_of(obj) is None
    if is_new:
        _begin(obj, found, uv_map.on_corners(mesh_of(obj), model, uv_map.uvs_of(model, found)))
    head.texture.foreach_set("value", numbers)
    obj.update_tag()
    following.refresh(obj)
    if is_new:
        following.keep(obj, numbers)


def take_off(obj: bpy.types.Object) -> bool:
    """Let the head show its own materials again; whether it had the skin of a texture model. Raises ParameterError."""
    head = require_head(obj)
    why = _why_untouchable(obj)
    if why is not None:
        raise ParameterError(why)
    had = bool(head.texture_model)
    animation.remove_curves(obj, (parameters.TEXTURE,))
    skin_material.take_off(obj)
    _let_go_of_images(obj)
    uv_map.remove_layer(mesh_of(obj))
    head.texture.clear()
    head.texture_model = head.texture_name = ""
    following.forget_head(obj)
    obj.update_tag()
    return had


def get(obj: bpy.types.Object) -> np.ndarray:
    """(K,) float32, standard deviations; none on a head without a texture model. Raises ParameterError."""
    return following.read_coefficients(require_head(obj))


def random(texture: TextureModel, seed: int, strength: float) -> np.ndarray:
    """(K,) float32 drawn from the texture model's statistics, no more than LARGEST away from the mean."""
    rng = np.random.default_rng([seed, SEED_OF_TEXTURE])
    drawn: np.ndarray = np.clip(rng.standard_normal(texture.count) * strength, -LARGEST, LARGEST)
    return drawn.astype(np.float32)


def _why_untouchable(obj: bpy.types.Object) -> str | None:
    if is_linked(obj) or obj.override_library is not None:
        return f"{obj.name} comes from another file: choose its skin there."
    return live.blocked(obj)


def _begin(obj: bpy.types.Object, texture: TextureModel, corners: np.ndarray) -> None:
    """Coefficients at zero, images, material and UVs of a texture model that the head had not."""
    head = flame_of(obj)
    layer = uv_map.layer_for(mesh_of(obj), corners)
    if head.texture_model != texture.fingerprint:
        animation.remove_curves(obj, (parameters.TEXTURE,))
        head.texture.clear()
        for number in range(texture.count):
            head.texture.add().name = f"Texture {number + 1}"
    skin_material.take_off(obj)
    _let_go_of_images(obj)
    head.texture_model, head.texture_name = texture.fingerprint, texture.name
    head.texture_image = picture_image.new_image(f"{obj.name} Skin", texture)
    if texture.specular is not None:
        head.specular_image = picture_image.new_image(f"{obj.name} Skin Shine", texture, specular=True)
    skin_material.show(obj, require_evaluator(head).model, (head.texture_image, head.specular_image), layer)
    following.forget_head(obj)


def _let_go_of_images(obj: bpy.types.Object) -> None:
    """Of pictures that nobody else shows."""
    head = flame_of(obj)
    images = following.images_of(obj)
    head.texture_image = head.specular_image = None
    for image in images:
        if not image.users and image.library is None:
            bpy.data.images.remove(image)
