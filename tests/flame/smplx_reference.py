"""What PyPI's smplx computes for a model and parameters, in float64: the independent reference of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from smplx.lbs import find_dynamic_lmk_idx_and_bcoords, lbs, vertices2landmarks

from flame_blender.flame.evaluator import FlameParams
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel

FRAMES_AT_A_TIME = 100  # smplx holds 4 x 4 matrices for every vertex of every frame
NECK_THEN_ROOT = torch.tensor([1, 0])  # FLAME_PyTorch's neck_kin_chain


def smplx_arguments(model: FlameModel, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, ...]:
    """The model's arrays in the order that smplx.lbs.lbs takes after betas and pose."""
    n_vertices = model.n_vertices
    arrays = (
        model.v_template,
        model.shapedirs,
        model.posedirs.reshape(3 * n_vertices, -1).T,
        model.joint_regressor,
        model.parents,
        model.weights,
    )
    return tuple(torch.tensor(np.array(a), dtype=torch.long if a.dtype.kind == "i" else dtype) for a in arrays)


def smplx_frames(
    model: FlameModel, params: FlameParams, embedding: LandmarkEmbedding
) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
    """Chunk by chunk: which frames, vertices (n, V, 3), joints (n, 5, 3) and landmarks (n, 17 + 51, 3)."""
    arguments = smplx_arguments(model)
    faces = torch.tensor(model.faces.astype(np.int64))
    contour_faces = torch.tensor(embedding.contour_faces.astype(np.int64))
    contour_weights, static_weights = _doubles(embedding.contour_barycentric), _doubles(embedding.static_barycentric)
    static_faces = torch.tensor(embedding.static_faces.astype(np.int64))
    shape, expression, pose = _doubles(params.shape), _doubles(params.expression), _doubles(params.pose15())
    betas, translation = torch.cat([shape, expression], 1), _doubles(params.translation)[:, None]
    for start in range(0, len(pose), FRAMES_AT_A_TIME):
        chunk = slice(start, start + FRAMES_AT_A_TIME)
        vertices, joints = lbs(betas[chunk], pose[chunk], *arguments)
        rows = find_dynamic_lmk_idx_and_bcoords(vertices, pose[chunk], contour_faces, contour_weights, NECK_THEN_ROOT)
        n = len(vertices)
        ids = torch.cat([rows[0], static_faces.expand(n, -1)], 1)
        weights = torch.cat([rows[1], static_weights.expand(n, -1, -1)], 1)
        moved = vertices + translation[chunk]
        landmarks = vertices2landmarks(moved, faces, ids, weights)
        yield chunk, moved.numpy(), (joints + translation[chunk]).numpy(), landmarks.numpy()


def _doubles(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.array(array, np.float64))
