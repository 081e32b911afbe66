"""What a fit looks for: the parameters of one head, and further numbers such as the logarithm of a scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, FlameParams
from ...geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .linearised import Pose

VARIED = (*COEFFICIENT_FIELDS, *POSE_FIELDS, "translation")


@dataclass(frozen=True, eq=False)
class Unknowns:
    """``coefficients`` (K,) identity, then expression; ``pose`` of one frame; ``further`` (m,). All float64.

    Steps (K + 3 J + 3 + m,) are laid out as the derivatives in :mod:`.linearised`: coefficients, turns of each joint
    about axes in space, translation, further numbers.
    """

    coefficients: np.ndarray
    pose: Pose
    further: np.ndarray

    @classmethod
    def of(cls, evaluator: FlameEvaluator, params: FlameParams, further: Iterable[float] = ()) -> Unknowns:
        """From one frame's parameters, short coefficient vectors filled up with zeros."""
        model = evaluator.model
        coefficients = np.zeros(model.n_identity + model.n_expression)
        coefficients[: params.shape.shape[-1]] = params.shape
        coefficients[model.n_identity : model.n_identity + params.expression.shape[-1]] = params.expression
        rotations = matrix_from_axis_angle(np.stack([getattr(params, name) for name in POSE_FIELDS]))
        translation = np.asarray(params.translation, np.float64)
        return cls(coefficients, Pose(rotations[None], translation[None]), np.array(list(further), np.float64))

    @property
    def n_steps(self) -> int:
        """How long a step is."""
        return len(self.coefficients) + 3 * self.pose.rotations.shape[1] + 3 + len(self.further)

    def params(self, evaluator: FlameEvaluator, offsets: np.ndarray | None = None) -> FlameParams:
        """As FlameParams of one frame."""
        n_identity = evaluator.model.n_identity
        vectors = axis_angle_from_matrix(self.pose.rotations[0])
        return FlameParams(
            shape=self.coefficients[:n_identity],
            expression=self.coefficients[n_identity:],
            translation=self.pose.translation[0],
            offsets=offsets,
            **dict(zip(POSE_FIELDS, vectors, strict=True)),
        )

    def stepped(self, steps: np.ndarray, parents: tuple[int, ...]) -> Unknowns:
        """After a step."""
        n_coefficients, n_pose = len(self.coefficients), 3 * len(parents) + 3
        coefficients, pose, further = np.split(steps, [n_coefficients, n_coefficients + n_pose])
        return Unknowns(self.coefficients + coefficients, self.pose.moved(pose[None], parents), self.further + further)

    def moved(self, rotation: np.ndarray, translation: np.ndarray, root_joint: np.ndarray) -> Unknowns:
        """The whole head moved, x -> rotation @ x + translation; ``root_joint`` (3,) is where it rests."""
        rotations = self.pose.rotations.copy()
        rotations[0, 0] = rotation @ rotations[0, 0]
        place = rotation @ (root_joint + self.pose.translation[0]) + translation - root_joint
        return Unknowns(self.coefficients, Pose(rotations, place[None]), self.further)


def free_steps(evaluator: FlameEvaluator, vary: Iterable[str], n_further: int = 0) -> np.ndarray:
    """(K + 3 J + 3 + m,) bool: which entries of a step the fields ``vary`` stand for; the further ones are all free.

    Raises ParameterError for a name that is none of FlameParams' varied fields.
    """
    chosen = {vary} if isinstance(vary, str) else set(vary)
    unknown = chosen - set(VARIED)
    if unknown:
        raise ParameterError(f"vary: expected some of {', '.join(VARIED)}, found {', '.join(sorted(unknown))}.")
    model = evaluator.model
    counts = [model.n_identity, model.n_expression, *[3] * (len(POSE_FIELDS) + 1)]
    return np.concatenate([np.repeat([name in chosen for name in VARIED], counts), np.ones(n_further, bool)])
