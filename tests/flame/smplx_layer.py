"""FLAME_PyTorch's layer by its published behaviour, of smplx's own functions: what the torch layer stands beside."""

from __future__ import annotations

import numpy as np
import torch
from smplx.lbs import find_dynamic_lmk_idx_and_bcoords, lbs, vertices2landmarks
from torch import Tensor, nn

from flame_blender.flame.model import FlameModel
from tests.flame.smplx_reference import NECK_THEN_ROOT, smplx_arguments


class SmplxLayer(nn.Module):
    """Parameters in, vertices and landmarks out; fewer coefficients than the model has are filled up with zeros."""

    def __init__(self, model: FlameModel, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.counts, self.arrays, ibug = (
            (model.n_identity, model.n_expression),
            smplx_arguments(model, dtype),
            model.landmarks["ibug"],
        )
        self.faces, self.contour_faces, self.static_faces = (
            torch.tensor(each.astype(np.int64)) for each in (model.faces, ibug.contour_faces, ibug.static_faces)
        )
        self.contour_weights, self.static_weights = (
            torch.tensor(each.astype(np.float64), dtype=dtype)
            for each in (ibug.contour_barycentric, ibug.static_barycentric)
        )

    def forward(self, shape: Tensor, expression: Tensor, pose: Tensor, neck: Tensor, eyes: Tensor, transl: Tensor):
        """(B, up to S), (B, up to E), (B, 6) root and jaw, (B, 3), (B, 6), (B, 3) -> (B, V, 3) and (B, 17 + 51, 3)."""
        batch, (template, *others) = len(shape), self.arrays
        betas = [
            nn.functional.pad(each, (0, n - each.shape[1]))
            for each, n in zip((shape, expression), self.counts, strict=True)
        ]
        pose15 = torch.cat([pose[:, :3], neck, pose[:, 3:], eyes], 1)
        vertices, _ = lbs(torch.cat(betas, 1), pose15, template.expand(batch, -1, -1), *others)
        contour = find_dynamic_lmk_idx_and_bcoords(
            vertices, pose15, self.contour_faces, self.contour_weights, NECK_THEN_ROOT
        )
        faces = torch.cat([contour[0], self.static_faces.expand(batch, -1)], 1)
        weights = torch.cat([contour[1], self.static_weights.expand(batch, -1, -1)], 1)
        landmarks = vertices2landmarks(vertices, self.faces, faces, weights)
        return vertices + transl[:, None], landmarks + transl[:, None]
