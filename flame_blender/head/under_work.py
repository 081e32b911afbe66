"""The head that something is brought onto: one that is there, or one that is added and goes again if the work fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ..errors import ParameterError
from . import create, live, parameters
from .mesh import mesh_of
from .properties import flame_of
from .templates import template_sequence

if TYPE_CHECKING:
    from ..flame.params import FlameParams
    from ..model_files.library import ModelEntry

NAME = "FLAME Head"
PLACES = ("location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale")
# what bringing something in may set of a scene
OF_SCENE = ("frame_end", "camera")
OF_RENDER = (
    "fps", "fps_base", "resolution_x", "resolution_y", "pixel_aspect_x", "pixel_aspect_y", "use_lock_interface",
)  # fmt: skip
COMES_WITH_A_HEAD = ("actions", "materials", "images", "node_groups", "collections")


class HeadUnderWork:
    """What :func:`head_under_work` gives: ``head`` is None until a new one has been added by :meth:`of_model`."""

    def __init__(self, head: bpy.types.Object | None, scene: bpy.types.Scene, collection: bpy.types.Collection) -> None:
        self.head, self.scene, self.collection = head, scene, collection
        self.is_new = head is None
        self._without: FileBefore | None = None  # before a head was added
        self._unfinished: FileBefore | None = None
        self._before: tuple[dict[str, tuple[float, ...]], FlameParams, np.ndarray, bool] | None = None

    def of_model(self, entry: ModelEntry, name: str = NAME, with_landmarks: bool = False) -> bpy.types.Object:
        """The head; where there is none yet, a neutral one of the model is added, whole or not at all."""
        if self.head is None:
            self._without = FileBefore(self.scene)
            try:
                self.head = create.add_head(entry, name, self.collection, with_landmarks)
            except BaseException:
                self._without.put_back()
                raise
        return self.head

    def take(self) -> None:
        """Have a head that was there follow what the work tries: what was sculpted on it is kept as offsets.

        Raises ParameterError where it does not follow its parameters, or takes its rest shape from a sequence.
        """
        if self.head is None or self.is_new:
            return
        trouble = live.trouble(self.head)
        if trouble is not None:
            raise ParameterError(trouble)
        template_sequence.require_own_template(self.head, template_sequence.REMOVE_FIRST)
        parameters.keep_sculpt(self.head)
        self.remember()

    def remember(self) -> None:
        """Keep place and parameters of a head that was there, for :meth:`put_back`."""
        if not self.is_new and self.head is not None:
            place = {name: tuple(getattr(self.head, name)) for name in PLACES}
            head = flame_of(self.head)
            own = parameters.get_own_params(self.head), parameters.scores_of(head)
            self._before = place, *own, head.symmetric_eyes

    def finish(self) -> None:
        """Tell that nothing is waited for from here on, so that whatever comes into the file is the work's own."""
        self._unfinished = FileBefore(self.scene)

    def put_back(self) -> None:
        """Leave everything as it was before the work, but for the curves of a head that was there."""
        if self._unfinished is not None:
            self._unfinished.put_back()
        if self.is_new and self._without is not None:
            self._without.put_back_head(self.head)
            self.head = None
        elif self.head is not None and self._before is not None:
            place, params, scores, symmetric = self._before
            flame_of(self.head).symmetric_eyes = symmetric
            for name, values in place.items():
                setattr(self.head, name, values)
            set_all(self.head, params, scores)


class FileBefore:
    """What was in the file, by kind and identity, and how the scene was set."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._there = {kind: {each.session_uid for each in getattr(bpy.data, kind)} for kind in kinds()}
        owners: tuple[tuple[Any, tuple[str, ...]], ...] = (scene, OF_SCENE), (scene.render, OF_RENDER)
        self._settings = [(owner, name, getattr(owner, name)) for owner, names in owners for name in names]

    def put_back(self) -> None:
        """Remove all that has come, and set the scene as it was: only where nobody else can have added anything."""
        for owner, name, value in self._settings:
            setattr(owner, name, value)
        bpy.data.batch_remove([each for kind in self._there for each in self._new(kind)])

    def put_back_head(self, head: bpy.types.Object | None) -> None:
        """Remove a head that was added, if it is still there, and what came with it that nothing else uses."""
        if head is not None and any(each == head for each in self._new("objects")):
            mesh = mesh_of(head)
            bpy.data.objects.remove(head)
            bpy.data.meshes.remove(mesh)
        for kind in COMES_WITH_A_HEAD:  # in the order in which they use each other
            bpy.data.batch_remove([each for each in self._new(kind) if not each.users])

    def _new(self, kind: str) -> list[bpy.types.ID]:
        return [each for each in getattr(bpy.data, kind) if each.session_uid not in self._there[kind]]


def kinds() -> list[str]:
    """Names of the lists of all that a file holds, such as "objects"."""
    return [each.identifier for each in bpy.data.bl_rna.properties if each.type == "COLLECTION"]


@contextmanager
def head_under_work(
    head: bpy.types.Object | None, scene: bpy.types.Scene, collection: bpy.types.Collection
) -> Iterator[HeadUnderWork]:
    """Own ``head``, or a new one, until the block ends. Raises ParameterError for a linked head, which keeps no keys.

    A new head stays with Lock Interface on. On an error, or when a generator is closed within, a new head is removed
    with all that came with it, and one that was there is as :meth:`HeadUnderWork.remember` found it; what came since
    :meth:`HeadUnderWork.finish` goes too, and the scene's settings are those of then.
    """
    if head is not None:
        parameters.require_own(head)
    work, done = HeadUnderWork(head, scene, collection), False
    try:
        yield work
        done = True
    finally:
        if not done:
            work.put_back()
    if work.is_new and work.head is not None:
        create.lock_interface(scene)


def set_all(head: bpy.types.Object, params: FlameParams, scores: np.ndarray | None = None) -> None:
    """Give the head all of the parameters, those that are None included; all scores zero, or these (C,)."""
    fields: dict[str, Any] = {name: getattr(params, name) for name in parameters.ALL_FIELDS}
    if scores is None:
        scores = np.zeros(len(flame_of(head).controls), np.float32)
    parameters.set_params(head, {**fields, parameters.CONTROLS: scores})
