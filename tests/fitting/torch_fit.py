"""The most likely head by other means: the torch layer, differentiated by itself, and torch's LBFGS."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from flame_blender.fitting.solver.least_squares import ANGLE_SPREADS
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.flame.torch_layer import FLAME


def double(array: np.ndarray) -> Tensor:
    """As a float64 tensor of its own."""
    return torch.tensor(np.array(array, np.float64))


class TorchHead:
    """One head's parameters as float64 tensors that want gradients, and its vertices."""

    def __init__(self, model: FlameModel, params: FlameParams) -> None:
        self.layer = FLAME(model, model.n_identity, model.n_expression).double()
        self.n_identity = model.n_identity
        coefficients = np.zeros(model.n_identity + model.n_expression)
        coefficients[: len(params.shape)] = params.shape
        coefficients[model.n_identity : model.n_identity + len(params.expression)] = params.expression
        eyes = np.concatenate([params.left_eye, params.right_eye])
        starts = (coefficients, params.pose6(), params.neck, eyes, params.translation)
        self.unknowns = [double(start)[None].requires_grad_(True) for start in starts]

    def vertices(self) -> Tensor:
        """(V, 3)."""
        coefficients, pose, neck, eyes, translation = self.unknowns
        shape, expression = coefficients[:, : self.n_identity], coefficients[:, self.n_identity :]
        return self.layer(shape, expression, pose, neck, eyes, translation)[0][0]

    def prior(self) -> Tensor:
        """Minus twice the logarithm of the prior's density, for coefficients in standard deviations."""
        coefficients, pose, neck, eyes, _ = self.unknowns
        angles = torch.cat([neck, pose[:, 3:], eyes], 1)[0]
        spreads = double(np.concatenate([ANGLE_SPREADS[joint] for joint in (1, 2, 3, 4)]))
        return coefficients.square().sum() + (angles / spreads).square().sum()


SETTLED = 1e-6  # a round of LBFGS that lowers the cost by a smaller share has found the minimum


def minimum(head: TorchHead, cost: Callable[[], Tensor], rounds: int = 40) -> float:
    """The least cost that LBFGS finds from where the head is."""
    solver = torch.optim.LBFGS(head.unknowns, max_iter=50, history_size=30, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        solver.zero_grad()
        value = cost()
        value.backward()
        return value

    found = cost().item()
    for _ in range(rounds):
        solver.step(closure)
        before, found = found, cost().item()
        if before - found < SETTLED * before:
            break
    return found
