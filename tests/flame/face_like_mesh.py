"""The built-in head's surface on a made-up topology of FLAME's counts, and how what is known of the head comes along.

The skin is the built-in head's, thinned to 3,931 vertices, without the end of the mouth's pocket, with closed eye
sockets, in an order of its own; the eyeballs are parts of their own of 546 vertices in rings. There are no teeth,
tongue or lashes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flame_blender.flame.eyeballs import Eyeball, eyeballs_of, parts_of, rings_about
from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel
from tests.flame.decimated import Collapsing, rims_of

N_SKIN, N_BALL = 3931, 546
NECK_RIM = 32  # vertices of the neck's open end
POCKET_RINGS = 5  # of the mouth's pocket that are left out, counted from its end: its rim has 30 vertices then
SOCKET_RINGS = 3
SOCKET = 1.1  # radii of the eyeball
BALL_ROWS = (
    7,
    14,
    21,
    28,
    35,
    44,
    54,
    64,
    75,
    87,
    99,
    111,
    123,
    135,
    147,
    159,
    170,
)  # degrees from where the eye looks
BALL_COLUMNS = 32
EYE_UV = (0.20, 0.065), (0.32, 0.065)  # middle of each eyeball in the texture, below the skin's part
EYE_UV_RADIUS = 0.054
DEAR = {"lips": 30.0, "eye_region": 10.0, "nose": 3.0}  # how much dearer a vertex is to give up there
CANDIDATES = 12  # vertices round whose triangles the place of a landmark is looked for


@dataclass(frozen=True, eq=False)
class Carried:
    """The new mesh, in the place of the built-in head at rest.

    ``vertices`` (5023, 3) float64; ``faces`` (9976, 3); ``uv`` (T, 2) and ``uv_faces`` (9976, 3). ``source`` (3931,) is
    the built-in vertex of each vertex of the skin. Those of the sockets, ``share`` (3931,) above 0, go in that share
    with the eyeball of their ``side`` (3931,) and for the rest with the rim's vertex.
    """

    built_in: FlameModel
    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray
    source: np.ndarray
    share: np.ndarray
    side: np.ndarray

    def field(self, known: np.ndarray) -> np.ndarray:
        """(7164, k) at the built-in head's vertices -> (5023, k): what its eyeballs do affinely, the new ones do."""
        out = np.zeros((len(self.vertices), known.shape[1]))
        out[:N_SKIN] = known[self.source]
        rest = self.built_in.v_template.astype(np.float64)
        for side, ball in enumerate(_balls(self.built_in)):
            at = np.c_[rest[ball.vertices] - ball.centre, np.ones(len(ball.vertices))]
            affine = np.linalg.lstsq(at, known[ball.vertices], rcond=None)[0]
            there = np.c_[self.vertices - ball.centre, np.ones(len(self.vertices))] @ affine
            socket = np.flatnonzero((self.share > 0) & (self.side == side))
            share = self.share[socket, None]
            out[socket] = share * there[socket] + (1 - share) * out[socket]
            out[eyeball(side)] = there[eyeball(side)]
        return out

    def embedding(self, known: LandmarkEmbedding) -> LandmarkEmbedding:
        """The same landmarks on the new mesh: the nearest point of the skin that faces as the built-in surface does."""
        faces, barycentric = self._nearest(known.static_faces, known.static_barycentric)
        if known.contour_faces is None:
            return LandmarkEmbedding(faces, barycentric, indices=known.indices)
        contour = self._nearest(known.contour_faces.ravel(), known.contour_barycentric.reshape(-1, 3))
        shape = known.contour_faces.shape
        return LandmarkEmbedding(faces, barycentric, contour[0].reshape(shape), contour[1].reshape(*shape, 3))

    def _nearest(self, faces: np.ndarray, barycentric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n,) triangles and (n, 3) weights of the points that the built-in head has in ``faces``."""
        rest = self.built_in.v_template.astype(np.float64)
        points = np.einsum("nc,ncx->nx", barycentric, rest[self.built_in.faces[faces]])
        wanted = _normals(rest[self.built_in.faces[faces]])
        skin = self.faces[(self.faces < N_SKIN).all(1)]
        corners = self.vertices[skin]
        normals = _normals(corners)
        chosen, weights = np.empty(len(points), np.int64), np.empty((len(points), 3))
        for row, (point, normal) in enumerate(zip(points, wanted, strict=True)):
            near = np.argpartition(((self.vertices[:N_SKIN] - point) ** 2).sum(1), CANDIDATES)[:CANDIDATES]
            candidates = np.flatnonzero(np.isin(skin, near).any(1) & (normals @ normal > 0.3))
            within = _within(corners[candidates], point)
            off = ((np.einsum("nc,ncx->nx", within, corners[candidates]) - point) ** 2).sum(1)
            best = off.argmin()
            chosen[row], weights[row] = candidates[best], within[best]
        return chosen, weights


def eyeball(side: int) -> slice:
    """The vertices of the left (0) or the right (1) eyeball."""
    return slice(N_SKIN + side * N_BALL, N_SKIN + (side + 1) * N_BALL)


def carried(built_in: FlameModel, rng: np.random.Generator) -> Carried:
    """The new mesh; ``rng`` shuffles the skin's vertices and triangles."""
    skin = _Skin(built_in)
    skin.open_pocket()
    skin.close_sockets()
    kept, faces, uv_faces = skin.thinned()
    order, rows = rng.permutation(len(kept)), rng.permutation(len(faces))
    place = np.full(len(skin.points), -1)
    place[kept[order]] = np.arange(len(kept))
    taken = kept[order]
    parts = [place[faces][rows]]
    uv, uv_parts = [skin.uv], [uv_faces[rows]]
    points = [skin.points[taken]]
    for side, ball in enumerate(_balls(built_in)):
        polar, turn, triangles = _ball_of_rings()
        points.append(ball.centre + ball.radius * _on_sphere(polar[:N_BALL], turn[:N_BALL]))
        parts.append(N_SKIN + side * N_BALL + np.minimum(triangles, N_BALL - 1))
        uv_parts.append(sum(map(len, uv)) + triangles)
        uv.append((EYE_UV_RADIUS * polar / np.pi * np.stack([np.cos(turn), np.sin(turn)])).T + EYE_UV[side])
    used, uv_faces = np.unique(np.concatenate(uv_parts), return_inverse=True)
    return Carried(
        built_in,
        np.concatenate(points),
        np.concatenate(parts),
        np.concatenate(uv)[used],
        uv_faces.reshape(-1, 3),
        skin.source[taken],
        skin.share[taken],
        skin.side[taken],
    )


class _Skin:
    """The built-in head's skin as triangles with corners in the texture; ``source`` (n,) says which vertices it has."""

    def __init__(self, built_in: FlameModel) -> None:
        self.built_in = built_in
        polygons, texels = built_in.display.polygons, built_in.display.uv_polygons
        in_skin = parts_of(built_in.faces, built_in.n_vertices)[polygons[:, 0]] == 0
        polygons, texels = polygons[in_skin], texels[in_skin]
        quads = polygons[:, 3] >= 0
        triangles = np.concatenate([polygons[:, :3], polygons[quads][:, [0, 2, 3]]])
        self.corners = np.concatenate([texels[:, :3], texels[quads][:, [0, 2, 3]]])
        self.uv = built_in.display.uv_coords.astype(np.float64)
        self.source, self.triangles = np.unique(triangles, return_inverse=True)
        self.triangles = self.triangles.reshape(-1, 3)
        self.points = built_in.v_template[self.source].astype(np.float64)
        self.share, self.side = np.zeros(len(self.source)), np.zeros(len(self.source), int)

    def open_pocket(self) -> None:
        """Leave out the end of the mouth's pocket, so that it is open as FLAME's is."""
        display = self.built_in.display
        inside = display.polygon_materials == display.material_names.index("mouth")
        mouth = np.unique(display.polygons[inside][:, :3])
        end = mouth[self.built_in.v_template[mouth, 2].argmin()]
        rings = rings_about(self.triangles, len(self.source), int(np.searchsorted(self.source, end)))
        kept = (rings >= POCKET_RINGS)[self.triangles].all(1)
        used, self.triangles = np.unique(self.triangles[kept], return_inverse=True)
        self.triangles, self.corners = self.triangles.reshape(-1, 3), self.corners[kept]
        self.source, self.points = self.source[used], self.points[used]
        self.share, self.side = self.share[used], self.side[used]

    def close_sockets(self) -> None:
        """Rings of vertices from the rim of each eye's opening round the back of its ball, and one behind it."""
        for side, ball in enumerate(_balls(self.built_in)):
            rim = min(rims_of(self.triangles), key=lambda ids: np.linalg.norm(self.points[ids].mean(0) - ball.centre))
            texel = {
                v: c for row, on in zip(self.triangles, self.corners, strict=True) for v, c in zip(row, on, strict=True)
            }
            outer, outer_uv = np.array(rim), np.array([texel[v] for v in rim])
            start = self.points[rim] - ball.centre
            polar, turn = (
                np.arctan2(np.hypot(start[:, 0], start[:, 1]), start[:, 2]),
                np.arctan2(start[:, 1], start[:, 0]),
            )
            middle = self.uv[outer_uv].mean(0)
            for ring in range(1, SOCKET_RINGS + 2):
                share = ring / (SOCKET_RINGS + 1)
                count = len(rim) if ring <= SOCKET_RINGS else 1
                angles = (polar + share * (np.pi - polar))[:count], turn[:count]
                inner = len(self.points) + np.arange(count)
                inner_uv = len(self.uv) + np.arange(count)
                self.points = np.concatenate([self.points, ball.centre + SOCKET * ball.radius * _on_sphere(*angles)])
                towards = (1 - share) * (self.uv[[texel[v] for v in rim[:count]]] - middle)
                self.uv = np.concatenate([self.uv, middle + towards])
                self.source = np.concatenate([self.source, self.source[rim[:count]]])
                self.share = np.concatenate([self.share, np.full(count, share)])
                self.side = np.concatenate([self.side, np.full(count, side)])
                self.triangles = np.concatenate([self.triangles, _between(outer, inner)])
                self.corners = np.concatenate([self.corners, _between(outer_uv, inner_uv)])
                outer, outer_uv = inner, inner_uv

    def thinned(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The vertices that stay, triangles over these numbers, and their corners in the texture."""
        dear = np.ones(len(self.points))
        for region, factor in DEAR.items():
            dear[np.isin(self.source, self.built_in.regions[region]) & (self.share == 0)] = factor
        collapsing = Collapsing(self.points, self.triangles, self.corners, dear)
        neck = min(rims_of(self.triangles), key=lambda ids: self.points[ids, 1].mean())
        collapsing.thin_rim(neck, NECK_RIM)
        collapsing.thin(N_SKIN)
        return collapsing.result()


def _balls(built_in: FlameModel) -> tuple[Eyeball, Eyeball]:
    """The built-in head's eyeballs, the left one first."""
    found = eyeballs_of(built_in.v_template, built_in.faces)
    assert found is not None
    return found


def _between(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Triangles from an open rim, in the order in which its own triangles run, to a ring as long, or to one vertex."""
    after = np.roll(outer, -1)
    if len(inner) == 1:
        return np.stack([after, outer, np.full(len(outer), inner[0])], 1)
    return np.concatenate([np.stack([after, outer, inner], 1), np.stack([after, inner, np.roll(inner, -1)], 1)])


def _ball_of_rings() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Radians (n,) from and (n,) about +Z of a ball's vertices, and its triangles.

    The last vertex, behind, comes once for each column, as it lies in the texture: numbers from 545 on are that vertex.
    """
    rows, columns = np.arange(len(BALL_ROWS)), np.arange(BALL_COLUMNS)
    polar = np.concatenate([[0.0], np.repeat(np.deg2rad(BALL_ROWS), BALL_COLUMNS), np.full(BALL_COLUMNS, np.pi)])
    about = 2 * np.pi * columns / BALL_COLUMNS
    turn = np.concatenate([[0.0], np.tile(about, len(BALL_ROWS) + 1)])
    grid = 1 + rows[:, None] * BALL_COLUMNS + columns
    on = np.roll(grid, -1, 1)
    upper, lower, upper_on, lower_on = grid[:-1].ravel(), grid[1:].ravel(), on[:-1].ravel(), on[1:].ravel()
    front, behind = np.zeros(BALL_COLUMNS, int), 1 + len(BALL_ROWS) * BALL_COLUMNS + columns
    triangles = [
        (front, grid[0], on[0]),
        (upper, lower, lower_on),
        (upper, lower_on, upper_on),
        (grid[-1], behind, on[-1]),
    ]
    return polar, turn, np.concatenate([np.stack(corners, 1) for corners in triangles])


def _normals(corners: np.ndarray) -> np.ndarray:
    """(n, 3, 3) -> (n, 3) of length 1."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def _within(corners: np.ndarray, point: np.ndarray) -> np.ndarray:
    """(n, 3) weights of a point of each triangle (n, 3, 3), nearly the nearest to ``point``: none is below 0."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    area = (normal * normal).sum(1)
    weights = np.stack([(np.cross(q - p, point - p) * normal).sum(1) / area for p, q in ((b, c), (c, a), (a, b))], 1)
    weights = np.maximum(weights, 0)
    return weights / weights.sum(1, keepdims=True)


def _on_sphere(polar: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """(n,), (n,) radians from and about +Z -> (n, 3)."""
    return np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], 1)
