"""One session of picking: what was clicked as empties on the scan, all of it taken back when it is left with Esc."""

from __future__ import annotations

import bpy
import mathutils
import numpy as np

from ..head.create import landmark_set_of
from ..head.landmarks import embedding_of
from ..observations import marks, rays
from ..scene_fits.head_to_fit import head_to_fit
from . import drawing
from .picking import Picking, guide_of


class PickingSession:
    """Landmarks that are placed on a scan one after the other, as empties.

    Which are placed is in ``picking.placed``, and which is next in ``picking.now``: rows of the model's usual set.
    """

    def __init__(self, scan: bpy.types.Object, head: bpy.types.Object | None = None) -> None:
        model = head_to_fit(head).model
        self.scan = scan
        self.picking = Picking(guide_of(model, embedding_of(model, landmark_set_of(model))))
        self.suggestion: np.ndarray | None = None
        self.empties: dict[int, bpy.types.Object] = {}
        self.places_before: dict[int, mathutils.Vector] = {}
        self._resume()

    def place(self, place: mathutils.Vector | np.ndarray) -> None:
        """The next landmark, at a place in the world: one that was clicked, or the suggestion."""
        self._put(self.picking.place(np.array(place)), mathutils.Vector(np.array(place).tolist()))

    def begin_drag(self, row: int) -> None:
        """Remember where the landmark is, so that the whole drag is taken back at once."""
        self.picking.move(row, self.picking.placed[row])

    def drag(self, row: int, place: mathutils.Vector) -> None:
        """The landmark follows the pointer."""
        self.picking.placed[row] = np.array(place, np.float64)
        self._put(row, place)

    def take_back(self) -> None:
        """Undo the last change."""
        row = self.picking.take_back()
        self.suggestion = None
        if row is None:
            return
        if row in self.picking.placed:
            self._put(row, mathutils.Vector(self.picking.placed[row].tolist()))
        else:
            bpy.data.objects.remove(self.empties.pop(row))

    def suggest(self) -> None:
        """The mirror of the other side, brought onto the scan."""
        found = self.picking.suggestion()
        self.suggestion = None if found is None else rays.snapped(self.scan, found)

    def skip(self, by: int) -> None:
        """To the next landmark, or back."""
        self.picking.skip(by)
        self.suggestion = None

    def choose(self, number: int) -> None:
        """To the landmark with this number."""
        self.picking.choose(number)
        self.suggestion = None

    @property
    def collection(self) -> bpy.types.Collection | None:
        """The empties; None before the first."""
        return marks.collection_of(self.scan)

    def under(self, origin: mathutils.Vector, direction: mathutils.Vector) -> mathutils.Vector | None:
        """Where a ray in the world meets the scan; None where it does not."""
        return rays.ray_hit(self.scan, origin, direction)

    def draw(self) -> None:
        """The picture of the face, and names beside the landmarks, over the view that is being drawn."""
        drawing.draw(self.picking, self.suggestion)

    def put_back(self) -> None:
        """Leave everything as it was before."""
        for row, empty in self.empties.items():
            if row in self.places_before:
                empty.location = self.places_before[row]
            else:
                bpy.data.objects.remove(empty)
        collection = self.collection
        if collection is not None and not collection.all_objects:
            bpy.data.collections.remove(collection)

    def _resume(self) -> None:
        """Go on with what was picked on the scan before."""
        collection = self.collection
        if collection is None:
            return
        rows = {int(name.split()[0]): row for row, name in enumerate(self.picking.guide.names)}
        for number, empty in marks.numbered(collection.all_objects).items():
            if number in rows:
                row = rows[number]
                self.empties[row], self.places_before[row] = empty, empty.location.copy()
                self.picking.placed[row] = np.array(empty.matrix_world.translation, np.float64)
        self.picking.begin()

    def _put(self, row: int, place: mathutils.Vector) -> None:
        self.suggestion = None
        if row in self.empties:
            empty = self.empties[row]
            empty.location = marks.local_place(empty, place)
            return
        collection = marks.collection_for(self.scan)
        self.empties[row] = marks.add(self.scan, collection, self.picking.guide.names[row], place)
