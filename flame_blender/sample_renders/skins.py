"""Random skins of texture models on the heads of samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bpy
import numpy as np

from ..datasets.distributions import all_values
from ..datasets.recipe import Recipe
from ..errors import DatasetError, ModelError
from ..flame.model import FlameModel
from ..head import materials, models
from ..head.mesh import mesh_of
from ..shading.material_nodes import new_material
from ..shading.skin_nodes import COLOUR, PLACES, SHINE, paint_skin
from ..skin import installed, picture_image, uv_map
from ..texture_models.picture import combined
from ..texture_models.texture_model import TextureModel
from .plain_heads import NAME, PlainHead, tone_of


class Skin:
    """The pictures of one texture model, and on each head a material that shows them."""

    def __init__(self, texture: TextureModel) -> None:
        self.texture = texture
        self._pixels = picture_image.new_pixels(texture.size)
        self._parts = [(texture.diffuse, picture_image.new_image(NAME, texture))]
        if texture.specular is not None:
            self._parts.append((texture.specular, picture_image.new_image(NAME, texture, specular=True)))
        self.materials: dict[PlainHead, bpy.types.Material] = {}

    def paint(self, coefficients: np.ndarray) -> None:
        """Show ``coefficients`` (K,) float32, standard deviations."""
        for part, image in self._parts:
            picture_image.write(image, self._pixels, combined(part, coefficients))

    def prepare(self, head: PlainHead, model: FlameModel) -> None:
        """Make the material for a head. Raises DatasetError where the texture is for other vertices."""
        mesh = mesh_of(head.object)
        try:
            corners = uv_map.on_corners(mesh, model, uv_map.uvs_of(model, self.texture))
        except ModelError as error:
            raise DatasetError(f"texture.model: {error}") from error
        made: Any = new_material(NAME)
        materials.make_solid(made, materials.LOOKS[materials.SKIN])
        paint_skin(made, len(self._parts) > 1)
        nodes = made.node_tree.nodes
        for name, (_, image) in zip((COLOUR, SHINE), self._parts, strict=False):
            nodes[name].image = image
        nodes[PLACES].uv_map = uv_map.layer_for(mesh, corners)
        head.tones.append(tone_of(made))
        self.materials[head] = made

    def put_on(self, head: PlainHead, model: FlameModel) -> None:
        """Show it on skin and lips of a head that is prepared."""
        materials.show_on_painted(head.object, model, self.materials[head])


class Skins:
    """The texture models that a recipe names. Raises DatasetError where one is missing or for other heads."""

    def __init__(self, recipe: Recipe, heads: Mapping[str, PlainHead], known: Mapping[str, FlameModel]) -> None:
        self._skins: dict[str, Skin] = {}
        for name in _names(all_values(recipe.factors["texture"]["model"])):
            skin = self._skins[name] = Skin(_texture(name))
            for head_name, head in heads.items():
                skin.prepare(head, known[head_name])

    @property
    def counts(self) -> dict[str, int]:
        """How many coefficients each texture model has."""
        return {name: skin.texture.count for name, skin in self._skins.items()}

    @property
    def materials(self) -> list[bpy.types.Material]:
        """Those that show the pictures."""
        return [material for skin in self._skins.values() for material in skin.materials.values()]

    def put_on(self, name: str, coefficients: np.ndarray, head: PlainHead, model: FlameModel) -> None:
        """Paint a head with a texture model; "" is the head's own skin."""
        if name:
            self._skins[name].paint(coefficients)
            self._skins[name].put_on(head, model)
        else:
            for slot in head.object.material_slots:
                slot.link = "DATA"


def _names(values: Iterable[object]) -> list[str]:
    return [name for name in map(str, values) if name]


def _texture(name: str) -> TextureModel:
    entry = next((each for each in models.textures() if each.name == name), None)
    if entry is None:
        there = ", ".join(repr(each.name) for each in models.textures()) or "none is"
        raise DatasetError(f"texture.model: expected an installed texture model ({there}), found {name!r}; install it.")
    try:
        return installed.require(entry.fingerprint, entry.name)
    except ModelError as error:
        raise DatasetError(f"texture.model: {error}") from error
