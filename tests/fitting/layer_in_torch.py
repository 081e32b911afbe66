"""The layer by smplx's formulas, as a function of small turns in space: what derivatives are held against."""

from __future__ import annotations

import numpy as np
import torch

from flame_blender.fitting.solver.linearised import Pose
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.geometry.rotations import matrix_from_axis_angle

N_FRAMES = 3


def random_pose(rng: np.random.Generator, n_joints: int, n_frames: int = N_FRAMES) -> Pose:
    """Turns of up to a radian about every axis."""
    return Pose(matrix_from_axis_angle(rng.uniform(-1, 1, (n_frames, n_joints, 3))), rng.normal(size=(n_frames, 3)))


def layer_in_torch(evaluator: FlameEvaluator, coefficients, turns, translation, pose: Pose):
    """(n, V, 3) float64 by smplx's formulas, each joint's global rotation turned by ``turns`` (n, J, 3) in space."""
    from smplx.lbs import batch_rigid_transform, batch_rodrigues

    model = evaluator.model
    double = lambda array: torch.tensor(np.array(array), dtype=torch.float64)  # noqa: E731
    n_free = model.n_identity + model.n_expression
    basis = double(model.basis).reshape(-1, 3, model.n_vertices)
    rest = double(model.v_template) + torch.einsum("nk,kiv->nvi", coefficients, basis[:n_free])
    joints = torch.einsum("jv,nvi->nji", double(model.joint_regressor), rest)
    small = batch_rodrigues((turns + 1e-30).reshape(-1, 3)).reshape(len(coefficients), -1, 3, 3)
    relative = double(pose.rotations)
    carried: list[torch.Tensor] = []
    before: list[torch.Tensor] = []
    for joint, parent in enumerate(model.parents.tolist()):
        frame = before[parent] if joint else torch.eye(3, dtype=torch.float64).expand(len(coefficients), 3, 3)
        carried.append(frame.transpose(1, 2) @ small[:, joint] @ frame @ relative[:, joint])
        before.append(frame @ relative[:, joint])
    turned = torch.stack(carried, 1)
    feature = (turned[:, 1:] - torch.eye(3, dtype=torch.float64)).reshape(len(coefficients), -1)
    posed = rest + torch.einsum("nk,kiv->nvi", feature, basis[n_free:])
    _, transforms = batch_rigid_transform(turned, joints, torch.tensor(model.parents.tolist()), dtype=torch.float64)
    blended = torch.einsum("vj,njab->nvab", double(model.weights), transforms)
    return torch.einsum("nvab,nvb->nva", blended[..., :3, :3], posed) + blended[..., :3, 3] + translation[:, None]
