"""What a fit looks for: the parameters of one head, and extras such as the logarithm of a scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, FlameParams
from ...geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .linearised import Pose
from .step_layout import StepLayout

VARIED = (*COEFFICIENT_FIELDS, *POSE_FIELDS, "translation")
# Extras: logarithms of how many times as large the head is beside what was observed, and as long a camera's focal
# length as the one that it began with.
LOG_SCALE, LOG_FOCAL = "log_scale", "log_focal"
NO_EXTRAS: Mapping[str, float] = {}


@dataclass(frozen=True, eq=False)
class Unknowns:
    """``coefficients`` (K,) identity, then expression; ``pose`` of one frame; ``extras`` (m,). All float64.

    ``layout`` names the extras, and is that of the steps that change it all.
    """

    layout: StepLayout
    coefficients: np.ndarray
    pose: Pose
    extras: np.ndarray

    @classmethod
    def of(cls, evaluator: FlameEvaluator, params: FlameParams, extras: Mapping[str, float] = NO_EXTRAS) -> Unknowns:
        """From one frame's parameters, short coefficient vectors filled up with zeros, and extras by name."""
        layout = StepLayout.of(evaluator.model, extras)
        coefficients = np.zeros(layout.coefficients.stop)
        coefficients[layout.identity][: params.shape.shape[-1]] = params.shape
        coefficients[layout.expression][: params.expression.shape[-1]] = params.expression
        rotations = matrix_from_axis_angle(np.stack([getattr(params, name) for name in POSE_FIELDS]))
        translation = np.asarray(params.translation, np.float64)
        pose = Pose(rotations[None], translation[None])
        return cls(layout, coefficients, pose, np.array(list(extras.values()), np.float64))

    def has(self, extra: str) -> bool:
        """Whether an extra is looked for."""
        return extra in self.layout.extras

    def value_of(self, name: str) -> float:
        """The value of one that is."""
        return float(self.extras[self.layout.extras.index(name)])

    @property
    def scale(self) -> float:
        """The head's scale beside what was observed; 1 where it is not looked for."""
        return float(np.exp(self.value_of(LOG_SCALE))) if self.has(LOG_SCALE) else 1.0

    def with_scale(self, scale: float) -> Unknowns:
        """With another scale, which must be looked for."""
        extras = self.extras.copy()
        extras[self.layout.extras.index(LOG_SCALE)] = np.log(scale)
        return dataclasses.replace(self, extras=extras)

    def params(self, offsets: np.ndarray | None = None) -> FlameParams:
        """As FlameParams of one frame."""
        vectors = axis_angle_from_matrix(self.pose.rotations[0])
        return FlameParams(
            shape=self.coefficients[self.layout.identity],
            expression=self.coefficients[self.layout.expression],
            translation=self.pose.translation[0],
            offsets=offsets,
            **dict(zip(POSE_FIELDS, vectors, strict=True)),
        )

    def stepped(self, step: np.ndarray, parents: tuple[int, ...]) -> Unknowns:
        """After a step, laid out as ``layout`` says."""
        return dataclasses.replace(
            self,
            coefficients=self.coefficients + step[self.layout.coefficients],
            pose=self.pose.moved(step[None, self.layout.pose], parents),
            extras=self.extras + step[self.layout.all_extras],
        )

    def moved(self, rotation: np.ndarray, translation: np.ndarray, root_joint: np.ndarray) -> Unknowns:
        """The whole head moved, x -> rotation @ x + translation; ``root_joint`` (3,) is where it rests."""
        rotations = self.pose.rotations.copy()
        rotations[0, 0] = rotation @ rotations[0, 0]
        place = rotation @ (root_joint + self.pose.translation[0]) + translation - root_joint
        return dataclasses.replace(self, pose=Pose(rotations, place[None]))


def free_entries(layout: StepLayout, vary: Iterable[str], *, extras: bool = True) -> np.ndarray:
    """(layout.size,) bool: which entries of a step the fields ``vary`` stand for, and with ``extras`` those as well.

    Raises ParameterError for a name that is none of FlameParams' varied fields.
    """
    chosen = {vary} if isinstance(vary, str) else set(vary)
    unknown = chosen - set(VARIED)
    if unknown:
        raise ParameterError(f"vary: expected some of {', '.join(VARIED)}, found {', '.join(sorted(unknown))}.")
    free = np.zeros(layout.size, bool)
    for name in chosen:
        free[layout.field(name)] = True
    free[layout.all_extras] = extras
    return free
