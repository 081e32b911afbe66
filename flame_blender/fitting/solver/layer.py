"""HeadPart: the layer at some of the model's vertices, as fits need it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ...flame.evaluator import FlameEvaluator


@dataclass(frozen=True, eq=False)
class HeadPart:
    """The layer at n vertices; planar, (3 n,) holds all x, all y, all z.

    ======================  ==================  ==========================================================
    ``template``            (3 n,) float32      the mean head, with offsets where it was made with them
    ``directions``          (K, 3 n) float32    identity, then expression
    ``correctives``         (P, 3 n) float32    pose correctives
    ``weights``             (J, n) float32      skinning weights
    ``joints``              (J, 3) float64      of the template, regressed from the whole head
    ``joint_directions``    (3 J, K) float64    how the joints follow the coefficients
    ``parents``             J whole numbers     -1 for the root
    ======================  ==================  ==========================================================
    """

    template: np.ndarray
    directions: np.ndarray
    correctives: np.ndarray
    weights: np.ndarray
    joints: np.ndarray
    joint_directions: np.ndarray
    parents: tuple[int, ...]

    @classmethod
    def whole(cls, evaluator: FlameEvaluator, offsets: np.ndarray | None = None) -> HeadPart:
        """All vertices, with ``offsets`` (V, 3) metres in rest pose. The model's arrays are shared, not copied."""
        model = evaluator.model
        n_directions = model.n_identity + model.n_expression
        template = evaluator.template if offsets is None else evaluator.template + offsets.T.reshape(-1)
        moved = evaluator.regress_joints(model.basis[:n_directions]).reshape(n_directions, -1)
        return cls(
            template,
            model.basis[:n_directions],
            model.basis[n_directions:],
            np.ascontiguousarray(model.weights.T),
            evaluator.regress_joints(template).astype(np.float64),
            moved.T.astype(np.float64),
            evaluator.parents,
        )

    @property
    def n_vertices(self) -> int:
        return self.weights.shape[1]

    def joints_at(self, coefficients: np.ndarray) -> np.ndarray:
        """(J, 3) float64: where coefficients (K,) put the joints of the head at rest."""
        return self.joints + (self.joint_directions @ coefficients).reshape(-1, 3)

    def some(self, vertices: np.ndarray) -> HeadPart:
        """The part at ``vertices`` (n,), rows of this part's; joints stay those of the whole head."""

        def taken(planar: np.ndarray) -> np.ndarray:
            chosen = planar.reshape(*planar.shape[:-1], 3, -1)[..., vertices]
            return chosen.reshape(*planar.shape[:-1], -1)

        return dataclasses.replace(
            self,
            template=taken(self.template),
            directions=taken(self.directions),
            correctives=taken(self.correctives),
            weights=self.weights[:, vertices],
        )

    def subtree_weights(self) -> np.ndarray:
        """(J, n) float32: how much of each vertex a joint and those below it carry."""
        return np.stack([self.weights[below].sum(0) for below in descendants(self.parents)])


def descendants(parents: tuple[int, ...]) -> list[list[int]]:
    """For each joint itself and those below it."""
    below: list[list[int]] = [[joint] for joint in range(len(parents))]
    for joint in range(len(parents) - 1, 0, -1):
        below[parents[joint]] += below[joint]
    return below
