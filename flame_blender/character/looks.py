"""How an installed model looks, made of the built-in head's looks and kept beside it: UVs, materials, painted skin."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ..assets import SKIN_TEXTURE, pictures_beside
from ..blender_pointers import there
from ..errors import ModelError, ParameterError
from ..head import models, up_to_date
from ..head.properties import head_of
from ..long_work import part_of
from ..shading.pictures import pixels_of
from . import named_controls

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry
    from ..textures.face_uvs import FaceUvs


def computing(entry: ModelEntry) -> Generator[float, None, None]:
    """Make and keep how a model looks, and its named controls where it has none. Yields the share that is done.

    Its heads look so from then on, those of this file too, as far as they have nothing but plain materials. Raises
    ParameterError for the built-in head, ModelError for a model that is no head or whose skin cannot be laid flat, and
    WriteError.
    """
    from ..files.whole_files import write_whole  # noqa: PLC0415  (enabling the add-on writes nothing)
    from ..looks.files import Looks, save_looks  # noqa: PLC0415
    from ..looks.paint import baking  # noqa: PLC0415
    from ..looks.source import painted  # noqa: PLC0415
    from ..looks.unwrap import materials_of, unwrapped  # noqa: PLC0415
    from ..textures.face_uvs import on_triangles  # noqa: PLC0415
    from ..textures.png import QUICK, png_bytes  # noqa: PLC0415

    if entry == models.built_in():
        raise ParameterError(f"{entry.name}: expected a model without a skin, found the one that brings its own.")
    begun, kept = 0.0, named_controls.kept(entry)
    if kept is None:
        begun = 0.6
        yield from part_of(named_controls.computing(entry), 0.0, begun)
        kept = there(named_controls.kept(entry), "the named controls that were just computed")
    model, source = models.as_installed(entry), painted(models.load(models.built_in()))
    display = model.display
    if display is None or display.uv_polygons is None or display.uv_coords is None:
        laid_flat = unwrapped(model, kept.correspondence, source)
        if laid_flat is None:
            raise ModelError(f"{entry.name}: its skin cannot be laid flat; install head_template.obj, which has UVs.")
        uvs: FaceUvs | None = laid_flat.uvs
        looks = Looks(laid_flat.materials, laid_flat.uvs)
    else:
        uvs = on_triangles(model.faces, display.polygons, display.uv_polygons, display.uv_coords)
        looks = Looks(materials_of(model, kept.correspondence, source), None)
    begun += 0.1
    yield begun
    if uvs is None:
        raise ModelError(
            f"{entry.name}: expected UVs for its triangles, found some for others; install head_template.obj again."
        )
    colours = yield from part_of(
        baking(model, uvs, looks.materials, kept.correspondence, source, _picture()), begun, 0.95
    )
    save_looks(models.kept_looks(entry.fingerprint), model, looks)
    models.load_anew(entry.fingerprint)
    picture = models.kept_skin(models.load(entry))
    texels = np.round(255 * np.clip(colours, 0, 1)).astype(np.uint8)[::-1]
    for number, path in reversed(tuple(enumerate([] if picture is None else pictures_beside(picture)))):
        write_whole(path, png_bytes(np.ascontiguousarray(texels[..., 3 * number : 3 * number + 3]), QUICK))
    yield 1.0


def show_on_heads(entry: ModelEntry) -> None:
    """Let the heads of a model in this file look as it does by now, where they have nothing but plain materials."""
    for obj in bpy.data.objects:
        head = head_of(obj)
        if head is not None and head.fingerprint == entry.fingerprint and "skin" in up_to_date.lacking(obj):
            up_to_date.bring_up_to_date(obj)


def is_missing(fingerprint: str) -> bool:
    """Whether a model has no painted skin yet, and could have one."""
    entry, evaluator = models.find(fingerprint), models.evaluator(fingerprint)
    if entry is None or evaluator is None or entry == models.built_in():
        return False
    skin = models.kept_skin(evaluator.model)
    own = evaluator.model.display is not None and bool(evaluator.model.display.material_names)
    return skin is None or not (own and skin.exists())


def _picture() -> np.ndarray:
    """(H, W, 9) float32, rows up: the built-in head's painted skin, its relief and its marks, as they are stored."""
    found = []
    for path in pictures_beside(SKIN_TEXTURE):
        image: Any = bpy.data.images.load(str(path))
        try:
            found.append(pixels_of(image)[..., :3])
        finally:
            bpy.data.images.remove(image)
    return np.concatenate(found, -1)
