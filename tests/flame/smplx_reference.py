"""What PyPI's smplx computes for a model and parameters, in float64: the independent reference of these tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from smplx.lbs import find_dynamic_lmk_idx_and_bcoords, lbs, vertices2landmarks

from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams

FRAMES_AT_A_TIME = 100  # smplx holds 4 x 4 matrices for every vertex of every frame
NECK_THEN_ROOT = torch.tensor([1, 0])  # FLAME_PyTorch's neck_kin_chain


def smplx_arguments(model: FlameModel, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, ...]:
    """The model's arrays in the order that smplx.lbs.lbs takes after betas and pose, laid out as smplx does.

    That is: shapedirs (V, 3, K) contiguous, posedirs (P, 3 V) the transpose of a contiguous (3 V, P).
    """
    shapedirs, posedirs = np.ascontiguousarray(model.shapedirs), np.ascontiguousarray(model.posedirs)
    posedirs = posedirs.reshape(3 * model.n_vertices, -1).T
    arrays = (model.v_template, shapedirs, posedirs, model.joint_regressor, model.parents, model.weights)
    return tuple(torch.tensor(np.array(a), dtype=torch.long if a.dtype.kind == "i" else dtype) for a in arrays)


@dataclass(frozen=True)
class SmplxResults:
    """Vertices (N, V, 3), joints (N, 5, 3), landmarks (N, 17 + 51, 3): computed in float64, kept in float32."""

    vertices: np.ndarray
    joints: np.ndarray
    landmarks: np.ndarray


def smplx_results_of(model: FlameModel, params: FlameParams, embedding: LandmarkEmbedding) -> SmplxResults:
    """Every frame of a batch, with the contour chosen as FLAME_PyTorch chooses it."""
    arguments, faces = smplx_arguments(model), _whole(model.faces)
    contour_faces, static_faces = _whole(embedding.contour_faces), _whole(embedding.static_faces)
    contour_weights, static_weights = _doubles(embedding.contour_barycentric), _doubles(embedding.static_barycentric)
    betas = torch.cat([_doubles(params.shape), _doubles(params.expression)], 1)
    poses, translations = _doubles(params.pose15()), _doubles(params.translation)[:, None]
    results = []
    for chunk in zip(*(a.split(FRAMES_AT_A_TIME) for a in (betas, poses, translations)), strict=True):
        beta, pose, translation = chunk
        vertices, joints = lbs(beta, pose, *arguments)
        rows = find_dynamic_lmk_idx_and_bcoords(vertices, pose, contour_faces, contour_weights, NECK_THEN_ROOT)
        ids = torch.cat([rows[0], static_faces.expand(len(pose), -1)], 1)
        weights = torch.cat([rows[1], static_weights.expand(len(pose), -1, -1)], 1)
        landmarks = vertices2landmarks(vertices, faces, ids, weights)
        results.append([(points + translation).float().numpy() for points in (vertices, joints, landmarks)])
    return SmplxResults(*(np.concatenate(parts) for parts in zip(*results, strict=True)))


def _doubles(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.array(array, np.float64))


def _whole(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.array(array, np.int64))
