"""Points bound to surfaces beside DECA's own rule, and normal maps beside what a renderer makes of them."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from flame_blender.geometry.triangles import edges_of
from flame_blender.textured_meshes.binding import bound
from flame_blender.textured_meshes.normal_maps import CornerFrames, in_tangent_space, kind_of
from flame_blender.textured_meshes.torn import mended
from flame_blender.textures.texels import texels_of_triangles
from tests.textured_meshes.writers import halved, upsampled

BALL = trimesh.creation.icosphere(2, 0.1)
FACES = np.array(BALL.faces)
SIZE = 64


def normals_of(vertices: np.ndarray) -> np.ndarray:
    """By area, as DECA's vertex_normals."""
    corners = vertices[FACES]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    np.add.at(normals, FACES, across[:, None])
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261129)


def test_any_point_is_bound_exactly(rng: np.random.Generator) -> None:
    """To any triangle, near or far, however far beyond its edges; and corners may lie in one place."""
    vertices = BALL.vertices * rng.uniform(0.8, 1.2, 3)
    points = rng.normal(0, 0.1, (4000, 3))
    binding = bound(
        points,
        FACES[rng.integers(len(FACES), size=4000)],
        rng.dirichlet((1, 1, 1), 4000),
        vertices,
        normals_of(vertices),
    )
    off = np.linalg.norm(binding.positions(vertices, normals_of(vertices)) - points, axis=1)
    assert np.percentile(off, 99) < 1e-6 and np.allclose(binding.weights.sum(1), 1, atol=1e-3)
    flat = bound(points[:9], np.tile(FACES[0, 0], (9, 3)), np.full((9, 3), 1 / 3), vertices, normals_of(vertices))
    assert np.isfinite(flat.positions(vertices, normals_of(vertices))).all()


def test_decas_dense_mesh_follows_as_deca_lifts_it(rng: np.random.Generator) -> None:
    """Bound by its places alone and moved, it is what upsample_mesh makes of the moved coarse mesh."""
    vertices = np.array(BALL.vertices)
    corners, weights, _ = halved(FACES)
    heights = rng.normal(0, 0.002, len(corners))
    points = upsampled(vertices, normals_of(vertices), corners, weights, heights)
    away = np.where(weights > 0, weights, 1e-3)
    binding = bound(points, corners, away / away.sum(1, keepdims=True), vertices, normals_of(vertices))
    assert np.abs(binding.positions(vertices, normals_of(vertices)) - points).max() < 1e-8
    moved = vertices * [1.1, 0.9, 1.0] + 0.004 * np.sin(40 * vertices[:, [1, 2, 0]])
    expected = upsampled(moved, normals_of(moved), corners, weights, heights)
    assert np.abs(binding.positions(moved, normals_of(moved)) - expected).max() < 1e-6


def sheet(height: float, count: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """A square of 10 cm in triangles."""
    x, y = np.meshgrid(np.linspace(0, 0.1, count), np.linspace(0, 0.1, count), indexing="ij")
    points = np.stack([x.ravel(), y.ravel(), np.full(x.size, height)], 1)
    first = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    low = np.stack([first, first + count, first + 1], 1)
    return points, np.concatenate([low, low[:, [1, 1, 2]] + [0, 1, 0]])


def test_points_on_the_wrong_lip_go_to_their_own(rng: np.random.Generator) -> None:
    """Two sheets that touch: a tenth of the points was given to the other; opened, no edge is torn afterwards."""
    (lower, faces), (upper, _) = sheet(0.0), sheet(2e-4)
    vertices, both = np.concatenate([lower, upper]), np.concatenate([faces, faces + len(lower)])
    corners, weights, finer = halved(both)
    points = (vertices[corners] * weights[..., None]).sum(1) + np.array([0, 0, 1e-5])
    is_upper = corners[:, 0] >= len(lower)
    own = np.array([np.flatnonzero((np.sort(both, 1) == np.sort(each)).all(1))[0] for each in corners])
    wrong = rng.random(len(points)) < 0.1
    rows = np.where(wrong, (own + len(faces)) % len(both), own)
    opened = vertices + np.where(np.arange(len(vertices)) < len(lower), 0.0, 0.05)[:, None] * [0, 0, 1]
    found, held = mended(points, edges_of(finer), rows, vertices, both, opened)
    assert wrong.sum() > 20 and np.array_equal(found >= len(faces), is_upper)
    feet = (held[..., None] * vertices[both[found]]).sum(1)
    assert np.abs(feet - points).max() < 3e-5


def unwrapped_cap() -> tuple[np.ndarray, np.ndarray]:
    """Triangles of the front, and UVs of their corners that do not overlap."""
    front = FACES[(BALL.vertices[FACES][..., 2] > 0.02).all(1)]
    return front, (BALL.vertices[front][..., :2] / 0.24 + 0.5).astype(np.float32)


def test_a_map_of_the_objects_directions_becomes_one_of_the_surfaces(rng: np.random.Generator) -> None:
    """Put together again as a renderer does, tangent, bitangent and normal give the directions that were there."""
    front, uvs = unwrapped_cap()
    texels = texels_of_triangles(BALL.vertices, front, uvs, np.ones(len(front), bool), SIZE)
    normals = normals_of(np.array(BALL.vertices))[front]
    tangents = np.cross([0.0, 1.0, 0.2], normals) * rng.uniform(0.9, 1.1, (len(front), 3, 1))
    frames = CornerFrames(normals, tangents, np.where(rng.random((len(front), 1)) < 0.5, -1.0, 1.0).repeat(3, 1))
    bent = np.zeros((SIZE * SIZE, 3))
    bent[texels.used] = texels.points(normals_of(np.array(BALL.vertices))) + rng.normal(0, 0.2, (len(texels.used), 3))
    bent[texels.used] /= np.linalg.norm(bent[texels.used], axis=1, keepdims=True)
    pixels = (0.5 + 0.5 * bent).reshape(SIZE, SIZE, 3)
    assert kind_of(pixels, texels, normals) == "object"
    own = 2 * in_tangent_space(pixels, texels, frames).reshape(-1, 3)[texels.used].astype(float) - 1
    weights, rows = texels.weights.reshape(-1, 3)[texels.used], texels.triangles.ravel()[texels.used]
    normal, tangent = (np.einsum("nk,nki->ni", weights, each[rows]) for each in (normals, tangents))
    bitangent = frames.signs[rows, :1] * np.cross(normal, tangent)
    found = own[:, :1] * tangent + own[:, 1:2] * bitangent + own[:, 2:] * normal
    assert np.abs(found / np.linalg.norm(found, axis=1, keepdims=True) - bent[texels.used]).max() < 1e-5
    assert kind_of(in_tangent_space(pixels, texels, frames), texels, normals) == "tangent"
    assert kind_of(rng.random((SIZE, SIZE, 1)).repeat(3, 2), texels, normals) == "heights"
