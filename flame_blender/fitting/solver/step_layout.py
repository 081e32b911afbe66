"""Where what lies in a step of the solver, and so in its Jacobians and equations: the one place that counts entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ...flame.model import FlameModel
from ...flame.params import POSE_FIELDS


@dataclass(frozen=True)
class StepLayout:
    """A step changes coefficients, turns joints about axes in space, moves the head, and changes ``extras`` by name.

    In that order: ``n_identity`` and ``n_expression`` coefficients, three numbers for each of ``n_joints``, three of
    translation, one for each of the extras. Slices are of a step; what only has a pose is a layout without
    coefficients.
    """

    n_identity: int
    n_expression: int
    n_joints: int
    extras: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: FlameModel, extras: Iterable[str] = ()) -> StepLayout:
        """Of all that a model has."""
        return cls(model.n_identity, model.n_expression, model.n_joints, tuple(extras))

    @cached_property
    def identity(self) -> slice:
        return slice(0, self.n_identity)

    @cached_property
    def expression(self) -> slice:
        return slice(self.n_identity, self.n_identity + self.n_expression)

    @cached_property
    def coefficients(self) -> slice:
        """Identity, then expression."""
        return slice(0, self.expression.stop)

    @cached_property
    def pose(self) -> slice:
        """The turns of all joints, then the translation."""
        return slice(self.coefficients.stop, self.coefficients.stop + 3 * self.n_joints + 3)

    @cached_property
    def turns(self) -> slice:
        """Of all joints."""
        return slice(self.pose.start, self.pose.stop - 3)

    def turn(self, joint: int) -> slice:
        """Of one joint, about x, y and z."""
        if not 0 <= joint < self.n_joints:
            raise IndexError(f"A layout of {self.n_joints} joints has no joint {joint}.")
        return slice(self.turns.start + 3 * joint, self.turns.start + 3 * joint + 3)

    @cached_property
    def translation(self) -> slice:
        return slice(self.turns.stop, self.pose.stop)

    @cached_property
    def size(self) -> int:
        """How many numbers a step has."""
        return self.pose.stop + len(self.extras)

    def entry_of(self, name: str) -> int:
        """The entry of an extra. Raises ValueError for one that it does not have."""
        return self.pose.stop + self.extras.index(name)

    @cached_property
    def all_extras(self) -> slice:
        return slice(self.pose.stop, self.size)

    def field(self, name: str) -> slice:
        """The entries that change a field of FlameParams: a coefficient field, a rotation or the translation."""
        if name in POSE_FIELDS:
            return self.turn(POSE_FIELDS.index(name))
        return {"shape": self.identity, "expression": self.expression, "translation": self.translation}[name]
