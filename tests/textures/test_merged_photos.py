"""Several photos in one texture, and what is left out where the head may be a little off."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.errors import ParameterError
from flame_blender.flame.model import FlameModel
from flame_blender.textures.photo_texture import Doubt, PhotoTexture, merged, project_photo
from flame_blender.textures.texels import Texels, texels_of
from tests.textures.painted_heads import camera_at, painted_photo, rendered, smooth_paint

SIZE = 512


@pytest.fixture(scope="module")
def texels(built_in: FlameModel) -> Texels:
    """Of the built-in head's skin."""
    return texels_of(built_in, SIZE, ("skin", "lips"))


@pytest.fixture(scope="module")
def neutral(built_in: FlameModel) -> np.ndarray:
    """Its vertices."""
    return built_in.v_template.astype(np.float64)


def test_several_photos_hold_what_was_painted(texels: Texels, neutral: np.ndarray) -> None:
    """More of the head is seen than from any one side, and no colour is worse."""
    cameras = [camera_at(yaw, 0, 600, 700) for yaw in (-50, 0, 50)]
    textures = [project_photo(texels, neutral, c, painted_photo(texels, neutral, neutral, c)) for c in cameras]
    whole = merged(textures)
    np.testing.assert_array_equal(whole.seen, np.max([each.seen for each in textures], axis=0))
    assert (whole.seen > 0.5).sum() > 1.3 * max((each.seen > 0.5).sum() for each in textures)
    seen = whole.seen.ravel()[texels.used] > 0.5
    away = np.abs(whole.image[..., :3].reshape(-1, 3)[texels.used] - smooth_paint(texels.points(neutral)))[seen]
    assert np.percentile(away, 99) < 0.01


def test_merged_is_a_weighted_mean(texels: Texels) -> None:
    """Between the photos' colours, nearest to the finest that shows it; one alone stays as it is; no order matters."""
    rng = np.random.default_rng(1)
    images = rng.uniform(0, 1, (3, SIZE, SIZE, 4)).astype(np.float32)
    images[..., 3] *= rng.uniform(size=(3, SIZE, SIZE)) > 0.3
    images[0, :, :, 3] *= 1e-30  # hardly seen is still seen, where nobody else saw it
    images[images[..., 3] == 0] = 0
    detail = rng.uniform(0.1, 4, (3, SIZE, SIZE)).astype(np.float32)
    photos = [PhotoTexture(texels, *each) for each in zip(images, detail, strict=True)]
    whole = merged(photos).image
    np.testing.assert_allclose(merged(photos[::-1]).image, whole, atol=1e-6)
    np.testing.assert_allclose(merged(photos[:1]).image, images[0], rtol=1e-6)
    anyone = images[..., 3].max(0) > 0
    assert not whole[~anyone].any()
    shown = np.where(images[..., 3:] > 0, images[..., :3], np.nan)
    low, high = np.nanmin(shown[:, anyone], 0), np.nanmax(shown[:, anyone], 0)
    assert (whole[anyone, :3] >= low - 1e-6).all() and (whole[anyone, :3] <= high + 1e-6).all()
    well = images[..., 3] > 0.1
    best = np.where(well, detail, 0).argmax(0)
    finest = np.take_along_axis(images, best[None, ..., None], 0)[0]
    away = [np.abs(whole - image)[well.any(0), :3].mean() for image in (finest, *images)]
    assert away[0] < 0.5 * min(away[1:])


def test_photos_of_other_texels_are_not_merged(built_in: FlameModel, texels: Texels) -> None:
    blank = PhotoTexture(texels, np.zeros((SIZE, SIZE, 4), np.float32), np.zeros((SIZE, SIZE), np.float32))
    other = dataclasses.replace(blank, texels=texels_of(built_in, SIZE, ("skin", "lips")))
    for wrong in ([], [blank, other]):
        with pytest.raises(ParameterError, match="same texels"):
            merged(wrong)


def test_uncertain_vertices_leave_the_outline_out(texels: Texels, neutral: np.ndarray) -> None:
    """A head that is 4 mm too wide takes colours of the background, unless 5 mm at its outline are left out."""
    camera = camera_at(20, 0, 600, 700)
    photo = painted_photo(texels, neutral, neutral, camera)
    behind = rendered(neutral, texels.drawn, camera)[0] < 0
    photo[behind] = (0, 0, 5)
    middle = neutral.mean(0)
    wide = middle + (neutral - middle) * (1.05, 1.0, 1.05)
    sure, unsure = (project_photo(texels, wide, camera, photo, Doubt(uncertainty)) for uncertainty in (0.0, 0.005))
    blue = [(each.image[..., 2] * (each.seen > 0.1) > 1.5).sum() for each in (sure, unsure)]
    assert blue[0] > 100 and blue[1] < 0.05 * blue[0]
    assert (unsure.seen > 0.5).sum() > 0.75 * (sure.seen > 0.5).sum()
    newly = (unsure.seen > 0) & (sure.seen == 0)  # where one part hides another, to a pixel of the depth picture
    assert newly.sum() < 0.001 * (sure.seen > 0).sum(), newly.sum()
