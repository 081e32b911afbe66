"""The picture of each head that has texture coefficients, and when it is written.

As with vertices (:mod:`..head.live`) the values are those of the evaluated object, and the original's own image is
written. Images are not evaluated: all dependency graphs show the one there is, that of the frame evaluated last.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..errors import FlameError
from ..head import live, models
from ..head.mesh import mesh_of
from ..head.properties import FLAME_PG_head, flame_of, head_of
from ..texture_models.picture import TexturePicture
from ..texture_models.texture_model import TextureModel
from . import installed, picture_image, skin_material, uv_map


@dataclass(eq=False)
class Shown:
    """What a head's images show: ``written`` are the coefficients, None where that is not known.

    ``is_own``: the images are known to be no other head's.
    """

    texture: TextureModel
    parts: tuple[TexturePicture, ...]
    pixels: np.ndarray
    written: np.ndarray | None = None
    is_own: bool = False


_shown: dict[int, Shown] = {}
_from_file: set[int] = set()  # heads whose images are as the file packed them
_stopped: dict[int, str] = {}
_put_off: set[int] = set()  # scenes whose Persistent Data is off while they are rendered


def forget() -> None:
    """Drop what is known of all heads, and the texture models behind it."""
    _shown.clear()
    _from_file.clear()
    _stopped.clear()
    installed.forget()


def after_loading() -> None:
    """The images are those that the file packed."""
    forget()
    _from_file.update(obj.session_uid for obj in bpy.data.objects if is_textured(obj))


def after_undo() -> None:
    """Undo puts coefficients back and leaves pixels as they were: every picture is written anew."""
    _from_file.clear()
    for shown in _shown.values():
        shown.written, shown.is_own = None, False
    for obj in bpy.data.objects:
        if is_textured(obj):
            refresh(obj)


def before_render(scene: bpy.types.Scene) -> None:
    """Persistent Data is off for the render: before Blender 5.2 Cycles would go on with the first frame's pictures."""
    if bpy.app.version < (5, 2) and scene.render.use_persistent_data and any(map(is_textured, bpy.data.objects)):
        scene.render.use_persistent_data = False
        _put_off.add(scene.session_uid)


def after_render(scene: bpy.types.Scene) -> None:
    """Persistent Data as the user had it."""
    if scene.session_uid in _put_off:
        _put_off.discard(scene.session_uid)
        scene.render.use_persistent_data = True


def is_textured(obj: bpy.types.Object) -> bool:
    """Whether an object is a head with texture coefficients."""
    head = head_of(obj)
    return head is not None and bool(head.texture_model)


def follow(depsgraph: bpy.types.Depsgraph) -> None:
    """Bring the pictures of the heads that the dependency graph has just updated to their evaluated values."""
    for update in list(depsgraph.updates):
        obj = update.id
        if isinstance(obj, bpy.types.Object):
            head, original = head_of(obj), obj.original
            if head is not None and head.texture_model and original is not None:
                refresh(original, head)


def refresh(obj: bpy.types.Object, head: FLAME_PG_head | None = None) -> None:
    """Bring the picture of ``obj`` up to date with the values of ``head``, by default its own.

    Where it cannot be, :func:`trouble` says why, and it stays as it is.
    """
    head = head or flame_of(obj)
    texture = installed.texture_model(head.texture_model)
    if texture is None or not head.live or not _may_write(obj):
        return
    coefficients = read_coefficients(head)
    try:
        shown = _shown_of(obj, texture)
        if shown.written is None or shown.written.tobytes() != coefficients.tobytes():
            _write(obj, shown, coefficients)
    except FlameError as error:
        _stopped[obj.session_uid] = str(error)
        return
    _stopped.pop(obj.session_uid, None)


def read_coefficients(head: FLAME_PG_head) -> np.ndarray:
    """(K,) float32 as they are set."""
    values = np.zeros(len(head.texture), np.float32)
    if len(values):
        head.texture.foreach_get("value", values)
    return values


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the picture does not follow the head's texture coefficients, in one sentence; None when it does."""
    head = flame_of(obj)
    if not head.texture_model:
        return None
    missing = installed.missing(head.texture_model, head.texture_name)
    if missing is not None:
        return missing
    if not _may_write(obj):
        return f"{obj.name} keeps its skin: its picture is gone, or another file's; choose the texture model again."
    return _stopped.get(obj.session_uid)


def values_of(obj: bpy.types.Object) -> tuple[np.ndarray, ...]:
    """(P,) float32 of each part of what the head shows, brought up to date. Empty where it cannot be shown."""
    refresh(obj)
    shown = _shown.get(obj.session_uid)
    return () if shown is None or trouble(obj) is not None else tuple(part.values for part in shown.parts)


def keep_all() -> None:
    """Pack every picture that was written since it was packed: pixels alone are not saved."""
    for obj in bpy.data.objects:
        shown = _shown.get(obj.session_uid)
        if shown is not None and shown.written is not None and is_textured(obj) and _may_write(obj):
            keep(obj, shown.written)


def keep(obj: bpy.types.Object, coefficients: np.ndarray) -> None:
    """Pack a head's pictures, unless they are packed with these coefficients."""
    for image in images_of(obj):
        packed = picture_image.packed_with(image)
        if packed is None or packed.tobytes() != coefficients.tobytes():
            picture_image.keep(image, coefficients)


def images_of(obj: bpy.types.Object) -> list[bpy.types.Image]:
    """The head's own pictures: colour, and what shines."""
    head = flame_of(obj)
    return [image for image in (head.texture_image, head.specular_image) if image is not None]


def forget_head(obj: bpy.types.Object) -> None:
    """Drop what is known of one head: its images are others."""
    _shown.pop(obj.session_uid, None)
    _stopped.pop(obj.session_uid, None)
    _from_file.discard(obj.session_uid)


def _may_write(obj: bpy.types.Object) -> bool:
    head = flame_of(obj)
    image = head.texture_image
    return obj.library is None and image is not None and image.library is None


def _shown_of(obj: bpy.types.Object, texture: TextureModel) -> Shown:
    uid = obj.session_uid
    shown = _shown.get(uid)
    if shown is None or shown.texture is not texture:
        present = {other.session_uid for other in bpy.data.objects}
        for gone in [known for known in _shown if known not in present]:
            del _shown[gone]
            _stopped.pop(gone, None)
        parts = [part for part in (texture.diffuse, texture.specular) if part is not None]
        shown = Shown(texture, tuple(map(TexturePicture, parts)), picture_image.new_pixels(texture.size))
        if uid in _from_file:
            image = flame_of(obj).texture_image
            shown.written = None if image is None else picture_image.packed_with(image)
        _shown[uid] = shown
    if not shown.is_own and not bpy.app.is_job_running("RENDER"):
        if _make_own(obj):
            shown.written = None
        _lay_out(obj, texture)
        shown.is_own = True
    return shown


def _make_own(obj: bpy.types.Object) -> bool:
    """Give a head that shares its pictures, as copies do, pictures of its own; whether it did."""
    head = flame_of(obj)
    image = head.texture_image
    others = (head_of(other) for other in bpy.data.objects if other != obj)
    if not any(other is not None and other.texture_image == image for other in others):
        return False
    pictures: list[bpy.types.Image | None] = []
    for each in (head.texture_image, head.specular_image):
        own = None if each is None else each.copy()
        if own is not None:
            own.name = f"{obj.name} {'Skin' if not pictures else 'Skin Shine'}"
        pictures.append(own)
    colour, shine = pictures
    head.texture_image, head.specular_image = colour, shine
    if colour is not None:
        skin_material.make_own(obj, (colour, shine))
    return True


def _lay_out(obj: bpy.types.Object, texture: TextureModel) -> None:
    """Give a head whose mesh is another by now, as that of a converted one, the UVs that its material asks for."""
    evaluator, head_mesh = models.evaluator(flame_of(obj).fingerprint), mesh_of(obj)
    asked = skin_material.layer_of(obj)
    if evaluator is None or asked is None or asked in head_mesh.uv_layers or live.blocked(obj) is not None:
        return
    uvs = uv_map.uvs_of(evaluator.model, texture)
    skin_material.use_layer(obj, uv_map.layer_for(head_mesh, uv_map.on_corners(head_mesh, evaluator.model, uvs)))


def _write(obj: bpy.types.Object, shown: Shown, coefficients: np.ndarray) -> None:
    for image, part in zip(images_of(obj), shown.parts, strict=False):
        picture_image.write(image, shown.pixels, part.show(coefficients))
    shown.written = coefficients
