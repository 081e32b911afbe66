"""Where each texel lies on the head, against SciPy's triangulation, distances and nearest points."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.ndimage
import scipy.spatial
import trimesh

from flame_blender.errors import ModelError, ParameterError
from flame_blender.flame.model import FlameModel
from flame_blender.textures.mirrored import mirrored_places
from flame_blender.textures.rasterise import rasterised
from flame_blender.textures.texels import PADDING, Texels, texels_of

PAINTED = ("skin", "lips")
SIZE = 512


@pytest.fixture(scope="module")
def model(built_in: FlameModel) -> FlameModel:
    """The built-in head."""
    return built_in


@pytest.fixture(scope="module")
def texels(model: FlameModel) -> Texels:
    """Of its skin."""
    return texels_of(model, SIZE, PAINTED)


def centres(width: int, height: int) -> np.ndarray:
    """(height * width, 2) of the pixels, x then y."""
    rows, columns = np.divmod(np.arange(width * height), width)
    return np.stack([columns, rows], 1) + 0.5


@pytest.mark.parametrize(
    ("seed", "n_points", "width", "height"), [(0, 300, 60, 40), (1, 8, 300, 200), (2, 4000, 50, 90)]
)
def test_pixels_of_triangles_are_scipys(seed: int, n_points: int, width: int, height: int) -> None:
    """Random triangulations, beyond the picture's border too: each centre is in one triangle, the one SciPy finds."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-0.2, 1.2, (n_points, 2)) * [width, height]
    mesh = scipy.spatial.Delaunay(points)
    turned = np.where(rng.random((len(mesh.simplices), 1)) < 0.5, mesh.simplices, mesh.simplices[:, ::-1])
    found = np.full(width * height, -1)
    covered = np.zeros(width * height, int)
    for triangle, pixel, weights in rasterised(points[turned], width, height):
        found[pixel] = triangle
        covered += np.bincount(pixel, minlength=len(covered))
        at = np.einsum("nk,nki->ni", weights, points[turned[triangle]])
        assert np.abs(at - centres(width, height)[pixel]).max() < 1e-6
        assert weights.min() >= 0
    expected = mesh.find_simplex(centres(width, height))
    assert (expected >= 0).mean() > 0.3
    assert np.array_equal(found, expected)
    assert covered.max() == 1


def test_no_gap_between_triangles_whose_edges_run_through_centres() -> None:
    """A fan around a centre, its edges on rows, columns and diagonals of centres, covers each pixel."""
    rim = np.array([[8, 0], [8, 8], [0, 8], [-8, 8], [-8, 0], [-8, -8], [0, -8], [8, -8]]) + 8.5
    fan = np.stack([np.full((8, 2), 8.5), rim, np.roll(rim, -1, 0)], 1)
    pixels = np.concatenate([pixel for _, pixel, _ in rasterised(fan, 17, 17)])
    assert np.array_equal(np.unique(pixels), np.arange(17 * 17))


@pytest.mark.parametrize("corners", [np.zeros((1, 3, 2)), [[[0, 0], [5, 5], [9, 9]]], [[[90, 0], [99, 0], [95, 9]]]])
def test_triangles_without_area_or_outside_cover_nothing(corners: np.ndarray) -> None:
    """A point, a line, one beside the picture."""
    assert sum(len(pixel) for _, pixel, _ in rasterised(np.array(corners), 10, 10)) == 0


def test_every_texel_lies_in_its_triangle(texels: Texels) -> None:
    """Its weights at its triangle's UVs give its own centre, and are a mean."""
    inside = texels.inside.ravel()
    weights = texels.weights.reshape(-1, 3)[inside]
    at = np.einsum("nk,nki->ni", weights, texels.uvs[texels.triangles.ravel()[inside]]) * SIZE
    assert np.abs(at - centres(SIZE, SIZE)[inside]).max() < 1e-3
    assert weights.min() >= 0 and np.abs(weights.sum(1) - 1).max() < 1e-5


def test_texels_in_no_triangle_are_left_out(texels: Texels) -> None:
    """Against every triangle's three sides, for random texels; the rest of the texture has no place."""
    rng = np.random.default_rng(3)
    chosen = rng.choice(SIZE * SIZE, 500, replace=False)
    corners = texels.uvs.astype(np.float64) * SIZE
    edges = np.roll(corners, -1, 1) - corners
    away = centres(SIZE, SIZE)[chosen][:, None, None] - corners
    sides = edges[..., 0] * away[..., 1] - edges[..., 1] * away[..., 0]
    expected = np.any((sides >= 0).all(2) | (sides <= 0).all(2), 1)
    assert 0.5 < expected.mean() < 0.95
    assert np.array_equal(texels.inside.ravel()[chosen], expected)


def test_padding_repeats_the_nearest_texel(texels: Texels) -> None:
    """As far as SciPy's distances say, and nothing lies farther out."""
    distances, nearest = scipy.ndimage.distance_transform_edt(~texels.inside, return_indices=True)
    assert np.array_equal(texels.triangles >= 0, distances <= PADDING)
    padding = (distances > 0) & (distances <= PADDING)
    assert padding.sum() > 1000
    at = np.einsum("nk,nki->ni", texels.weights[padding], texels.uvs[texels.triangles[padding]]) * SIZE
    rows, columns = np.nonzero(padding)
    away = np.linalg.norm(at - np.stack([columns, rows], 1) - 0.5, axis=1)
    assert np.abs(away - distances[padding]).max() < 1e-3
    only = padding & (np.abs(distances - 1) < 1e-9) & (scipy.ndimage.convolve(texels.inside.astype(int), CROSS) == 1)
    assert np.array_equal(texels.triangles[only], texels.triangles[tuple(nearest[:, only])])


CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])


def test_what_is_drawn_near_a_seam_reads_only_texels_with_a_place(texels: Texels) -> None:
    """The texels that bilinear reading touches, in the texture and in its half, anywhere on the head."""
    rng = np.random.default_rng(4)
    triangles = rng.integers(len(texels.faces), size=20000)
    places = np.einsum("nk,nki->ni", rng.dirichlet([0.3] * 3, 20000), texels.uvs[triangles]) * SIZE
    has_place = texels.triangles >= 0
    for _ in range(2):
        corner = np.floor(places - 0.5).astype(int)
        for step in ((0, 0), (1, 0), (0, 1), (1, 1)):
            column, row = (corner + step).T
            assert has_place[row, column].all()
        has_place = has_place[::2, ::2] & has_place[1::2, ::2] & has_place[::2, 1::2] & has_place[1::2, 1::2]
        places = places / 2


@pytest.mark.parametrize("swelling", [1.0, 1.03])
def test_mirrored_places_are_the_nearest_to_the_mirrored_points(
    model: FlameModel, texels: Texels, swelling: float
) -> None:
    """For random texels of a symmetric and of a lopsided head, against the nearest points of all triangles."""
    rng = np.random.default_rng(5)
    template = np.where(model.v_template > 0, model.v_template * [swelling, 1, 1], model.v_template)
    used = rng.choice(texels.used, 150, replace=False)
    triangles, weights = texels.triangles.ravel()[used], texels.weights.reshape(-1, 3)[used]
    corners = template[texels.faces]
    found, places = mirrored_places(template, texels.faces, triangles, weights)
    mirrored = np.einsum("nk,nki->ni", weights, corners[triangles]) * [-1, 1, 1]
    got = np.einsum("nk,nki->ni", places, corners[found])
    away = np.linalg.norm(got - mirrored, axis=1)
    nearest = np.array(
        [
            np.linalg.norm(
                trimesh.triangles.closest_point(corners, np.tile(point, (len(corners), 1))) - point, axis=1
            ).min()
            for point in mirrored
        ]
    )
    assert places.min() >= 0 and np.abs(places.sum(1) - 1).max() < 1e-5
    assert np.median(away - nearest) < 1e-5
    assert (away - nearest < 5e-4).mean() >= 0.97


def test_mirroring_swaps_left_and_right(model: FlameModel, texels: Texels) -> None:
    """The right ear's texels lie on the left ear."""
    at = texels.points(model.v_template)
    ear = np.zeros((model.n_vertices, 1))
    ear[model.regions["right_ear"]] = 1
    on_right = texels.points(ear)[:, 0] > 0.99
    assert on_right.sum() > 100 and (at[on_right, 0] < 0).all()
    places = texels.mirrored[on_right]
    columns, rows = np.floor(places).astype(int).T
    other = np.searchsorted(texels.used, rows * SIZE + columns)
    assert np.array_equal(texels.used[other], rows * SIZE + columns)
    assert np.abs(at[other] * [-1, 1, 1] - at[on_right]).max() < 2e-3


def test_what_cannot_have_texels_is_refused(model: FlameModel) -> None:
    """No UVs, unknown materials, impossible sizes."""
    with pytest.raises(ModelError, match="no UVs"):
        texels_of(dataclasses.replace(model, display=None))
    with pytest.raises(ParameterError, match=r"skin, lips.*found beard"):
        texels_of(model, 16, ("skin", "beard"))
    for size in (0, 100_000):
        with pytest.raises(ParameterError, match=f"found {size}"):
            texels_of(model, size)


def test_triangles_with_uvs_as_flames_template_has_them(model: FlameModel) -> None:
    """Polygons of three corners, filled up with -1, and no materials: all faces have texels."""
    display = model.display
    assert display is not None
    rows = [
        np.pad(faces[:, :3], ((0, 0), (0, 1)), constant_values=-1) for faces in (display.polygons, display.uv_polygons)
    ]
    plain = dataclasses.replace(
        display, polygons=rows[0], uv_polygons=rows[1], polygon_materials=None, material_names=()
    )
    table = texels_of(dataclasses.replace(model, display=plain), 64)
    assert np.array_equal(table.faces, display.polygons[:, :3])
    assert np.array_equal(table.drawn, table.faces)
    with pytest.raises(ParameterError, match="none"):
        texels_of(dataclasses.replace(model, display=plain), 64, ("skin",))
