"""The head that something is brought onto: one that is there, or one that is added and goes again if the work fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import bpy

from . import create, parameters
from .mesh import mesh_of

if TYPE_CHECKING:
    from ..flame.params import FlameParams
    from ..model_files.library import ModelEntry

NAME = "FLAME Head"
PLACES = ("location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale")
COMES_WITH_A_HEAD = ("actions", "materials", "images", "node_groups")  # in the order in which they use each other


class HeadUnderWork:
    """What :func:`head_under_work` gives: ``head`` is None until a new one has been added by :meth:`of_model`."""

    def __init__(self, head: bpy.types.Object | None, collection: bpy.types.Collection) -> None:
        self.head, self.collection = head, collection
        self.is_new = head is None
        self._there: dict[str, set[int]] = {}  # what was in the file before a head was added
        self._before: tuple[dict[str, tuple[float, ...]], FlameParams, bool] | None = None

    def of_model(self, entry: ModelEntry) -> bpy.types.Object:
        """The head; where there is none yet, a neutral one of the model is added."""
        if self.head is None:
            self._there = {kind: {each.session_uid for each in getattr(bpy.data, kind)} for kind in COMES_WITH_A_HEAD}
            self.head = create.add_head(entry, NAME, self.collection, with_landmarks=False)
        return self.head

    def remember(self) -> None:
        """Keep place and parameters of a head that was there, which the work changes while it is not yet done."""
        if not self.is_new and self.head is not None:
            place = {name: tuple(getattr(self.head, name)) for name in PLACES}
            self._before = place, parameters.get_params(self.head), self.head.flame.symmetric_eyes

    def put_back(self) -> None:
        """Leave everything as it was before the work."""
        if self.head is None:
            return
        if self.is_new:
            self._remove(self.head)
            self.head = None
        elif self._before is not None:
            place, params, symmetric = self._before
            self.head.flame.symmetric_eyes = symmetric
            for name, values in place.items():
                setattr(self.head, name, values)
            set_all(self.head, params)

    def _remove(self, head: bpy.types.Object) -> None:
        mesh = mesh_of(head)
        bpy.data.objects.remove(head)
        bpy.data.meshes.remove(mesh)
        for kind, there in self._there.items():
            data = getattr(bpy.data, kind)
            for each in [each for each in data if each.session_uid not in there and not each.users]:
                data.remove(each)


@contextmanager
def head_under_work(
    head: bpy.types.Object | None, scene: bpy.types.Scene, collection: bpy.types.Collection
) -> Iterator[HeadUnderWork]:
    """Own ``head``, or a new one, until the block ends.

    A new head stays with Lock Interface on. On an error, or when a generator is closed within, a new head is removed
    with all that came with it, and one that was there is as :meth:`HeadUnderWork.remember` found it.
    """
    work, done = HeadUnderWork(head, collection), False
    try:
        yield work
        done = True
    finally:
        if not done:
            work.put_back()
    if work.is_new and work.head is not None:
        create.lock_interface(scene)


def set_all(head: bpy.types.Object, params: FlameParams) -> None:
    """Give the head all of the parameters, those that are None included."""
    parameters.set_params(head, {name: getattr(params, name) for name in parameters.ALL_FIELDS})
