"""Fits identity and expression to vertices by gradients, without Blender, after pip install ".[torch]".

python examples/fit_with_torch.py generic_model.pkl vertices.npy
"""

import sys

import numpy as np
import torch

from flame_blender.flame import FLAME, load_model

layer = FLAME(load_model(sys.argv[1]), n_shape=50, n_expression=20)
target = torch.from_numpy(np.load(sys.argv[2])).float().reshape(1, -1, 3)
shape, expression, pose = (torch.zeros(1, count, requires_grad=True) for count in (50, 20, 6))
optimiser = torch.optim.LBFGS([shape, expression, pose], max_iter=100, line_search_fn="strong_wolfe")


def loss():
    """Mean squared distance in mm, and how unlikely the person is."""
    optimiser.zero_grad()
    vertices, _ = layer(shape, expression, pose)
    value = (1e6 * (vertices - target) ** 2).sum(-1).mean() + 1e-4 * ((shape**2).sum() + (expression**2).sum())
    value.backward()
    return value


optimiser.step(loss)
vertices, landmarks = layer(shape, expression, pose)
print(f"{1000 * (vertices - target).norm(dim=-1).mean():.3f} mm off on average")
