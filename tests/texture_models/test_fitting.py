"""Coefficients found again in pictures: part of them seen, under light, with things that are no skin."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from flame_blender.errors import ParameterError
from flame_blender.long_work import result_of
from flame_blender.texture_models.fitting import NOISE, TextureFit, fitting_texture
from flame_blender.texture_models.picture import combined
from flame_blender.texture_models.texture_model import TextureModel, TexturePart

SIZE, COUNT = 48, 8


@pytest.fixture
def model() -> TextureModel:
    """Smooth components, as a face's are."""
    rng = np.random.default_rng(0)
    x = np.linspace(0, 1, SIZE)
    waves = [np.cos(np.pi * (k + 1) * x)[:, None] * np.cos(np.pi * (k % 3) * x) for k in range(COUNT)]
    components = np.array([wave[..., None] * rng.normal(0, 1, 3) for wave in waves]).reshape(COUNT, -1)
    mean = np.broadcast_to([0.6, 0.45, 0.35], (SIZE * SIZE, 3)).reshape(-1).astype(np.float32)
    kept = np.rint(components / np.abs(components).max(1, keepdims=True) * 32767).astype(np.int16)
    part = TexturePart(mean, kept, np.full(COUNT, 0.08 / 32767, np.float32))
    return TextureModel("made up", "FLAME texture", "", SIZE, "sRGB", part)


def skin(model: TextureModel, numbers: np.ndarray) -> np.ndarray:
    return combined(model.diffuse, numbers.astype(np.float32)).reshape(SIZE, SIZE, 3).astype(np.float64)


def fitted(model: TextureModel, picture: np.ndarray, seen: np.ndarray, normals: np.ndarray | None) -> TextureFit:
    """To the whole of a picture (SIZE, SIZE, 3), where it is seen."""
    flat = None if normals is None else normals.reshape(-1, 3)
    return result_of(fitting_texture(model, np.arange(SIZE * SIZE), picture.reshape(-1, 3), seen.ravel(), flat))


def normals() -> np.ndarray:
    """Of a dome."""
    x, y = np.meshgrid(np.linspace(-0.8, 0.8, SIZE), np.linspace(-0.8, 0.8, SIZE))
    found = np.stack([x, y, np.full_like(x, 0.9)], -1)
    return found / np.linalg.norm(found, axis=-1, keepdims=True)


def test_without_light_it_is_least_squares(model):
    numbers = np.random.default_rng(1).normal(size=COUNT)
    picture = skin(model, numbers) + np.random.default_rng(2).normal(0, 0.001, (SIZE, SIZE, 3))
    seen = np.ones((SIZE, SIZE), bool)
    fit = fitted(model, picture, seen, None)
    basis = (model.diffuse.components * model.diffuse.scales[:, None]).T.astype(np.float64)
    rows = np.concatenate([basis / NOISE, np.eye(COUNT)])
    right = np.r_[(picture.ravel() - model.diffuse.mean) / NOISE, np.zeros(COUNT)]
    assert np.allclose(fit.coefficients, lsq_linear(rows, right).x, atol=0.02)
    assert np.allclose(fit.coefficients, numbers, atol=0.02) and fit.error == pytest.approx(0.001, rel=0.2)


def test_a_part_tells_the_whole(model):
    """One half of the face is seen, and a beard over a tenth of that: the other half is within 2 %."""
    numbers, seen = np.random.default_rng(3).normal(size=COUNT), np.zeros((SIZE, SIZE), bool)
    seen[:, : SIZE // 2] = True
    picture = skin(model, numbers)
    picture[:8, :20] = 0.05
    fit = fitted(model, picture, seen, None)
    off = np.abs(skin(model, fit.coefficients) - skin(model, numbers))[:, SIZE // 2 :]
    assert off.mean() < 0.02, off.mean()


def test_light_from_one_side_is_no_skin(model):
    numbers, towards = np.random.default_rng(4).normal(size=COUNT), np.array([0.7, 0.2, 0.68])
    shading = (0.55 + 0.6 * np.clip(normals() @ towards, 0, None))[..., None] * [1.0, 0.95, 0.9]
    picture, seen = skin(model, numbers) * shading, np.ones((SIZE, SIZE), bool)
    lit = fitted(model, picture, seen, normals())
    unlit = fitted(model, picture, seen, None)
    asked = skin(model, numbers)
    off = [np.abs(skin(model, each.coefficients) - asked).mean() for each in (lit, unlit)]
    assert off[0] < 0.5 * off[1] and off[0] < 0.05, off
    assert lit.light[1].mean() > 0.05, "it comes from +X"


def test_too_little_is_refused(model):
    seen = np.zeros((SIZE, SIZE), bool)
    seen[0, :3] = True
    with pytest.raises(ParameterError, match="expected 200 texels that are seen, or more, found 3"):
        fitted(model, np.zeros((SIZE, SIZE, 3)), seen, None)
