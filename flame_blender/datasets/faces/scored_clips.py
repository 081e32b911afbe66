"""Clips of ARKit scores as a model's parameters, a row at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import SequenceError
from ...flame.model import FlameModel
from ...flame.params import FlameParams
from ...geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from ...score_clips.score_clip import ScoreClip


class ScoredClip:
    """A clip of scores on a model with named controls, whose rows are frames. Raises SequenceError for one without."""

    def __init__(self, clip: ScoreClip, model: FlameModel) -> None:
        if model.controls is None:
            raise SequenceError(
                f"{clip.source}: expected a model with named controls for a clip of scores, found one without; compute "
                "them, or take clips of coefficients."
            )
        self.release = model.release
        self._clip, self._controls = clip, model.controls
        rows = {name: row for row, name in enumerate(model.controls.names)}
        self._columns = [(rows[name], column) for column, name in enumerate(clip.names) if name in rows]

    def __len__(self) -> int:
        return len(self._clip)

    def frame(self, index: int) -> FlameParams:
        """The parameters of one row: expression, jaw, eyes and lids; the head's turns are the root's."""
        scores = np.zeros(len(self._controls.names), np.float32)
        for row, column in self._columns:
            scores[row] = self._clip.scores[index, column]
        fields: dict[str, Any] = dict(self._controls.fields(scores))
        clip = self._clip
        for name, turns in (("left_eye", clip.left_eye), ("right_eye", clip.right_eye)):
            if turns is not None:  # the file's own in place of what its scores of the gaze make
                fields[name] = turns[index]
        head = np.zeros(3) if clip.head is None else clip.head[index]
        return FlameParams(**fields, global_rotation=axis_angle_from_matrix(matrix_from_axis_angle(head)))
