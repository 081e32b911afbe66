"""Mouth and lashes while they follow a head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import bpy
import numpy as np

from ...errors import ModelError
from ...flame.controls import ControlDirections
from ...flame.evaluator import FlameEvaluator, PreparedIdentity
from ...geometry.frame import Frame
from ...head_parts.following import FollowingParts, PartsOfModel
from ...head_parts.parts import HeadParts
from .. import mesh
from ..effective import Moving, directions_of, moving_of
from ..frame import frame_of
from ..properties import flame_of, layout_of
from ..sculpt import read_offsets
from ..templates import template_sequence
from .mouth_object import is_edited, object_of, read
from .riders import Rider


@dataclass(eq=False)
class Mouth:
    """Mouth and lashes while they follow a head: the mesh that is written, and what they were last told from."""

    parts: HeadParts
    session_uid: int = 0
    identity: PreparedIdentity | None = None
    following: FollowingParts | None = None
    of_model: PartsOfModel | None = None
    controls: ControlDirections | None = None
    columns: np.ndarray | None = None  # of the scores, for each of the parts' own movements; -1 for none

    def positions(
        self,
        identity: PreparedIdentity,
        moving: Moving,
        carried: np.ndarray,
        head_positions: np.ndarray,
        frame: Frame,
    ) -> np.ndarray:
        """(N, 3) float32 beside ``head_positions`` (V, 3); both lie in the object that has the ``frame``.

        ``carried`` (J, 3, 4) is what :meth:`PreparedIdentity.carried` gives for ``moving`` in the frame.
        """
        if self.following is None or self.identity is not identity:
            if self.of_model is None or self.of_model.model is not identity.evaluator.model:
                self.of_model = PartsOfModel(self.parts, identity.evaluator.model)
            self.following, self.identity = self.of_model.on(identity), identity
        scores = self._scores(moving) if moving.scores.any() else None
        return self.following.positions(head_positions, carried, scores, frame)

    def _scores(self, moving: Moving) -> np.ndarray:
        if self.columns is None or self.controls is not moving.controls:
            names = () if moving.controls is None else moving.controls.names
            self.controls = moving.controls
            self.columns = np.array([names.index(name) if name in names else -1 for name in self.parts.names], int)
        return np.append(moving.scores, np.float32(0))[self.columns]


def follow(
    obj: bpy.types.Object,
    known: Mouth | None,
    identity: PreparedIdentity,
    moving: Moving,
    carried: np.ndarray,
    head_positions: np.ndarray,
) -> Mouth | None:
    """Write the positions of the head's mouth and lashes, where there are any that can be; what to give next time.

    ``head_positions`` (V, 3) are what was just written of the head, with the identity and ``moving``; ``carried``
    (J, 3, 4) is where its joints took it, in the object.
    """
    made = object_of(obj)
    if made is None or not flame_of(obj).show_mouth or is_edited(made):
        return known
    data = mesh.mesh_of(made)
    if known is None or known.session_uid != data.session_uid:
        try:
            known = Mouth(read(made, identity.evaluator.model.n_vertices), data.session_uid)
        except ModelError:  # told by trouble
            return None
    if len(data.vertices) == len(known.parts.vertices):
        mesh.put_positions(data, known.positions(identity, moving, carried, head_positions, frame_of(obj)))
    return known


def over_frames(
    obj: bpy.types.Object, made: bpy.types.Object, evaluator: FlameEvaluator, values: np.ndarray, heads: np.ndarray
) -> np.ndarray:
    """(F, N, 3) float32: the head's mouth and lashes ``made``, with its values (F, size) and it at ``heads`` (F, V, 3).

    All in the object. Raises ModelError where ``made`` cannot follow.
    """
    known, frame = Mouth(read(made, evaluator.model.n_vertices)), frame_of(obj)
    return np.stack(
        [
            known.positions(identity, moving, carried, positions, frame)
            for (identity, moving, carried), positions in zip(_frames(obj, evaluator, values), heads, strict=True)
        ]
    )


def rider_over_frames(obj: bpy.types.Object, rider: Rider, evaluator: FlameEvaluator, values: np.ndarray) -> np.ndarray:
    """(F, N, 3) float32: what else rides on the head, with its values (F, size), in the object.

    Raises ModelError where it cannot follow.
    """
    identities, shapes = values[:, layout_of(flame_of(obj)).identity], []
    for (_, _, carried), identity in zip(_frames(obj, evaluator, values), identities, strict=True):
        positions = rider.positions(obj, evaluator.model, identity, carried)
        if positions is None:
            raise ModelError(f"{obj.name}: expected what rides on it to be its model's, found another; add it anew.")
        shapes.append(positions)
    return np.stack(shapes)


def _frames(
    obj: bpy.types.Object, evaluator: FlameEvaluator, values: np.ndarray
) -> Iterator[tuple[PreparedIdentity, Moving, np.ndarray]]:
    """The head at rest, what moves it, and where that takes its joints, in the object: for each row of values."""
    head = flame_of(obj)
    layout, controls, frame = layout_of(head), directions_of(head), frame_of(obj)
    offsets, templates = read_offsets(mesh.mesh_of(obj)), template_sequence.state(obj)
    for row in values:
        identity = evaluator.prepare(row[layout.identity], offsets)
        if templates is not None:
            at = float(row[layout.template])
            identity = identity.moved_by(template_sequence.added_now(obj, evaluator.model, templates, at))
        moving = moving_of(head, controls, row)
        yield identity, moving, identity.carried(*moving[:3], frame, moving.added)
