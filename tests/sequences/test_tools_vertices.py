"""Every tool's file evaluated: smplx computes the same vertices from the numbers that were written."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from smplx.lbs import lbs

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS
from flame_blender.sequences import load_sequence
from tests.flame.eyelid_files import eyelid
from tests.flame.smplx_reference import smplx_arguments
from tests.sequences.tool_writers import TOOLS, Expected, Tool, metrical_tracker, smirk


def three_frames(expected: Expected) -> tuple[int, int, int]:
    """The first, a middle and the last frame of what was written."""
    frames = next((len(values) for values in expected.values() if values.ndim == 2), 1)
    return 0, frames // 2, frames - 1


def smplx_vertices(expected: Expected, model: FlameModel) -> np.ndarray:
    """(3, V, 3) float64: what smplx computes from the numbers that were written, at those frames."""
    written = {name: expected.get(name, np.zeros(3)) for name in (*POSE_FIELDS, "translation", "shape", "expression")}
    computed = []
    for frame in three_frames(expected):
        now = {name: values[frame] if values.ndim == 2 else values for name, values in written.items()}
        betas = np.zeros(model.n_identity + model.n_expression)
        betas[: len(now["shape"])] = now["shape"]
        betas[model.n_identity :][: len(now["expression"])] = now["expression"]
        pose = np.concatenate([now[name] for name in POSE_FIELDS])
        vertices, _ = lbs(torch.tensor(betas)[None], torch.tensor(pose)[None].double(), *smplx_arguments(model))
        computed.append(vertices[0].numpy() + now["translation"])
    return np.stack(computed)


@pytest.mark.parametrize("write", TOOLS, ids=lambda write: write.__name__)
def test_vertices_are_what_smplx_computes(tmp_path, write, full_model):
    """Of the numbers that were written, at three frames, head rotation, jaw, neck, eyes and translation included."""
    path, _, expected = write(Tool(12), tmp_path)
    found = load_sequence(path)
    reference = smplx_vertices(expected, full_model)
    assert three_frames(expected)[-1] == len(found) - 1
    for vertices, frame in zip(reference, three_frames(expected), strict=True):
        assert np.abs(FlameEvaluator(full_model).vertices(found.frame(frame)) - vertices).max() < 1e-5


@pytest.mark.parametrize("write", [smirk, metrical_tracker], ids=lambda write: write.__name__)
def test_eyelids_are_added_to_what_smplx_computes(tmp_path, write, full_model):
    """The frame without its eyelids is what the test above compares with smplx."""
    shapes = np.stack([eyelid(full_model, 1), eyelid(full_model, -1)])
    path, _, expected = write(Tool(13), tmp_path)
    found = load_sequence(path)
    evaluator = FlameEvaluator(dataclasses.replace(full_model, eyelid_shapes=shapes.astype(np.float32)))
    skinned = FlameEvaluator(full_model).vertices(found.params)
    reference = skinned + np.einsum("fs,svx->fvx", expected["eyelids"].astype(np.float64), shapes)
    assert np.abs(evaluator.vertices(found.params) - reference).max() < 1e-6
