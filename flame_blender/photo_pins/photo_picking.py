"""Landmarks picked on a photo one after the other: which is next, where it is likely to be, what stays of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import shown_scene
from ..geometry.weak_perspective import weak_perspective
from ..head.create import landmark_set_of
from ..head.landmarks import embedding_of
from ..head.under_work import FileBefore
from ..observations.photo_camera import photo_of
from ..picking import drawing
from ..picking.picking import FIRST_IN_A_PHOTO, Picking, guide_of
from ..scene_fits import pinned_photos
from ..scene_fits.head_to_fit import head_to_fit
from ..scene_fits.pinned_photos import Pin
from . import loupe, photos
from .photo_view import PhotoView

LEAST_TO_SUGGEST = 4
FLATTEST = 0.06  # third to first extent of points that tell how a head is turned


class PhotoPicking(Picking):
    """Landmarks by row, in pixels of the photo."""

    def suggestion(self) -> np.ndarray | None:
        """(2,) where the next landmark should be, by the model's head as the placed points see it.

        Where its other side is placed, what that is off by is mirrored, too. None where too few are placed, or those
        that are lie in one plane.
        """
        rows = [row for row in self.placed if row != self.now]
        places = self.guide.places[rows]
        if len(rows) < LEAST_TO_SUGGEST:
            return None
        extents = np.linalg.svd(places - places.mean(0), compute_uv=False)
        if extents[2] < FLATTEST * extents[0]:
            return None
        camera = weak_perspective(places, np.array([self.placed[row] for row in rows]))
        point, other = camera.project(self.guide.places[self.now]), self.guide.mirror[self.now]
        if other == self.now or other not in self.placed:
            return point
        off = self.placed[other] - camera.project(self.guide.places[other])
        across = camera.project(np.array([1.0, 0.0, 0.0])) - camera.project(np.zeros(3))
        length = np.linalg.norm(across)
        way = across / length if length > 0 else np.zeros(2)
        return point + off - 2 * way * (off @ way)


class PhotoPickingSession:
    """Landmarks that are placed on the photo behind a camera one after the other.

    Which are placed is in ``picking.placed``, in pixels from the photo's top left corner, x right, y down, by rows of
    the model's usual set; which is next in ``picking.now``. Nothing is saved before :meth:`keep`.
    """

    def __init__(
        self, photo: str | Path | bpy.types.Image | bpy.types.Object | None, head: bpy.types.Object | None = None
    ) -> None:
        """Of a photo for which a camera is made, that of a camera, or None, the one behind the scene's camera."""
        model = head_to_fit(head).model
        self._before = FileBefore(shown_scene())
        if isinstance(photo, bpy.types.Object) and pinned_photos.is_anothers(photo, head):
            photo = photo_of(photo)  # behind a camera of its own
        self.camera = photo if isinstance(photo, bpy.types.Object) else photos.show_photo(photo, head)
        photos.look_through(self.camera)
        self.head, self.photo = head, photo_of(self.camera)
        embedding = embedding_of(model, landmark_set_of(model))
        self.picking = PhotoPicking(guide_of(model, embedding, FIRST_IN_A_PHOTO))
        self.suggestion: np.ndarray | None = None
        self.pointer: np.ndarray | None = None  # in the region, while it is over the photo
        self.sides = pinned_photos.sides_of(self.camera)
        self._others = [pin for pin in pinned_photos.pins_of(self.camera) if pin.number is None]
        self._rows = {int(name.partition(" ")[0]): row for row, name in enumerate(self.picking.guide.names)}
        for pin in pinned_photos.pins_of(self.camera):
            if pin.number in self._rows:
                self.picking.placed[self._rows[pin.number]] = pin.pixel
        self.picking.begin()

    def place(self, pixel: np.ndarray) -> None:
        """The next landmark, at a place of the photo."""
        self.picking.place(pixel)
        self.suggestion = None

    def begin_drag(self, row: int) -> None:
        """Remember where the landmark is, so that the whole drag is taken back at once."""
        self.picking.move(row, self.picking.placed[row])

    def drag(self, row: int, pixel: np.ndarray) -> None:
        """The landmark follows the pointer."""
        self.picking.placed[row] = np.array(pixel, np.float64)
        self.suggestion = None

    def take_back(self) -> None:
        """Undo the last change."""
        self.picking.take_back()
        self.suggestion = None

    def suggest(self) -> None:
        """Where the next landmark is likely to be."""
        self.suggestion = self.picking.suggestion()

    def skip(self, by: int) -> None:
        """To the next landmark, or back."""
        self.picking.skip(by)
        self.suggestion = None

    def choose(self, number: int) -> None:
        """To the landmark with this number."""
        self.picking.choose(number)
        self.suggestion = None

    def keep(self) -> None:
        """Save the landmarks with the camera: a fit takes them from there."""
        numbers = {row: number for number, row in self._rows.items()}
        pins = [Pin(pixel=pixel, number=numbers[row], held=False) for row, pixel in sorted(self.picking.placed.items())]
        pinned_photos.keep_pins(self.camera, [*pins, *self._others], self.head)

    def put_back(self) -> None:
        """Leave everything as it was before."""
        self._before.put_back()

    def view(self, region: Any, region_view: Any) -> PhotoView | None:
        """Where the photo lies in a region."""
        return PhotoView.of(region, region_view, self.camera, self.sides)

    def draw(self) -> None:
        """The picture of the face, the landmarks and the loupe, over the view that is being drawn."""
        context: Any = bpy.context
        view = self.view(context.region, context.region_data)
        if view is None:
            return
        seen = view

        def see(pixel: np.ndarray) -> tuple[float, float]:
            x, y = seen.to_region(pixel)
            return float(x), float(y)

        drawing.draw(self.picking, self.suggestion, see)
        if self.pointer is not None and view.holds(view.to_photo(self.pointer)):
            size = context.region.width, context.region.height
            loupe.draw(self.photo, view, self.pointer, size, context.preferences.system.ui_scale)
