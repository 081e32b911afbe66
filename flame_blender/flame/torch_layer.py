"""FLAME as a PyTorch module with FLAME_PyTorch's call: batches, gradients, any device. Only this module needs torch.

Vertices inside are planar, (B, 3, V), as in :mod:`.evaluator`, whose order of steps this follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ParameterError
from .evaluator import FlameEvaluator
from .landmarks import LAST_POSITIVE_ROW, YAW_SIGN_FLAME_PYTORCH, LandmarkEmbedding
from .model import FlameModel

# Below this squared angle (0.1 rad) the series is exact to float64's last digit, and so are its derivatives, which the
# closed form loses to cancellation and, at zero, to 0/0.
_SERIES_BELOW = 0.01
# Taylor coefficients in t^2 of sin(t)/t.
_SERIES = (1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880)


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
    joints: Tensor
    directions: Tensor
    joint_directions: Tensor
    joint_regressor: Tensor
    eyelid_rows: Tensor
    faces_tensor: Tensor
    landmark_vertices: Tensor
    landmark_barycentric: Tensor

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
        parents = [-1, *model.parents[1:].tolist()]
        self.siblings = [(parent, list(each)) for parent, each in groupby(range(len(parents)), parents.__getitem__)]
        evaluator = FlameEvaluator(model)
        expression, correctives = np.split(evaluator.driven_directions, [model.n_expression])
        coefficients = np.concatenate([evaluator.identity_directions[: self.n_shape], expression[: self.n_expression]])
        correctives = correctives[: evaluator.n_correctives]
        self._keep("directions", np.concatenate([coefficients, correctives]).T)
        self._keep("joint_directions", evaluator.regress_joints(coefficients).reshape(len(coefficients), -1))
        self._keep("joint_regressor", model.joint_regressor)
        parts = [part.vertices for part in evaluator.blend.parts]
        self.part_sizes = [part.stop - part.start for part in parts]
        for number, part in enumerate(parts):
            joints = np.flatnonzero(model.weights[part].any(0))
            ones = np.ones((1, self.part_sizes[number]), np.float32)  # the translation moves all
            self._keep(f"joints_of_{number}", joints)
            self._keep(f"weights_of_{number}", np.concatenate([model.weights[part, joints].T, ones]))
        self._keep("template", evaluator.template)
        self._keep("joints", np.zeros(0))
        self.rest_as(self.template)
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
        pose15 = torch.cat([pose[:, :3], neck, pose[:, 3:], eyes], 1)
        rotations = rotation_matrices(pose15.unflatten(1, (5, 3)))
        moved = None
        if eyelid_params is not None and self.eyelid_rows.shape[1]:
            moved = torch.einsum("bs,svx->bxv", lids, self.eyelid_rows)
        vertices = self._vertices(torch.cat([shape, expression], 1), rotations, transl, moved)
        return vertices, self._landmarks(vertices, rotations)

    def rest_as(self, template: Tensor) -> None:
        """Take another head at rest: planar, (3 V,) or one for each of a batch's frames, (B, 3 V)."""
        self.template = template
        joints = template.unflatten(-1, (3, -1)) @ self.joint_regressor.T
        self.joints = joints.transpose(-1, -2).flatten(-2)

    def _vertices(self, coefficients: Tensor, rotations: Tensor, transl: Tensor, lids: Tensor | None) -> Tensor:
        feature = (rotations[:, 1:] - torch.eye(3, dtype=rotations.dtype, device=rotations.device)).flatten(1)
        feature = feature[:, : self.directions.shape[1] - coefficients.shape[1]]
        # directions (3 V, K), so that the way back, a product with the gradients (B, 3 V), takes MKL half the time
        rest = torch.addmm(self.template, torch.cat([coefficients, feature], 1), self.directions.T)
        rest = rest.unflatten(1, (3, -1))
        if lids is not None and not self.eyelids_unturned:
            rest = rest + lids
        joints = torch.addmm(self.joints, coefficients, self.joint_directions).unflatten(1, (-1, 3))
        transforms = _joint_transforms(rotations, joints, self.siblings)
        moved = self._skinned(rest, transforms, transl)
        if lids is not None and self.eyelids_unturned:
            moved = moved + lids
        return torch.stack(moved.unbind(1), 2)  # as transpose().contiguous(), with contiguous gradients

    def _skinned(self, rest: Tensor, transforms: Tensor, transl: Tensor) -> Tensor:
        """Sums of w_j (R_j x + t_j), moved by ``transl``: (B, 3, V) for ``rest`` (B, 3, V) and (B, J, 3, 4).

        Two products for each part of the head: with the copies of x that its joints' weights make, and the weights.
        """
        turns, moves = transforms[..., :3].transpose(1, 2), transforms[..., 3].transpose(1, 2)
        parts = []
        for number, points in enumerate(rest.split(self.part_sizes, 2)):
            joints, rows = self.get_buffer(f"joints_of_{number}"), self.get_buffer(f"weights_of_{number}")
            copies = (points[:, None] * rows[:-1, None]).flatten(1, 2)
            carried = torch.cat([moves.index_select(2, joints), transl[:, :, None]], 2) @ rows
            parts.append(torch.baddbmm(carried, turns.index_select(2, joints).flatten(2), copies))
        return torch.cat(parts, 2)

    def _landmarks(self, vertices: Tensor, rotations: Tensor) -> Tensor:
        batch = len(vertices)
        row = self._contour_row(rotations)
        first = torch.arange(batch, device=vertices.device)[:, None, None] * vertices.shape[1]
        ids, weights = self.landmark_vertices[row] + first, self.landmark_barycentric[row]
        corners = vertices.flatten(0, 1).index_select(0, ids.flatten()).unflatten(0, ids.shape)
        return (corners * weights).sum(2)

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
            if tensor.shape != (batch, width):
                tensor = nn.functional.pad(tensor, (0, width - tensor.shape[1])).expand(batch, -1)
            tensors.append(tensor)
        return tensors

    def _keep(self, name: str, array: np.ndarray) -> None:
        self.register_buffer(name, torch.tensor(np.ascontiguousarray(array)), persistent=False)

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
        # one table, a row for each degree of yaw: the contour's points, then the static ones
        static_faces, static_barycentric = (
            np.repeat(each[None], rows, 0) for each in (static_faces, static_barycentric)
        )
        barycentric = np.concatenate([contour_barycentric, static_barycentric], 1)
        self._keep("landmark_vertices", self.faces[np.concatenate([contour_faces, static_faces], 1)].astype(np.int64))
        self._keep("landmark_barycentric", barycentric[..., None].astype(np.float32))


def rotation_matrices(axis_angle: Tensor) -> Tensor:
    """(..., 3) axis-angle, radians -> (..., 3, 3), with exact derivatives of every order at and near zero.

    Rodrigues' formula I + A K + B K^2, K the vector's cross-product matrix: with S(t) = sin(t)/t, A = S(t) and
    B = (1 - cos(t))/t^2 = S(t/2)^2 / 2.
    """
    squared = axis_angle.square().sum(-1)[..., None, None]
    whole, half = _sinc(torch.stack([squared, squared / 4])).unbind()
    identity = torch.eye(3, dtype=axis_angle.dtype, device=axis_angle.device)
    cross = torch.linalg.cross(identity.expand(*axis_angle.shape, 3), axis_angle[..., None, :])
    return identity + whole * cross + half.square() / 2 * (cross @ cross)


def _sinc(squared: Tensor) -> Tensor:
    """sin(t)/t of t^2."""
    near_zero = squared < _SERIES_BELOW
    # The branch that torch.where drops must be finite too, or its gradient would be NaN.
    angle = torch.where(near_zero, 1, squared).sqrt()
    series = squared * _SERIES[-1] + _SERIES[-2]
    for coefficient in reversed(_SERIES[:-2]):
        series = series * squared + coefficient
    return torch.where(near_zero, series, angle.sin() / angle)


def _joint_transforms(rotations: Tensor, joints: Tensor, siblings: Sequence[tuple[int, list[int]]]) -> Tensor:
    """What carries the rest head along with each joint: (B, J, 3, 4).

    As :func:`.skinning.joint_transforms`: a joint turns about where it rests, then moves along with its parent. Those
    side by side of one parent, ``siblings``, go at once; the root's, -1, come first.
    """
    own = torch.cat([rotations, joints[..., None] - rotations @ joints[..., None]], 3)
    carried: list[Tensor] = []
    for parent, children in siblings:
        here = own[:, children[0] : children[-1] + 1]
        if parent >= 0:
            above = carried[parent]
            here = above[..., :3] @ here + nn.functional.pad(above[..., 3:], (3, 0))
        carried += here.split(1, 1)
    return torch.cat(carried, 1)
