"""Where what lies among the numbers of a head in one vector, as one in Blender is read: the one place that counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from .params import POSE_FIELDS, VECTOR_FIELDS, FlameParams

EYELIDS = ("left_eyelid", "right_eyelid")  # properties of a head, in the order of FlameParams.eyelids


@dataclass(frozen=True)
class ValueLayout:
    """``n_identity`` and ``n_expression`` coefficients, the rotation vectors, the translation, the eyelids.

    Scores of ``n_controls`` named controls follow; :class:`.controls.ControlDirections` tells what they add. The last
    number tells which mesh of a sequence is the template, where a head has one.
    """

    n_identity: int
    n_expression: int
    n_controls: int = 0

    @cached_property
    def identity(self) -> slice:
        return slice(0, self.n_identity)

    @cached_property
    def expression(self) -> slice:
        return slice(self.n_identity, self.n_identity + self.n_expression)

    @cached_property
    def pose(self) -> slice:
        """The five rotation vectors and the translation, as ``VECTOR_FIELDS`` has them."""
        return slice(self.expression.stop, self.expression.stop + 3 * len(VECTOR_FIELDS))

    @cached_property
    def face_rotations(self) -> slice:
        """The rotation vectors of jaw, left and right eye, which follow each other."""
        return slice(self.vector("jaw").start, self.vector("right_eye").stop)

    @cached_property
    def eyelids(self) -> slice:
        return slice(self.pose.stop, self.pose.stop + len(EYELIDS))

    @cached_property
    def controls(self) -> slice:
        return slice(self.eyelids.stop, self.eyelids.stop + self.n_controls)

    @cached_property
    def template(self) -> int:
        """The entry that tells the mesh, from 0."""
        return self.controls.stop

    @cached_property
    def size(self) -> int:
        """How many numbers there are."""
        return self.template + 1

    def vector(self, name: str) -> slice:
        """One of ``VECTOR_FIELDS``. Raises ValueError for another name."""
        start = self.pose.start + 3 * VECTOR_FIELDS.index(name)
        return slice(start, start + 3)

    def eyelid(self, name: str) -> int:
        """The entry of one of ``EYELIDS``. Raises ValueError for another name."""
        return self.eyelids.start + EYELIDS.index(name)

    def rotations(self, values: np.ndarray) -> np.ndarray:
        """(..., 5, 3) of values (..., size): the rotation vectors as ``POSE_FIELDS`` has them, radians."""
        start = self.pose.start
        return values[..., start : start + 3 * len(POSE_FIELDS)].reshape(*values.shape[:-1], len(POSE_FIELDS), 3)

    def params(
        self, values: np.ndarray, offsets: np.ndarray | None = None, *, eyelids_unturned: bool = False
    ) -> FlameParams:
        """What values (size,) or (N, size) stand for, but for scores and template: one frame or a batch.

        Eyelids that do nothing are None, and an identity that never changes is held once.
        """
        shape, lids = values[..., self.identity], values[..., self.eyelids]
        if values.ndim == 2 and (shape == shape[0]).all():
            shape = shape[0]
        return FlameParams(
            shape=shape,
            expression=values[..., self.expression],
            **{name: values[..., self.vector(name)] for name in VECTOR_FIELDS},
            offsets=offsets,
            eyelids=lids if lids.any() else None,
            eyelids_unturned=eyelids_unturned,
        )


@lru_cache(maxsize=16)
def layout_with(n_identity: int, n_expression: int, n_controls: int = 0) -> ValueLayout:
    """The layout with these counts, made once: heads are read whenever one may have changed."""
    return ValueLayout(n_identity, n_expression, n_controls)
