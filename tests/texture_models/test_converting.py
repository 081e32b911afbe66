"""Released texture models, converted: their pictures are those of the scripts' own arithmetic."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import ModelError, ParameterError
from flame_blender.files.file_budget import MAX_SECONDS
from flame_blender.long_work import result_of
from flame_blender.model_files.recognise import recognise
from flame_blender.texture_models.converting import converting
from flame_blender.texture_models.kept import COMPONENTS, REST, load_texture_model
from flame_blender.texture_models.picture import TexturePicture, combined, displayed
from flame_blender.texture_models.texture_model import TextureModel

from .files import COUNT, SIZE, albedo_mm, basel_albedo, flame_texture

LEVEL = 1 / 255


def converted(path: Path) -> TextureModel:
    folder = path.with_suffix("")
    result_of(converting(path, folder))
    return load_texture_model(folder)


def shown(model: TextureModel, values: np.ndarray) -> np.ndarray:
    """As OpenCV writes it: BGR, rows going down."""
    return np.clip(values, 0.0, 1.0).reshape(model.size, model.size, 3)[::-1, :, ::-1]


@pytest.mark.parametrize("compressed", [False, True])
def test_samples_are_those_of_tf_flame(tmp_path: Path, compressed: bool):
    """sample_texture.py: mean + directions times random numbers, cut to 0 to 255 and to whole numbers."""
    arrays = flame_texture(tmp_path / "FLAME_texture.npz", compressed=compressed)
    model = converted(tmp_path / "FLAME_texture.npz")
    assert (model.kind, model.size, model.count, model.colour_space) == ("FLAME texture", SIZE, COUNT, "sRGB")
    for seed in range(5):
        numbers = np.random.default_rng(seed).normal(size=COUNT)
        flat = arrays["mean"].reshape(1, -1) + numbers[None] @ arrays["tex_dir"].reshape(-1, COUNT).T
        expected = np.clip(flat.reshape(SIZE, SIZE, 3), 0, 255).astype(np.int64)
        found = shown(model, combined(model.diffuse, numbers.astype(np.float32))) * 255
        assert np.abs(np.clip(found, 0, 255) - expected).max() < 1.02, "whole numbers are cut off, not rounded"
    assert np.allclose(model.uv_coords, arrays["vt"]) and np.array_equal(model.uv_faces, arrays["ft"])


def test_albedo_is_shown_as_tf_flame_shows_it(tmp_path: Path):
    """255 * (0.6 * (diffuse + specular)) ^ (1 / 2.2), to one level; the same coefficients drive both."""
    arrays = albedo_mm(tmp_path / "albedo.npz")
    model = converted(tmp_path / "albedo.npz")
    assert model.kind == "AlbedoMM" and model.colour_space == "Linear" and model.specular is not None
    numbers = np.random.default_rng(3).normal(size=COUNT)
    diffuse, specular = (arrays[mean] + arrays[parts] @ numbers for mean, parts in (("MU", "PC"), ("specMU", "specPC")))
    expected = 255 * np.clip(0.6 * (diffuse + specular), 0, None) ** (1 / 2.2)
    both = (combined(part, numbers.astype(np.float32)) for part in (model.diffuse, model.specular))
    found = displayed(*both).reshape(SIZE, SIZE, 3)[::-1, :, ::-1]
    assert np.abs(found - np.minimum(expected / 255, 1)).max() < LEVEL


def test_flattened_albedo_of_basels_model(tmp_path: Path):
    arrays = basel_albedo(tmp_path / "bfm.npz")
    model = converted(tmp_path / "bfm.npz")
    assert model.kind == "Basel albedo" and model.specular is None and model.uv_coords is None
    numbers = np.random.default_rng(4).normal(size=COUNT)
    expected = np.clip(arrays["MU"] + arrays["PC"] @ numbers, 0, 1).reshape(SIZE, SIZE, 3)
    assert np.abs(shown(model, combined(model.diffuse, numbers.astype(np.float32))) - expected).max() < 0.1 * LEVEL


def test_one_slider_at_a_time_is_all_at_once(tmp_path: Path):
    """A thousand small changes leave nothing behind."""
    flame_texture(tmp_path / "texture.npz")
    model = converted(tmp_path / "texture.npz")
    picture, rng = TexturePicture(model.diffuse), np.random.default_rng(5)
    numbers = np.zeros(COUNT, np.float32)
    for _ in range(1000):
        numbers[rng.integers(COUNT)] = rng.normal()
        values = picture.show(numbers)
    assert np.abs(values - combined(model.diffuse, numbers)).max() < 1e-4
    assert np.abs(picture.show(numbers[:3]) - combined(model.diffuse, np.r_[numbers[:3], [0] * 3])).max() < 1e-5
    assert np.array_equal(picture.show(np.zeros(0)), model.diffuse.mean), "at rest it is the mean to the last bit"


def test_equal_files_have_one_fingerprint(tmp_path: Path):
    flame_texture(tmp_path / "one.npz")
    flame_texture(tmp_path / "two.npz", compressed=True)
    flame_texture(tmp_path / "other.npz", seed=9)
    one, two, other = (converted(tmp_path / name).fingerprint for name in ("one.npz", "two.npz", "other.npz"))
    assert one == two != other


def test_memory_is_of_some_rows(tmp_path: Path):
    """Of a file of 12 MB in float32, never more than the picture and a few rows is held."""
    side, count = 128, 64
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "large.npz",
        mean=rng.uniform(0, 255, (side, side, 3)),
        tex_dir=rng.normal(0, 9, (side, side, 3, count)).astype(np.float32),
    )
    tracemalloc.start()
    result_of(converting(tmp_path / "large.npz", tmp_path / "large"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 7e6, f"{peak / 1e6:.1f} MB"


def test_stopped_early_it_leaves_nothing(tmp_path: Path):
    flame_texture(tmp_path / "texture.npz")
    steps = converting(tmp_path / "texture.npz", tmp_path / "kept")
    next(steps)
    steps.close()
    assert [path.name for path in tmp_path.iterdir()] == ["texture.npz"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"mean": np.zeros((4, 5, 3))},
            r"mean and tex_dir of shapes \(N, N, 3\) and \(N, N, 3, K\), found \(4, 5, 3\)",
        ),
        ({"tex_dir": np.zeros((SIZE, SIZE, 3, 0))}, "1 to 1000 components in tex_dir, found 0"),
        ({"tex_dir": np.full((SIZE, SIZE, 3, 2), np.nan)}, "tex_dir must hold colours"),
        ({"tex_dir": np.zeros((SIZE, SIZE, 3, 2), "U4")}, "tex_dir must be an array of numbers, found <U4"),
        ({"tex_dir": np.asfortranarray(np.zeros((SIZE, SIZE, 3, 2)))}, "must be in C order"),
        ({"ft": np.full((60, 3), 99)}, "ft to name rows of vt, 0 to 39"),
        ({"vt": np.zeros(3)}, r"expected vt \(T, 2\) and ft \(F, 3\)"),
    ],
)
def test_wrong_files_get_one_sentence(tmp_path: Path, changed: dict, sentence: str):
    flame_texture(tmp_path / "wrong.npz", **changed)
    with pytest.raises(ModelError, match=sentence) as caught:
        result_of(converting(tmp_path / "wrong.npz", tmp_path / "kept"))
    assert str(caught.value).startswith(str(tmp_path / "wrong.npz")) and "\n" not in str(caught.value)
    assert not (tmp_path / "kept").exists()


def test_files_that_are_none_are_refused(tmp_path: Path):
    np.savez(tmp_path / "masks.npz", face=np.zeros(3, int))
    with pytest.raises(ModelError, match="expected a texture model with mean and tex_dir, or MU and PC, found face"):
        result_of(converting(tmp_path / "masks.npz", tmp_path / "kept"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"texture_model\.npz: expected a file, found none"):
        load_texture_model(tmp_path / "empty")


@pytest.mark.unmeasured
@pytest.mark.parametrize("write", [flame_texture, albedo_mm, basel_albedo])
@pytest.mark.parametrize("compressed", [False, True])
def test_truncated_and_damaged_files_end_in_one_sentence(tmp_path: Path, write: Callable, compressed: bool):
    """At 250 places a byte is changed, or the rest is missing: it converts, or is refused, and nothing is left."""
    write(tmp_path / "whole.npz", compressed=compressed)
    whole, rng = (tmp_path / "whole.npz").read_bytes(), np.random.default_rng(6)
    path, begun = tmp_path / "damaged.npz", time.process_time()
    for number in range(250):
        at = int(rng.integers(len(whole)))
        changed = bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1 :]
        path.write_bytes(whole[:at] + (changed if number % 2 else b""))
        recognise(path)
        said = refusal(path, tmp_path / f"kept{number}")
        assert said is None or ("\n" not in said and not (tmp_path / f"kept{number}").exists())
    assert time.process_time() - begun < MAX_SECONDS, "all of them within what one file may take"


def refusal(path: Path, folder: Path) -> str | None:
    try:
        result_of(converting(path, folder))
    except ModelError as error:
        return str(error)
    return None


def test_kept_folders_that_are_damaged_are_refused(tmp_path: Path):
    flame_texture(tmp_path / "texture.npz")
    converted(tmp_path / "texture.npz")
    kept = tmp_path / "texture"
    np.save(kept / COMPONENTS.format("diffuse"), np.zeros((2, 3), np.int16))
    with pytest.raises(ModelError, match=r"diffuse\.npy: expected int16 \(6, 1728\), found int16 \(2, 3\)"):
        load_texture_model(kept)
    (kept / COMPONENTS.format("diffuse")).unlink()
    with pytest.raises(ModelError, match=r"diffuse\.npy: cannot be read"):
        load_texture_model(kept)
    np.savez(kept / REST, format="flame_blender texture model 1")
    with pytest.raises(ModelError, match="found part of one"):
        load_texture_model(kept)
    np.savez(kept / REST, format="other")
    with pytest.raises(ModelError, match="expected format 'flame_blender texture model 1', found 'other'"):
        load_texture_model(kept)


@pytest.mark.parametrize("given", [np.zeros(COUNT + 1), [np.nan], np.zeros((1, 2))])
def test_wrong_coefficients_are_refused(tmp_path: Path, given):
    flame_texture(tmp_path / "texture.npz")
    picture = TexturePicture(converted(tmp_path / "texture.npz").diffuse)
    with pytest.raises(ParameterError, match="texture: expected at most 6 finite numbers"):
        picture.show(given)
