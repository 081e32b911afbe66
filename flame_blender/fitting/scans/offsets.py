"""What a scan shows beyond the coefficients: offsets of the vertices, as smooth as the scan allows.

The skin is moved so that it meets the scan along its normals, while neighbouring vertices move alike and none far: the
most likely movement where two neighbours' difference has the standard deviation STRAIN times their distance, so that no
triangle is turned over for the noise, and a movement itself FAR. The normal equations have 3 x 3 numbers for each
vertex and each edge, however many points the scan has, and are solved by conjugate gradients (Hestenes and Stiefel,
1952), preconditioned by the vertices' own: a scan holds a vertex along its normal alone, whichever way that points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...flame.eyeballs import eyeballs_of, parts_of
from .matching import Matches

STRAIN = 0.2  # of the distance of two vertices: a nose of another model's is a third of its height off
SHORTEST = 3e-4  # metres, of an edge
FAR = 4e-3  # metres
LEAST_TURNED, MOST_SMOOTHINGS = 0.2, 30  # cosine of how far a triangle may turn; rounds of smoothing those that do
MOST_ROUNDS = 200
PRECISION = 3e-4  # of what the first round of matching has to solve: hundredths of a millimetre


@dataclass(frozen=True, eq=False)
class Eye:
    """``vertices`` (n,) of an eyeball and of what lies in it or on it, such as lashes; the nearest of ``skin`` (n,)."""

    vertices: np.ndarray
    skin: np.ndarray


def eyes_of(vertices: np.ndarray, faces: np.ndarray) -> tuple[Eye, ...]:
    """The eyes of a neutral head, ``vertices`` (V, 3) metres and ``faces`` (F, 3); none where it has no eyeballs."""
    rest, parts = vertices.astype(np.float64), parts_of(faces, len(vertices))
    head = np.bincount(parts).argmax()
    eyes = []
    for ball in eyeballs_of(rest, faces) or ():
        inside = np.zeros(len(rest), bool)
        inside[ball.vertices] = True
        for part in np.setdiff1d(parts, [head]):
            mine = parts == part
            inside |= mine & (np.linalg.norm(rest[mine].mean(0) - ball.centre) < ball.radius)
        members, skin = np.flatnonzero(inside), np.flatnonzero(parts == head)
        nearest = [((rest[skin] - point) ** 2).sum(1).argmin() for point in rest[members]]
        eyes.append(Eye(members, skin[nearest]))
    return tuple(eyes)


@dataclass(frozen=True, eq=False)
class Skin:
    """What is moved: triangles ``faces`` (F, 3); ``edges`` (M, 2) and how far their ends may part, ``spreads`` (M,).

    ``sides`` (F, 3): which edges join a triangle's first and second corner, second and third, third and first.

    ``eyes`` are never bent by a scan, whose lids may be shut over them: they move with the skin about them.
    """

    faces: np.ndarray
    edges: np.ndarray
    sides: np.ndarray
    spreads: np.ndarray
    eyes: tuple[Eye, ...]

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> Skin:
        """Of a neutral head, ``vertices`` (V, 3) metres and ``faces`` (F, 3)."""
        edges, sides = edges_of(faces)
        lengths = np.linalg.norm(np.diff(vertices.astype(np.float64)[edges], axis=1)[:, 0], axis=1)
        return cls(faces, edges, sides, STRAIN * np.maximum(lengths, SHORTEST), eyes_of(vertices, faces))

    def holds(self, matches: Matches) -> np.ndarray:
        """(n,) bool: which of the matches lie on it, and not on an eye."""
        return ~np.isin(self.faces[matches.triangles, 0], [row for eye in self.eyes for row in eye.vertices])

    def movement(
        self,
        matches: Matches,
        weights: np.ndarray,
        deviations: np.ndarray,
        so_far: np.ndarray,
        enough: float | None = None,
    ) -> tuple[np.ndarray, float]:
        """(V, 3) float64, metres: how the vertices should move so that the skin meets its matches.

        ``weights`` (n,) and ``deviations`` (n,) metres, of the matches; ``so_far`` (V, 3) is what earlier rounds moved,
        which counts as part of the movement that is to be smooth. ``enough`` says how nearly the equations are to be
        solved: what the first round has returned beside its movement, or None in the first.
        """
        moved, enough = _conjugate_gradients(*self._equations(matches, weights, deviations, so_far), enough)
        for eye in self.eyes:
            moved[eye.vertices] = (so_far + moved)[eye.skin].mean(0) - so_far[eye.vertices]
        return moved, enough

    def unfolded(self, vertices: np.ndarray, moved: np.ndarray) -> np.ndarray:
        """(V, 3) ``moved`` (V, 3) metres, smoothed where it would turn triangles of ``vertices`` (V, 3) over."""
        before, counts = _normals(vertices, self.faces), np.bincount(self.edges.ravel(), minlength=len(moved))
        for _ in range(MOST_SMOOTHINGS):
            folded = (before * _normals(vertices + moved, self.faces)).sum(1) < LEAST_TURNED
            if not folded.any():
                break
            uneven = np.unique(self.faces[folded])
            sums = np.zeros_like(moved)
            np.add.at(sums, self.edges, moved[self.edges[:, ::-1]])
            moved = moved.copy()
            moved[uneven] = sums[uneven] / counts[uneven, None]
        return moved

    def _equations(
        self, matches: Matches, weights: np.ndarray, deviations: np.ndarray, so_far: np.ndarray
    ) -> tuple[Callable[[np.ndarray], np.ndarray], np.ndarray, np.ndarray]:
        """The matrix as a function, the right hand side (V, 3), and the matrix's blocks of each vertex (V, 3, 3)."""
        used = np.flatnonzero(weights)
        corners, sides = self.faces[matches.triangles[used]], self.sides[matches.triangles[used]]
        shares, normals = matches.barycentric[used], matches.normals[used]
        precise, stiff = weights[used] / deviations[used] ** 2, self.spreads**-2
        starts, ends = self.edges.T
        n_vertices, n_edges = len(so_far), len(self.edges)

        def at_vertices(first: np.ndarray, second: np.ndarray) -> np.ndarray:
            """(V, 3): numbers (M, 3) of the edges' first ends and of their second, summed."""
            ids = self.edges.ravel("F")
            both = np.concatenate([first, second])
            return np.stack([np.bincount(ids, part, n_vertices) for part in both.T], 1)

        def summed(ids: np.ndarray, along: np.ndarray, count: int) -> np.ndarray:
            """(count, 3, 3): what matches hold along their normals, ``along`` (n, 3) each, where ``ids`` (n, 3) say."""
            blocks = np.empty((count, 3, 3))
            for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)):
                held = along * (precise * normals[:, i] * normals[:, j])[:, None]
                blocks[:, i, j] = blocks[:, j, i] = np.bincount(ids.ravel(), held.ravel(), count)
            return blocks

        held = FAR**-2.0 + np.bincount(self.edges.ravel(), np.repeat(stiff, 2), n_vertices)
        own = summed(corners, shares**2, n_vertices) + held[:, None, None] * np.eye(3)
        joint = summed(sides, shares * np.roll(shares, -1, axis=1), n_edges) - stiff[:, None, None] * np.eye(3)

        def square(moved: np.ndarray) -> np.ndarray:
            first, second = (np.einsum("mij,mj->mi", joint, moved[each]) for each in (ends, starts))
            return np.einsum("vij,vj->vi", own, moved) + at_vertices(first, second)

        parted = (so_far[starts] - so_far[ends]) * stiff[:, None]
        pull = (shares * (precise * matches.away[used])[:, None])[..., None] * normals[:, None]
        right = np.stack([np.bincount(corners.ravel(), part, n_vertices) for part in pull.reshape(-1, 3).T], 1)
        right -= so_far / FAR**2 + at_vertices(parted, -parted)
        return square, right, own


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def edges_of(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(M, 2) pairs of vertices that triangles (F, 3) join, each once, and which of them (F, 3) their sides are."""
    pairs = np.sort(np.stack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]], 1), axis=2)
    edges, sides = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    return edges, sides.reshape(faces.shape)


def _conjugate_gradients(
    square: Callable[[np.ndarray], np.ndarray], right: np.ndarray, blocks: np.ndarray, enough: float | None
) -> tuple[np.ndarray, float]:
    """Solve square(x) = right, preconditioned by the blocks, until ``enough``, or PRECISION, is left; and which."""
    solution, left, inverse = np.zeros_like(right), right.copy(), np.linalg.inv(blocks)
    scaled = np.einsum("vij,vj->vi", inverse, left)
    direction, power = scaled.copy(), float((left * scaled).sum())
    enough = PRECISION**2 * power if enough is None else enough
    for _ in range(MOST_ROUNDS):
        if power <= enough:
            break
        turned = square(direction)
        length = power / float((direction * turned).sum())
        solution += length * direction
        left -= length * turned
        scaled = np.einsum("vij,vj->vi", inverse, left)
        next_power = float((left * scaled).sum())
        direction = scaled + next_power / power * direction
        power = next_power
    return solution, enough
