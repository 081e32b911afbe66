"""Batches by torch are NumPy's to 1e-6 m, and torch is imported for nothing else."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from flame_blender.errors import ParameterError
from flame_blender.flame import batches, torch_batches
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.params import FlameParams
from flame_blender.flame.torch_batches import TorchBatches
from tests.flame.eyelid_files import eyelid
from tests.flame.full_size import random_parameters, small_model

METRES = 1e-6
ROOT = Path(__file__).resolve().parents[2]
GPU = torch_batches.best_device()
DEVICES = ["cpu", pytest.param("gpu", marks=pytest.mark.skipif(GPU is None, reason="torch has no GPU here"))]


@pytest.fixture
def evaluator(full_model):
    lids = np.stack([eyelid(full_model, 1), eyelid(full_model, -1)]).astype(np.float32)
    return FlameEvaluator(dataclasses.replace(full_model, eyelid_shapes=lids))


def params_of(kind: str, frames: int = 60) -> FlameParams:
    """Random frames: one identity for all, or what a batch may hold besides."""
    rng = np.random.default_rng(8)
    fields = random_parameters(rng, frames)
    if kind != "identities":
        fields["shape"] = fields["shape"][0]
    if kind == "held":
        fields["expression"], fields["jaw"] = fields["expression"][0], fields["jaw"][0]
    if kind == "few coefficients":
        fields["shape"], fields["expression"] = fields["shape"][:7], fields["expression"][:, :3]
    if kind == "offsets":
        fields["offsets"] = rng.normal(0, 2e-3, (5023, 3))
    if kind == "moving offsets":
        fields["offsets"] = rng.normal(0, 2e-3, (frames, 5023, 3))
    if kind == "eyelids":
        fields["eyelids"] = rng.uniform(0, 1, (frames, 2))
    return FlameParams(**fields)


KINDS = ["one identity", "identities", "held", "few coefficients", "offsets", "moving offsets", "eyelids"]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", KINDS)
def test_vertices_are_numpys(evaluator, kind, device):
    params = params_of(kind)
    found = TorchBatches(evaluator, GPU if device == "gpu" else device).vertices(params)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, evaluator.vertices(params), rtol=0, atol=METRES)


def test_offsets_of_one_batch_do_not_stay_for_the_next(evaluator):
    torch_batch = TorchBatches(evaluator, "cpu")
    torch_batch.vertices(params_of("offsets"))
    plain = params_of("one identity")
    np.testing.assert_allclose(torch_batch.vertices(plain), evaluator.vertices(plain), rtol=0, atol=METRES)


def test_what_does_not_fit_the_model_is_told():
    small = FlameEvaluator(small_model())
    with pytest.raises(ParameterError, match="shape"):
        TorchBatches(small, "cpu").vertices(params_of("one identity"))


def test_a_device_that_gives_up_is_left(evaluator, monkeypatch):
    """Out of memory in the second batch: NumPy takes that one and what follows."""
    torch_batch, params = TorchBatches(evaluator, "cpu"), params_of("one identity")
    torch_batch.vertices(params)
    calls = []

    def full(*_given, **_named):
        calls.append(1)
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(torch_batches.FLAME, "forward", full)
    for _ in range(2):
        assert np.array_equal(torch_batch.vertices(params), evaluator.vertices(params))
    assert len(calls) == 1


@pytest.mark.parametrize("device", [None, "cuda"])
def test_torch_is_taken_only_with_a_gpu(evaluator, monkeypatch, device):
    monkeypatch.setattr(torch_batches, "best_device", lambda: device)
    chosen = batches.batch_vertices(evaluator, 1)
    assert (chosen == evaluator.vertices) == (device is None)


ASK = """
import sys
from flame_blender.flame import batches
class Evaluator: vertices = "NumPy"
few = batches.batch_vertices(Evaluator, 1)
assert few == "NumPy" and "torch" not in sys.modules
many = batches.batch_vertices(Evaluator, 10**6)
assert many == "NumPy"
print("torch" in sys.modules and sys.modules["torch"] is not None)
"""


@pytest.mark.parametrize("absent", [False, True])
@pytest.mark.skipif(GPU is not None, reason="the evaluator of this test has no model")
def test_torch_is_imported_only_for_long_work(absent):
    """In an interpreter of its own; without torch nothing is said about it."""
    code = "import sys; sys.modules['torch'] = None\n" if absent else ""
    code += ASK.replace('and "torch" not in sys.modules', "") if absent else ASK
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(not absent)]
