"""FLAME as a PyTorch module with FLAME_PyTorch's call: batches, gradients, any device. Only this module needs torch.

Vertices inside are planar, (B, 3, V), as in :mod:`.evaluator`, whose order of steps this follows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from .errors import ParameterError
from .landmarks import LAST_POSITIVE_ROW, YAW_SIGN_FLAME_PYTORCH, LandmarkEmbedding
from .model import FlameModel

# Below this squared angle (0.1 rad) the series are exact to float64's last digit, and so are their derivatives, which
# the closed forms lose to cancellation and, at zero, to 0/0.
_SERIES_BELOW = 0.01
# Taylor coefficients in t^2 of sin(t)/t and (1 - cos(t))/t^2.
_SINE_SERIES = (1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880)
_COSINE_SERIES = (1 / 2, -1 / 24, 1 / 720, -1 / 40320, 1 / 3628800)


class FLAME(nn.Module):
    """The layer of one model, called as FLAME_PyTorch's: parameters in, (vertices, landmarks) out.

    ``n_shape`` and ``n_expression`` are the leading directions it keeps (all, where the model has fewer).
    ``static_landmarks`` brings fixed points, ``dynamic_landmarks`` a contour; with neither, the model's own set
    ``ibug`` brings both. ``yaw_sign`` chooses the contour's side: FLAME_PyTorch's by default, see :mod:`.landmarks`.
    Eyelids turn with the head; with ``eyelids_unturned`` they do not, as in SMIRK's layer (see :mod:`.eyelids`).

    The arrays are buffers (``.to``, ``.double``), but not part of ``state_dict``: a checkpoint must not carry a
    licensed model along.
    """

    template: Tensor
    directions: Tensor
    correctives: Tensor
    joint_regressor: Tensor
    skinning_weights: Tensor
    eyelid_rows: Tensor
    faces_tensor: Tensor
    static_faces: Tensor
    static_barycentric: Tensor
    contour_faces: Tensor
    contour_barycentric: Tensor

    def __init__(
        self,
        model: FlameModel,
        n_shape: int = 100,
        n_expression: int = 50,
        static_landmarks: LandmarkEmbedding | None = None,
        dynamic_landmarks: LandmarkEmbedding | None = None,
        yaw_sign: int = YAW_SIGN_FLAME_PYTORCH,
        eyelids_unturned: bool = False,
    ) -> None:
        super().__init__()
        self.eyelids_unturned = eyelids_unturned
        self.n_shape, self.n_expression = min(n_shape, model.n_identity), min(n_expression, model.n_expression)
        self.yaw_sign = yaw_sign
        self.faces = model.faces
        self.parents = tuple(model.parents.tolist())
        first_corrective = model.n_identity + model.n_expression
        expression = model.basis[model.n_identity : model.n_identity + self.n_expression]
        self._keep("template", model.v_template.T.reshape(-1))
        self._keep("directions", np.concatenate([model.basis[: self.n_shape], expression]))
        self._keep("correctives", model.basis[first_corrective:])
        self._keep("joint_regressor", model.joint_regressor)
        self._keep("skinning_weights", model.weights.T)
        shapes = model.eyelid_shapes
        self._keep("eyelid_rows", np.zeros((2, 0, 3), np.float32) if shapes is None else shapes)
        self._keep("faces_tensor", model.faces.astype(np.int64))
        if static_landmarks is None and dynamic_landmarks is None:
            static_landmarks = dynamic_landmarks = model.landmarks.get("ibug")
        self._keep_landmarks(static_landmarks, dynamic_landmarks)

    def forward(
        self,
        shape_params: Tensor,
        expression_params: Tensor,
        pose_params: Tensor,
        neck_pose: Tensor | None = None,
        eye_pose: Tensor | None = None,
        transl: Tensor | None = None,
        eyelid_params: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Vertices (B, V, 3) and landmarks (B, L, 3), contour first, metres.

        ``shape_params`` (B, n_shape), ``expression_params`` (B, n_expression), ``pose_params`` (B, 6) root and
        jaw, ``neck_pose`` (B, 3), ``eye_pose`` (B, 6) left and right, all axis-angle in radians, ``transl`` (B,
        3) metres, ``eyelid_params`` (B, 2) left and right, 0 to 1, where the model has eyelid shapes. Narrower
        tensors are filled up with zeros, a batch of 1 serves all; ParameterError for wider ones.
        """
        widths = (self.n_shape, self.n_expression, 6, 3, 6, 3, 2)
        given = (shape_params, expression_params, pose_params, neck_pose, eye_pose, transl, eyelid_params)
        names = ("shape_params", "expression_params", "pose_params", "neck_pose", "eye_pose", "transl", "eyelid_params")
        shape, expression, pose, neck, eyes, transl, lids = self._batch(names, given, widths)
        rotations = rotation_matrices(
            torch.stack([pose[:, :3], neck, pose[:, 3:], eyes[:, :3], eyes[:, 3:]], 1),
        )
        moved = None
        if eyelid_params is not None and self.eyelid_rows.shape[1]:
            moved = torch.einsum("bs,svx->bxv", lids, self.eyelid_rows)
        vertices = self._vertices(torch.cat([shape, expression], 1), rotations, moved) + transl[:, None]
        return vertices, self._landmarks(vertices, rotations)

    def _vertices(self, coefficients: Tensor, rotations: Tensor, lids: Tensor | None) -> Tensor:
        shaped = self.template + coefficients @ self.directions
        joints = shaped.unflatten(1, (3, -1)) @ self.joint_regressor.T
        feature = (rotations[:, 1:] - torch.eye(3, dtype=rotations.dtype, device=rotations.device)).flatten(1)
        rest = (shaped + feature @ self.correctives).unflatten(1, (3, -1))
        if lids is not None and not self.eyelids_unturned:
            rest = rest + lids
        turns, moves = _joint_transforms(rotations, joints.transpose(1, 2), self.parents)
        blended = torch.cat([turns.flatten(2), moves], 2).transpose(1, 2) @ self.skinning_weights
        moved = (blended[:, :9].unflatten(1, (3, 3)) * rest[:, None]).sum(2) + blended[:, 9:]
        if lids is not None and self.eyelids_unturned:
            moved = moved + lids
        return moved.transpose(1, 2).contiguous()

    def _landmarks(self, vertices: Tensor, rotations: Tensor) -> Tensor:
        batch = len(vertices)
        row = self._contour_row(rotations)
        triangles = torch.cat([self.contour_faces[row], self.static_faces.expand(batch, -1, -1)], 1)
        barycentric = torch.cat([self.contour_barycentric[row], self.static_barycentric.expand(batch, -1, -1)], 1)
        corners = vertices[torch.arange(batch, device=vertices.device)[:, None, None], triangles]
        return torch.einsum("blc,blcd->bld", barycentric, corners)

    @torch.no_grad()
    def _contour_row(self, rotations: Tensor) -> Tensor:
        """(B,) rows of the contour table, the rule of :func:`.landmarks.contour_row`; a step function: no gradient."""
        turned = rotations[:, 0] @ rotations[:, 1]
        yaw = torch.atan2(-turned[:, 2, 0], torch.hypot(turned[:, 0, 0], turned[:, 1, 0]))
        degrees = (self.yaw_sign * torch.rad2deg(yaw)).round().clamp(-LAST_POSITIVE_ROW, LAST_POSITIVE_ROW).long()
        return torch.where(degrees < 0, LAST_POSITIVE_ROW - degrees, degrees)

    def _batch(self, names: Sequence[str], given: Sequence[Tensor | None], widths: Sequence[int]) -> list[Tensor]:
        """The arguments in the layer's dtype, all (B, width)."""
        sizes = {name: len(value) for name, value in zip(names, given, strict=True) if value is not None and value.ndim}
        batch = next((size for size in sizes.values() if size != 1), 1)
        tensors = []
        for name, value, width in zip(names, given, widths, strict=True):
            tensor = self.template.new_zeros(batch, width) if value is None else value.to(self.template.dtype)
            if tensor.ndim != 2 or tensor.shape[1] > width or tensor.shape[0] not in (1, batch):
                expected, found = f"({batch}, {width}) or narrower", tuple(tensor.shape)
                raise ParameterError(f"{name} must have shape {expected}, found {found}.")
            tensors.append(nn.functional.pad(tensor, (0, width - tensor.shape[1])).expand(batch, -1))
        return tensors

    def _keep(self, name: str, array: np.ndarray) -> None:
        self.register_buffer(name, torch.tensor(array), persistent=False)

    def _keep_landmarks(self, static: LandmarkEmbedding | None, dynamic: LandmarkEmbedding | None) -> None:
        """Vertex ids and weights of the static points (L, 3) and of the contour's rows (79, 17, 3)."""
        for embedding in (static, dynamic):
            if embedding is not None:
                embedding.validate(len(self.faces))
        static_faces, static_barycentric = np.zeros(0, int), np.zeros((0, 3), np.float32)
        if static is not None:
            static_faces, static_barycentric = static.static_faces, static.static_barycentric
        rows = 2 * LAST_POSITIVE_ROW + 1
        contour_faces, contour_barycentric = np.zeros((rows, 0), int), np.zeros((rows, 0, 3), np.float32)
        if dynamic is not None and dynamic.contour_faces is not None and dynamic.contour_barycentric is not None:
            contour_faces, contour_barycentric = dynamic.contour_faces, dynamic.contour_barycentric
        self._keep("static_faces", self.faces[static_faces].astype(np.int64))
        self._keep("static_barycentric", static_barycentric)
        self._keep("contour_faces", self.faces[contour_faces].astype(np.int64))
        self._keep("contour_barycentric", contour_barycentric)


def rotation_matrices(axis_angle: Tensor) -> Tensor:
    """(..., 3) axis-angle, radians -> (..., 3, 3), with exact derivatives of every order at and near zero.

    Rodrigues' formula I + A K + B K^2, A = sin(t)/t and B = (1 - cos(t))/t^2, K the vector's cross-product matrix.
    """
    squared = axis_angle.square().sum(-1)[..., None, None]
    near_zero = squared < _SERIES_BELOW
    # The branch that torch.where drops must be finite too, or its gradient would be NaN.
    angle = torch.where(near_zero, torch.ones_like(squared), squared).sqrt()
    sine = torch.where(near_zero, _series(_SINE_SERIES, squared), angle.sin() / angle)
    cosine = torch.where(near_zero, _series(_COSINE_SERIES, squared), 2 * ((angle / 2).sin() / angle).square())
    x, y, z = axis_angle.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))
    identity = torch.eye(3, dtype=axis_angle.dtype, device=axis_angle.device)
    return identity + sine * cross + cosine * (cross @ cross)


def _series(coefficients: Sequence[float], x: Tensor) -> Tensor:
    total = torch.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


def _joint_transforms(rotations: Tensor, joints: Tensor, parents: Sequence[int]) -> tuple[Tensor, Tensor]:
    """What carries the rest head along with each joint: turns (B, J, 3, 3) and moves (B, J, 3).

    As :func:`.skinning.joint_transforms`: a joint turns about where it rests, then moves along with its parent.
    """
    own_moves = joints - (rotations @ joints[..., None])[..., 0]
    turns, moves = [rotations[:, 0]], [own_moves[:, 0]]
    for joint, parent in enumerate(parents[1:], 1):
        turns.append(turns[parent] @ rotations[:, joint])
        moves.append((turns[parent] @ own_moves[:, joint, :, None])[..., 0] + moves[parent])
    return torch.stack(turns, 1), torch.stack(moves, 1)
