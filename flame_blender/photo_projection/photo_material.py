"""Photos laid into a head's texture: the image, what the cameras saw of it, and the material that shows it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named, shown_scene
from ..errors import ModelError, ParameterError
from ..flame.landmarks import landmark_points
from ..flame.model import FlameModel
from ..head import create, materials, parameters
from ..head.mesh import mesh_of, read_uvs, shown_uvs
from ..long_work import Options, choice, number
from ..observations.photo_camera import camera_about, photo_of
from ..scene_fits import properties
from ..shading import pictures
from ..shading.material_nodes import new_material, principled
from ..textures.photo_texture import DISPLAY_GAMMA, Doubt, PhotoTexture, filled, merged, project_photo
from ..textures.skin_colours import face_vertices
from ..textures.texels import MAX_SIZE, Texels, texels_of_triangles

ROUGHNESS = 0.5
UNCERTAINTY = 0.002  # metres: what fits to landmarks leave open on neck and skull, beside which the background lies


@dataclass(frozen=True, eq=False)
class PhotoTextured:
    """A photo as a head's texture.

    Attributes
    ----------
    image : bpy.types.Image
        The texture, packed into the .blend.
    mask : bpy.types.Image
        White where a camera saw the head; packed too.
    material : bpy.types.Material
        Shows the texture.
    seen : float
        Share of the head's texels that were seen, 0 to 1.
    """

    image: bpy.types.Image
    mask: bpy.types.Image
    material: bpy.types.Material
    seen: float


@dataclass(frozen=True, kw_only=True)
class PhotoTextureOptions(Options):
    """What :func:`project_photo` takes, for :func:`projecting_photo`.

    Attributes
    ----------
    size : int, pixels, default 1024
        Side of the texture, 1 to 8192.
    filling : str, default "MIRROR"
        What the camera did not see: "MIRROR" takes it from the other side, "BLUR" from around.
    """

    size: int = number(1024, least=1, most=MAX_SIZE)
    filling: str = choice("MIRROR", "BLUR")


def projecting(
    head: bpy.types.Object, cameras: Sequence[bpy.types.Object] | None, options: PhotoTextureOptions
) -> Generator[float, None, PhotoTextured]:
    """Lay the photos behind ``cameras`` (None: those of the head's fit) into the head's texture.

    Each place takes most of the photo that shows it finest; what none shows is filled. Raises FlameError before
    anything changes.
    """
    model = parameters.require_evaluator(parameters.require_head(head)).model
    cameras = properties.cameras_of_fit(head) if cameras is None else cameras
    photos = [photo_of(camera) for camera in cameras] or [photo_of(None)]
    _check_colours(photos)
    about = [
        camera_about(head, camera, pictures.size_of(photo), shown_scene())
        for camera, photo in zip(cameras, photos, strict=True)
    ]
    yield 0.05
    texels, vertices = _texels(head, model, options.size), parameters.evaluate(head)
    face = _face_of(model)
    textures: list[PhotoTexture] = []
    for seen_by, photo in zip(about, photos, strict=True):
        yield 0.3 + 0.4 * len(textures) / len(photos)
        textures.append(
            project_photo(texels, vertices, seen_by, _rows_down(photo), Doubt(UNCERTAINTY, face, photo.is_float))
        )
    texture = merged(textures)
    if not texture.seen.any():
        names = " and ".join(camera.name for camera in cameras)
        raise ModelError(f"{head.name} is not seen by {names}: fit the photo again, or turn the camera to it.")
    yield 0.7
    whole = filled(texture, options.filling)  # type: ignore[arg-type]  # a choice
    yield 0.9
    image = _image(f"{head.name} Texture", whole, photos[0])
    mask = _image(f"{head.name} Texture Mask", np.repeat(texture.seen[..., None], 4, -1), None)
    made = _material(head, image, _linear(texture.tone, photos[0]))
    materials.show_on_painted(head, model, made)
    return PhotoTextured(image, mask, made, float(texture.seen.ravel()[texels.used].mean()))


def _check_colours(photos: list[bpy.types.Image]) -> None:
    """ParameterError for pictures whose numbers mean different colours."""
    kinds = {(photo.is_float, _colour_space(photo).name) for photo in photos}
    if len(kinds) > 1:
        found = " and ".join(sorted(f"{name} ({'float' if is_float else '8 bit'})" for is_float, name in kinds))
        raise ParameterError(f"Photos of one head must have one kind of colours, found {found}: convert them.")


def _colour_space(image: bpy.types.Image) -> Any:
    """Its settings, which every picture has; of the names the stubs know none."""
    return image.colorspace_settings


def _rows_down(photo: bpy.types.Image) -> np.ndarray:
    """(H, W, 4) float32 of a picture."""
    return np.ascontiguousarray(pictures.pixels_of(photo)[::-1])


def _texels(head: bpy.types.Object, model: FlameModel, size: int) -> Texels:
    """Of the skin, by the mesh's own UVs and materials, which need not be those of the model. Raises ModelError."""
    mesh: Any = mesh_of(head)
    if len(mesh.vertices) != model.n_vertices:
        raise ModelError(f"{head.name} has {len(mesh.vertices)} vertices, its model {model.n_vertices}: undo the edit.")
    layer = shown_uvs(mesh)
    if layer is None:
        has = model.display is not None and model.display.uv_coords is not None
        what = "it was made before they were installed; press Update Heads" if has else "install head_template.obj"
        raise ModelError(f"{head.name} has no UVs, which a texture needs: {what}.")
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    corners, loops = np.empty((count, 3), np.int32), np.empty((count, 3), np.int32)
    polygons, slots = np.empty(count, np.int32), np.empty(len(mesh.polygons), np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners.ravel())
    mesh.loop_triangles.foreach_get("loops", loops.ravel())
    mesh.loop_triangles.foreach_get("polygon_index", polygons)
    mesh.polygons.foreach_get("material_index", slots)
    chosen = np.isin(slots, materials.painted_slots(mesh, model))[polygons]
    texels = texels_of_triangles(model.v_template, corners, read_uvs(layer)[loops], chosen, size)
    if not len(texels.used):
        raise ModelError(f"{head.name}: expected UVs of the skin between 0 and 1, found none; unwrap the mesh.")
    return texels


def _face_of(model: FlameModel) -> np.ndarray | None:
    """(V,) bool: where the landmarks are, to which photos are fitted; None for a model without any."""
    if not model.landmarks:
        return None
    embedding = model.landmarks[create.landmark_set_of(model)]
    points = landmark_points(model.v_template, model.faces, embedding)
    inside = np.array(
        [not name.endswith(" jaw") for name in embedding.names]
    )  # the contour lies where background begins
    return face_vertices(model.v_template, points[inside])


def _linear(tone: np.ndarray, photo: bpy.types.Image) -> np.ndarray:
    """The tone as light, whether the photo's numbers are light or what a screen shows."""
    return tone if photo.is_float or str(_colour_space(photo).name) == "Non-Color" else tone**DISPLAY_GAMMA


def _image(name: str, pixels: np.ndarray, like: bpy.types.Image | None) -> bpy.types.Image:
    """A new packed image (S, S, 4), rows up, in place of the one of that name; colours as ``like`` keeps them."""
    size = len(pixels)
    is_float = like is not None and like.is_float
    image = named(bpy.data.images, name)
    if (
        image is None
        or image.library is not None
        or pictures.size_of(image) != (size, size)
        or image.is_float != is_float
    ):
        if image is not None and image.library is None:
            image.name = f"{name} (before)"
        image = bpy.data.images.new(name, size, size, alpha=True, float_buffer=is_float)
    _colour_space(image).name = "Non-Color" if like is None else _colour_space(like).name
    image.alpha_mode = "CHANNEL_PACKED"
    numbers: Any = image.pixels
    numbers.foreach_set(np.ascontiguousarray(pixels, np.float32).ravel())
    image.update()
    image.pack()
    return image


def _material(head: bpy.types.Object, image: bpy.types.Image, tone: np.ndarray) -> bpy.types.Material:
    """The image on a plain surface; where none is shown, as in Solid view, the skin's tone."""
    name = f"{head.name} Photo"
    material = named(bpy.data.materials, name)
    if material is None or material.library is not None:
        material = new_material(name)
    tree: Any = material.node_tree
    nodes = tree.nodes
    shader = principled(material)
    picture = next((node for node in nodes if node.type == "TEX_IMAGE"), None) or nodes.new("ShaderNodeTexImage")
    picture.image, picture.location = image, (-320, 300)
    shader.inputs["Roughness"].default_value = ROUGHNESS
    shader.inputs["Base Color"].default_value = (*tone.tolist(), 1.0)  # FBX takes it to Solid view elsewhere
    tree.links.new(picture.outputs["Color"], shader.inputs["Base Color"])
    nodes.active = picture
    material.diffuse_color = materials.in_viewport(tone.tolist())  # type: ignore[assignment]
    return material
