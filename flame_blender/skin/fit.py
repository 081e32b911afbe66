"""A texture model fitted to what a head shows: a projected photo, or any picture in the head's UVs."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named
from ..errors import ModelError, ParameterError
from ..export.uvs import uvs_of as head_uvs_of
from ..flame.model import FlameModel
from ..head import materials
from ..head.parameters import evaluate, require_evaluator, require_head
from ..long_work import Options, part_of
from ..shading import pictures
from ..texture_models.encoding import as_light, as_srgb
from ..texture_models.fitting import fitting_texture
from ..texture_models.texture_model import SRGB, TextureModel
from ..textures.face_uvs import FaceUvs
from ..textures.image_pyramid import sampled
from ..textures.texels import Texels, texels_of_triangles
from ..textures.visibility import vertex_normals
from . import setting, uv_map

PHOTO, MASK = "{} Texture", "{} Mask"  # how projected photos are called; a picture's mask, white where it counts
SEEN = 0.5
MOST_TEXELS = 512  # on a side, at which a picture is looked at


@dataclass(frozen=True, kw_only=True)
class TextureFitOptions(Options):
    """What :func:`fit_texture` takes, for :func:`fitting_texture`.

    Attributes
    ----------
    image : str or None, default None
        Name of the image to fit, in the UVs that the head is rendered with, and where there is one "<image> Mask" says
        where it counts; None is the photo that :func:`project_photo` laid into the head's texture.
    texture : str or None, default None
        Name of the texture model; None is the head's own, or the first that is installed.
    lit : bool, default True
        The picture has light and shadow in it, as photos have, which the fit is to leave out.
    """

    image: str | None = None
    texture: str | None = None
    lit: bool = True


@dataclass(frozen=True, eq=False)
class FittedTexture:
    """A skin that was fitted to a picture.

    Attributes
    ----------
    coefficients : (K,) float32
        Of the texture model, standard deviations; the head has them.
    error : float
        Root mean square of what is left where the picture was seen, as a share of white.
    seen : float
        Share of the skin that was seen, 0 to 1.
    light : (9, 3) float64
        Spherical harmonics of the light that was found, for red, green and blue.
    """

    coefficients: np.ndarray
    error: float
    seen: float
    light: np.ndarray


def fitting(obj: bpy.types.Object, options: TextureFitOptions) -> Generator[float, None, FittedTexture]:
    """Fit and show it; yields the share that is done. Closed early, or on a FlameError, nothing has changed."""
    head = require_head(obj)
    model = require_evaluator(head).model
    texture = setting.chosen_texture(head, options.texture)
    image = _image_of(obj, options.image)
    places = head_uvs_of(obj, model)
    if places is None:
        raise ModelError(f"{obj.name} has no UVs, in which the picture would lie: install head_template.obj.")
    yield 0.05
    skin = np.flatnonzero(~materials.eye_vertices(model)[model.faces[:, 0]])  # eyes have materials of their own
    texels = _texels(model, uv_map.uvs_of(model, texture), skin, min(texture.size, MOST_TEXELS))
    yield 0.3
    colours, seen = _seen_in(image, _mask_of(image), texels, FaceUvs(places.coords, places.faces[skin]))
    yield 0.4
    vertices = evaluate(obj)
    normals = texels.points(vertex_normals(vertices, model.faces)) if options.lit else None
    at = _rows_of(texels, texture.size)
    steps = fitting_texture(texture, at, _in_space(colours, image, texture), seen, normals)
    found = yield from part_of(steps, 0.4, 0.95)
    setting.put_on(obj, texture.fingerprint, found.coefficients)
    for kept in (image, _mask_of(image)):
        if kept is not None and kept.library is None:
            kept.use_fake_user = True  # what was measured stays with the file, though the head shows another picture
    return FittedTexture(found.coefficients, found.error, float(seen.mean()), found.light)


def _image_of(obj: bpy.types.Object, name: str | None) -> bpy.types.Image:
    image = named(bpy.data.images, PHOTO.format(obj.name) if name is None else name)
    if image is None and name is None:
        raise ParameterError(f"{obj.name} has no projected photo: press Project Photo, or name an image in its UVs.")
    if image is None:
        raise ParameterError(f"image: expected the name of an image, found {name!r}.")
    if not all(pictures.size_of(image)):
        raise ParameterError(f"The image {image.name!r} cannot be read: its file is missing; find it, or pack it.")
    return image


def _mask_of(image: bpy.types.Image) -> bpy.types.Image | None:
    mask = named(bpy.data.images, MASK.format(image.name))
    return mask if mask is not None and pictures.size_of(mask) == pictures.size_of(image) else None


def _texels(model: FlameModel, uvs: FaceUvs, skin: np.ndarray, size: int) -> Texels:
    """The texels of the texture model's picture that are of the triangles ``skin`` (m,)."""
    chosen = np.isin(np.arange(len(model.faces)), skin)
    return texels_of_triangles(model.v_template, model.faces, uvs.coords[uvs.faces], chosen, size)


def _rows_of(texels: Texels, size: int) -> np.ndarray:
    """(n,) which texels of a picture of ``size`` a side the used ones are, or those in their middle."""
    rows, columns = np.divmod(texels.used, texels.size)
    scale = size / texels.size
    return ((rows + 0.5) * scale).astype(np.int64) * size + ((columns + 0.5) * scale).astype(np.int64)


def _seen_in(
    image: bpy.types.Image, mask: bpy.types.Image | None, texels: Texels, places: FaceUvs
) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) colours of the image at the used texels, and (n,) bool whether it counts there.

    ``places``: the image's UVs on the triangles that have texels.
    """
    corners = places.coords[places.faces[texels.triangles.ravel()[texels.used]]]
    at = np.einsum("nk,nki->ni", texels.weights.reshape(-1, 3)[texels.used], corners, dtype=np.float64)
    picture = pictures.pixels_of(image)
    height, width = picture.shape[:2]
    footprints = np.full(len(at), max(1.0, width / texels.size))
    inside = ((at >= 0) & (at <= 1)).all(1)
    spots = at[:, ::-1] * [height, width]
    found = sampled(picture, spots, footprints)
    counts = found[:, 3] > SEEN
    if mask is not None:
        counts &= sampled(pictures.pixels_of(mask)[..., :1], spots, footprints)[:, 0] > SEEN
    return found[:, :3], counts & inside


def _in_space(colours: np.ndarray, image: Any, texture: TextureModel) -> np.ndarray:
    """Colours as the texture model's numbers are: light, or sRGB's."""
    encoded = not image.is_float and image.colorspace_settings.name == "sRGB"
    if encoded == (texture.colour_space == SRGB):
        return colours
    return as_light(colours) if encoded else as_srgb(np.clip(colours, 0.0, 1.0))
