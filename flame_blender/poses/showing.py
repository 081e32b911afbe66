"""Faces on a head: blended in, added on top, mirrored; at once, or while a strength is dragged."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import bpy
import numpy as np

from ..character import scores as named_scores
from ..character.scores import computing_for, described
from ..errors import ParameterError
from ..flame.controls import Controls
from ..head import parameters
from ..long_work import Options, number
from ..saved_faces.blended import Shown, blended, left_out
from ..saved_faces.face import TURNED, Face
from . import keeping

STRONGEST = 3.0


@dataclass(frozen=True, kw_only=True)
class BlendOptions(Options):
    """The keywords of :func:`blend_face`, for :func:`blending_face`.

    Attributes
    ----------
    strength : float, default 1.0
        0 leaves the head as it is, 1 shows the face, and beyond 1 it is overdone.
    add : bool, default False
        Add the face times ``strength`` to what the head shows; scores end at 0 and 1.
    mirrored : bool, default False
        The other way round: what the left side does, the right one does.
    frame : float or None, default None
        Where to key what was set; None keys nothing.
    """

    strength: float = number(1.0, least=-STRONGEST, most=STRONGEST)
    add: bool = False
    mirrored: bool = False
    frame: float | None = None


def face_called(obj: bpy.types.Object, name: str) -> Face:
    """The preset or the saved face of that name. Raises ParameterError, which lists what there is."""
    controls = described(parameters.require_head(obj))
    saved = keeping.saved_by_name()
    if any(preset.name == name for preset in controls.presets):
        return face_of_preset(controls, name)
    if name in saved:
        return saved[name].face
    known = ", ".join((*(preset.name for preset in controls.presets), *saved))
    raise ParameterError(f"face: expected one of {known}, found {name!r}.")


def face_of_preset(controls: Controls, name: str) -> Face:
    """A preset, which sets all controls. Raises ParameterError."""
    scores = controls.preset(name).scores
    return Face(name=name, scores=dict(zip(controls.names, scores.tolist(), strict=True)))


def blending(obj: bpy.types.Object, face: str | Face, options: BlendOptions) -> Generator[float, None, FaceBlend]:
    """Blend a face into a head; see ``api.blend_face``. Yields the share that is done of computing.

    Raises FlameError.
    """
    found = face_called(obj, face) if isinstance(face, str) else face
    if options.frame is not None and not np.isfinite(options.frame):
        raise ParameterError(f"frame: expected a finite number, found {options.frame}.")
    obj = yield from computing_for(obj)
    blend = FaceBlend(obj, found, keyed=options.frame is not None)
    blend.show(options.strength, add=options.add, mirrored=options.mirrored)
    if options.frame is not None:
        parameters.keyframe(obj, options.frame, blend.fields)
    return blend


class FaceBlend:
    """A face that is being blended into a head, from what the head shows when it begins.

    Attributes
    ----------
    face : Face
        The face.
    head : bpy.types.Object or None
        The head; None once it is gone.
    fields : tuple of str
        What the face sets, for :func:`auto_key`: "controls", and fields of FlameParams.
    left_out : tuple of str
        Controls that the face moves and the head does not have.
    """

    def __init__(self, obj: bpy.types.Object, face: Face, *, keyed: bool = False) -> None:
        """Raises ParameterError for what is no head, one without its model or controls, or a linked one to be keyed."""
        head = parameters.require_head(obj)
        reason = named_scores.missing(obj)
        if reason is not None:
            raise ParameterError(reason)
        if keyed:
            parameters.require_own(obj)
        named_scores.complete(obj)
        self.face, self._name = face, obj.name
        self._before = Shown(named_scores.scores_of(obj), {name: tuple(getattr(head, name)) for name in TURNED})
        self.fields: tuple[str, ...] = (parameters.CONTROLS, *face.rotations)
        self.left_out = left_out(self._before, face)

    @property
    def head(self) -> bpy.types.Object | None:
        """The head that it is blended into."""
        return bpy.data.objects.get(self._name)

    def show(self, strength: float, *, add: bool = False, mirrored: bool = False) -> None:
        """Show it by a strength, from what there was at first."""
        face = self.face.mirrored() if mirrored else self.face
        self._set(blended(self._before, face, strength, add=add), tuple(face.rotations))
        self.fields = (parameters.CONTROLS, *face.rotations)

    def put_back(self) -> None:
        """Show what there was at first."""
        turned = {*self.face.rotations, *self.face.mirrored().rotations}
        self._set(self._before, tuple(turned))

    def _set(self, shown: Shown, turned: tuple[str, ...]) -> None:
        obj = self.head
        if obj is None:
            raise ParameterError(f"{self._name} is gone; begin again on another head.")
        fields = {name: shown.rotations[name] for name in turned}
        named_scores.set_all(obj, fields, shown.scores)
