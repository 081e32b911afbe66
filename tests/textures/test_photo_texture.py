"""Photos laid into the texture, against an independent renderer, ray casts and what was painted on the head."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.ndimage

from flame_blender.errors import ParameterError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.textures.photo_texture import PhotoTexture, filled, project_photo
from flame_blender.textures.texels import Texels, texels_of
from flame_blender.textures.visibility import hidden, towards, vertex_normals
from tests.textures.painted_heads import (
    camera_at,
    first_hits,
    painted_photo,
    photographed,
    places,
    rendered,
    smooth_paint,
)

SIZE = 512
CHECKS = 16  # along the texture's side: each 32 texels wide


@pytest.fixture(scope="module")
def model(built_in: FlameModel) -> FlameModel:
    """The built-in head."""
    return built_in


@pytest.fixture(scope="module")
def texels(model: FlameModel) -> Texels:
    """Of its skin."""
    return texels_of(model, SIZE, ("skin", "lips"))


@pytest.fixture(scope="module")
def neutral(model: FlameModel) -> np.ndarray:
    """Its vertices."""
    return model.v_template.astype(np.float64)


def random_head(model: FlameModel, rng: np.random.Generator) -> np.ndarray:
    """(V, 3): a random identity, all joints turned."""
    turns = {name: rng.normal(0, 0.12, 3) for name in ("global_rotation", "neck", "left_eye", "right_eye")}
    jaw = [rng.uniform(0, 0.3), *rng.normal(0, 0.03, 2)]
    params = FlameParams(shape=rng.normal(size=model.n_identity), jaw=jaw, **turns)
    return FlameEvaluator(model).vertices(params).astype(np.float64)


@pytest.fixture(scope="module")
def side_view(texels: Texels, neutral: np.ndarray) -> PhotoTexture:
    """The neutral head, painted, from three quarters."""
    camera = camera_at(-40, 0, 600, 700)
    return project_photo(texels, neutral, camera, painted_photo(texels, neutral, neutral, camera))


# ---- what the camera sees


@pytest.mark.parametrize("seed", range(2))
def test_hidden_is_what_rays_do_not_reach(model: FlameModel, texels: Texels, seed: int) -> None:
    """Random heads and cameras: as ray casts say for 99 of 100 texels, both of those found hidden and of the others.

    Left out are rays that pass a silhouette closer than 0.7 mm, which say something else when they are moved by as
    much, and places less than a millimetre behind what hides them.
    """
    rng = np.random.default_rng(seed)
    vertices = random_head(model, rng)
    camera = camera_at(rng.uniform(-70, 70), rng.uniform(-25, 25), 1800, 2400)
    points = texels.points(vertices)
    facing = towards(points, texels.points(vertex_normals(vertices, texels.drawn)), camera)
    turned = np.flatnonzero(facing > 0.5)
    found = hidden(points[turned], vertices, texels.drawn, camera)
    eye = -camera.translation @ camera.rotation
    for kind in (True, False):
        chosen = rng.choice(turned[found == kind], 150, replace=False)
        origins = np.tile(eye, (150, 1))
        before = []
        for aside in ([0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]):
            moved = 7e-4 * (aside @ camera.rotation)
            first = first_hits(origins + moved, points[chosen] + moved, vertices, texels.drawn)
            before.append((1 - first) * np.linalg.norm(points[chosen] - eye, axis=1))
        says = np.array(before) > 1e-3
        clear = (says == says[0]).all(0) & ((before[0] > 1e-4) == says[0]) & np.isfinite(before).all(0)
        assert clear.mean() > 0.6
        assert (says[0] == kind)[clear].mean() >= 0.99


def test_seen_is_nought_outside_the_picture_and_beyond_eighty_degrees(
    model: FlameModel, texels: Texels, neutral: np.ndarray
) -> None:
    """A camera whose picture cuts the head: by formulas of the test's own."""
    camera = camera_at(20, 10, 500, 300, metres=0.12)
    photo = np.ones((300, 500, 3), np.float32)
    seen = project_photo(texels, neutral, camera, photo).seen.ravel()[texels.used]
    points = texels.points(neutral)
    at = points @ camera.rotation.T + camera.translation
    pixels = camera.intrinsics[:2] * at[:, :2] / at[:, 2:] + camera.intrinsics[2:]
    within = ((pixels >= 0) & (pixels <= [500, 300])).all(1)
    assert 0.1 < within.mean() < 0.6
    assert seen[~within].max() == 0
    normals = texels.points(vertex_normals(neutral, texels.drawn)) @ camera.rotation.T
    cosines = -(normals * at).sum(1) / np.linalg.norm(normals, axis=1) / np.linalg.norm(at, axis=1)
    assert seen[cosines < np.cos(np.radians(80)) - 1e-9].max() == 0
    assert np.median(seen[within & (cosines > np.cos(np.radians(60)))]) == 1
    grazing = seen[(np.abs(np.degrees(np.arccos(cosines)) - 72.5) < 0.1) & (seen > 0)]
    assert np.median(grazing) == pytest.approx(0.5, abs=0.05)


def test_nothing_is_seen_from_behind_or_inside_out(texels: Texels, neutral: np.ndarray) -> None:
    """A camera that has the head at its back, and one so far aside that the picture misses it."""
    camera = camera_at(0, 0, 40, 30)
    photo = np.ones((30, 40, 3), np.float32)
    behind = dataclasses.replace(camera, translation=camera.translation - [0, 0, 2])
    aside = dataclasses.replace(camera, translation=camera.translation - [5, 0, 0])
    for blind in (behind, aside):
        result = project_photo(texels, neutral, blind, photo)
        assert result.image.max() == 0
        assert filled(result, "MIRROR")[..., :3].max() == 0


def test_orthographic_is_what_is_seen_from_far_away(texels: Texels, neutral: np.ndarray) -> None:
    """A perspective camera four hundred metres off, of the same picture."""
    far = camera_at(35, 5, 300, 360, distance=400.0)
    scale = far.intrinsics[:2] / 400
    flat = dataclasses.replace(far, intrinsics=np.array([*scale, *far.intrinsics[2:]]), orthographic=True)
    photo = painted_photo(texels, neutral, neutral, far)
    one, other = (project_photo(texels, neutral, camera, photo) for camera in (far, flat))
    assert (np.abs(one.seen - other.seen) < 0.02).mean() > 0.995
    both = (one.seen > 0.5) & (other.seen > 0.5)
    assert both.mean() > 0.2
    assert (np.abs(one.image - other.image)[both, :3].max(1) < 0.02).mean() > 0.995


# ---- colours


def skin_uvs(model: FlameModel, texels: Texels) -> tuple[np.ndarray, np.ndarray]:
    """(D, 3, 2) float64 UVs of all drawn triangles' corners, and (D,) whether they are skin."""
    skin = set(map(tuple, texels.faces.tolist()))
    return texels_of(model, 16).uvs.astype(np.float64), np.array([tuple(row) in skin for row in texels.drawn.tolist()])


def crossings(picture: np.ndarray, uvs: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """(n, 2) UVs in texels where ``picture`` (H, W) crosses one half, along rows and columns of pixels.

    Between pixels that are both ``shown``, and next to each other on the head as they are in the picture.
    """
    found = []
    for axis in (0, 1):
        lines, at, both = (np.moveaxis(array, axis, 0) for array in (picture - 0.5, uvs * SIZE, shown))
        near = np.logical_and(both[1:], both[:-1]) & (np.abs(at[1:] - at[:-1]).max(-1) < 4)
        here = near & (lines[1:] * lines[:-1] < 0)
        before, after = lines[:-1][here][:, None], lines[1:][here][:, None]
        share = before / (before - after)
        found.append(at[:-1][here] * (1 - share) + at[1:][here] * share)
    return np.concatenate(found)


def texels_off(edges: np.ndarray) -> np.ndarray:
    """Of places (n, 2) in texels, the distance to the nearest line of the checker."""
    width = SIZE / CHECKS
    return np.abs(edges - width * np.round(edges / width)).min(1)


@pytest.mark.parametrize(("seed", "yaw"), [(0, 0), (1, -45)])
def test_a_checker_returns_within_a_texel(model: FlameModel, texels: Texels, seed: int, yaw: float) -> None:
    """A random head with a checker, photographed, projected, rendered with that texture: a tenth of a texel off.

    Where the picture's brightness crosses one half between neighbouring pixels, the UV there, interpolated, is
    compared with the nearest line of the checker.
    """
    rng = np.random.default_rng(seed)
    vertices = random_head(model, rng)
    camera = camera_at(yaw, rng.uniform(-10, 10), 1000, 1200)
    uvs, skin = skin_uvs(model, texels)
    triangles, weights = rendered(vertices, texels.drawn, camera)

    def checker(triangle: np.ndarray, at: np.ndarray) -> np.ndarray:
        squares = np.floor(places(uvs, triangle, at) * CHECKS).astype(int).sum(1) % 2
        return np.repeat(squares[:, None], 3, 1) * skin[triangle][:, None]

    photo = photographed(triangles, weights, checker)
    result = project_photo(texels, vertices, camera, photo)

    def texture(layer: np.ndarray) -> np.ndarray:
        at = places(uvs, triangles.ravel(), weights.reshape(-1, 3)).T[::-1] * SIZE - 0.5
        return scipy.ndimage.map_coordinates(layer, at, order=1, mode="nearest").reshape(triangles.shape)

    at = places(uvs, triangles.ravel(), weights.reshape(-1, 3)).reshape(*triangles.shape, 2)
    shown = (triangles >= 0) & skin[triangles] & (texture(result.seen) > 0.5)
    first, back = (crossings(picture, at, shown) for picture in (photo[..., 0], texture(result.image[..., 0])))
    assert len(first) > 5000 and len(back) > 0.9 * len(first)
    assert np.median(texels_off(back)) < 0.1
    assert np.percentile(texels_off(back), 95) < 1


def test_texels_hold_what_was_painted(texels: Texels, side_view: PhotoTexture, neutral: np.ndarray) -> None:
    """To a few thousandths, wherever the camera saw them well."""
    seen = side_view.seen.ravel()[texels.used] > 0.5
    assert seen.mean() > 0.3
    away = np.abs(side_view.image[..., :3].reshape(-1, 3)[texels.used] - smooth_paint(texels.points(neutral)))[seen]
    assert np.percentile(away, 99) < 0.01
    assert away.max() < 0.1


def test_pixels_finer_than_texels_are_averaged(model: FlameModel, neutral: np.ndarray) -> None:
    """A checker of single pixels, several of them in each texel, comes out grey."""
    coarse = texels_of(model, 128, ("skin", "lips"))
    camera = camera_at(0, 0, 1600, 1600)
    photo = np.repeat((np.indices((1600, 1600)).sum(0) % 2)[..., None], 3, 2).astype(np.float32)
    result = project_photo(coarse, neutral, camera, photo)
    assert np.abs(result.image[result.seen > 0.9, :3] - 0.5).mean() < 0.02


def test_alpha_keeps_colours_out(texels: Texels, neutral: np.ndarray) -> None:
    """Half of a photo is transparent red: no texel is reddish, none there is seen."""
    camera = camera_at(0, 0, 600, 700)
    photo = np.full((700, 600, 4), (0.0, 0.5, 0.25, 1.0), np.float32)
    photo[:, :300] = (1, 0, 0, 0)
    result = project_photo(texels, neutral, camera, photo)
    seen = result.seen > 0
    assert np.abs(result.image[seen, :3] - (0, 0.5, 0.25)).max() < 1e-4
    left = camera.project(texels.points(neutral))[:, 0] < 297
    assert result.seen.ravel()[texels.used][left].max() == 0
    assert seen.sum() > 20000


@pytest.mark.parametrize(("yaw", "pitch", "side"), [(-40, 0, 1000), (0, 0, 400), (120, -30, 300)])
def test_the_background_stays_out(texels: Texels, neutral: np.ndarray, yaw: float, pitch: float, side: int) -> None:
    """A white head before black: texels are white where they count, at the open rim of the neck too."""
    camera = camera_at(yaw, pitch, side, side)
    triangles, weights = rendered(neutral, texels.drawn, camera)
    photo = photographed(triangles, weights, lambda triangle, _: np.ones((len(triangle), 3)))
    result = project_photo(texels, neutral, camera, photo)
    darkness = (1 - result.image[..., 0]) * result.seen
    assert darkness.max() < 0.05
    assert result.seen.mean() > 0.1


# ---- filling


def test_mirrored_fill_gives_the_symmetric_paint_back(
    texels: Texels, side_view: PhotoTexture, neutral: np.ndarray
) -> None:
    """On the side that the camera did not see, where it saw the other; blurring cannot do that."""
    painted = smooth_paint(texels.points(neutral))
    seen = side_view.seen.ravel()[texels.used]
    other = scipy.ndimage.map_coordinates(side_view.seen, texels.mirrored.T[::-1] - 0.5, order=0)
    only_there = (seen == 0) & (other > 0.99)
    assert only_there.mean() > 0.15
    errors = {}
    for how in ("MIRROR", "BLUR"):
        image = filled(side_view, how)
        assert image.shape == (SIZE, SIZE, 4) and image.dtype == np.float32 and (image[..., 3] == 1).all()
        errors[how] = np.abs(image[..., :3].reshape(-1, 3)[texels.used] - painted)[only_there]
    assert np.percentile(errors["MIRROR"], 99) < 0.02
    assert np.median(errors["BLUR"]) > 0.05


@pytest.mark.parametrize("how", ["MIRROR", "BLUR"])
def test_what_was_seen_stays(side_view: PhotoTexture, how: str) -> None:
    """Texels that the camera saw fully keep the photo's colours."""
    fully = side_view.seen == 1
    assert fully.mean() > 0.1
    assert np.abs(filled(side_view, how) - side_view.image)[fully].max() < 1e-6


@pytest.mark.parametrize("how", ["MIRROR", "BLUR"])
@pytest.mark.parametrize("size", [65, 200])
def test_one_colour_fills_the_texture_with_it(model: FlameModel, neutral: np.ndarray, size: int, how: str) -> None:
    """Between the parts of the texture too, at any size."""
    texels = texels_of(model, size)
    camera = camera_at(40, 0, 300, 300)
    photo = np.full((300, 300, 3), (0.2, 0.4, 0.8), np.float32)
    image = filled(project_photo(texels, neutral, camera, photo), how)
    assert image.shape == (size, size, 4)
    assert np.abs(image[..., :3] - (0.2, 0.4, 0.8)).max() < 1e-4


@pytest.mark.parametrize("how", ["MIRROR", "BLUR"])
def test_no_edge_shows(texels: Texels, side_view: PhotoTexture, neutral: np.ndarray, how: str) -> None:
    """Neighbouring texels less than 2 mm apart differ by a small part of the paint's range, filled or not.

    Where what was seen is not blended an edge does show: across its border neighbours then differ twice as much.
    """
    hard = side_view.image.copy()
    hard[..., 3] = hard[..., 3] > 0
    points, seen = texels.points(neutral), side_view.seen.ravel()[texels.used] > 0
    index = np.full(SIZE * SIZE, -1)
    index[texels.used] = np.arange(len(texels.used))
    one, other = (np.roll(index.reshape(SIZE, SIZE), -1, axis).ravel()[texels.used] for axis in (0, 1))
    largest, across = [], []
    for image in (filled(side_view, how), filled(dataclasses.replace(side_view, image=hard), how)):
        values = image.reshape(-1, 4)[texels.used]
        steps, border = [], []
        for beside in (one, other):
            near = (beside >= 0) & (np.linalg.norm(points[beside] - points, axis=1) < 2e-3)
            steps.append(np.abs(values[beside] - values).max(1)[near])
            border.append((seen[beside] != seen)[near])
        assert sum(each.sum() for each in border) > 1000
        largest.append(np.percentile(np.concatenate(steps), 99.9))
        across.append(np.percentile(np.concatenate(steps)[np.concatenate(border)], 99))
    assert largest[0] < 0.04
    assert across[1] > 2 * across[0]


@pytest.mark.parametrize("how", ["MIRROR", "BLUR"])
def test_colours_go_on_over_seams(model: FlameModel, texels: Texels, side_view: PhotoTexture, how: str) -> None:
    """Along edges of the head with UVs of their own on either side."""
    edges: dict[tuple[int, int], list[np.ndarray]] = {}
    for face, uv in zip(texels.faces.tolist(), texels.uvs, strict=True):
        for one, other in ((0, 1), (1, 2), (2, 0)):
            ends = sorted([(face[one], one), (face[other], other)])
            edges.setdefault((ends[0][0], ends[1][0]), []).append(uv[[ends[0][1], ends[1][1]]].mean(0))
    sides = np.array([uvs for uvs in edges.values() if len(uvs) == 2 and np.abs(uvs[0] - uvs[1]).max() > 0.01])
    assert len(sides) > 50
    image = filled(side_view, how)
    values = [
        np.stack([scipy.ndimage.map_coordinates(image[..., k], uv.T[::-1] * SIZE - 0.5, order=1) for k in range(3)], 1)
        for uv in (sides[:, 0], sides[:, 1])
    ]
    assert np.abs(values[0] - values[1]).max() < 0.03


def test_a_texture_of_one_texel_that_nobody_sees_is_black(model: FlameModel, neutral: np.ndarray) -> None:
    """The smallest size, and no division by nothing."""
    camera = camera_at(180, 0, 30, 30)
    result = project_photo(texels_of(model, 1), neutral, camera, np.ones((30, 30, 3), np.float32))
    for how in ("MIRROR", "BLUR"):
        assert filled(result, how)[0, 0].tolist() == [0, 0, 0, 1]


# ---- errors


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"photo": np.ones((30, 41, 3), np.float32)}, r"\(30, 40, 3 or 4\), found \(30, 41, 3\)"),
        ({"photo": np.ones((30, 40), np.float32)}, r"found \(30, 40\)"),
        ({"photo": np.full((30, 40, 3), np.nan, np.float32)}, "NaN"),
        ({"vertices": np.zeros((5, 3))}, r"found \(5, 3\)"),
        ({"vertices": None}, "NaN"),
        ({"camera": None}, "stand still, found one of 2 frames"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    texels: Texels, neutral: np.ndarray, change: dict, message: str
) -> None:
    """One sentence that tells what was expected."""
    camera = camera_at(0, 0, 40, 30)
    moving = dataclasses.replace(camera, translation=np.tile(camera.translation, (2, 1)))
    given = {"vertices": neutral, "camera": camera, "photo": np.ones((30, 40, 3), np.float32)} | change
    given["camera"] = given["camera"] or moving
    if given["vertices"] is None:
        given["vertices"] = np.full_like(neutral, np.nan)
    with pytest.raises(ParameterError, match=message):
        project_photo(texels, **given)


def test_an_unknown_filling_is_refused(side_view: PhotoTexture) -> None:
    """Naming those that there are."""
    with pytest.raises(ParameterError, match="MIRROR or BLUR, found WHITE"):
        filled(side_view, "WHITE")
