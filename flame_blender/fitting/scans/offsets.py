"""What a scan shows beyond the coefficients: offsets of the vertices, as smooth as the scan allows.

The skin is moved so that it meets the scan along its normals, while neighbouring vertices move alike and none far: the
most likely movement where two neighbours' difference has the standard deviation STRAIN times their distance, so that no
triangle is turned over for the noise, and a movement itself FAR. The normal equations are sparse and solved by
conjugate gradients (Hestenes and Stiefel, 1952).
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
PRECISION = 1e-4  # of the right hand side


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

    ``eyes`` are never bent by a scan, whose lids may be shut over them: they move with the skin about them.
    """

    faces: np.ndarray
    edges: np.ndarray
    spreads: np.ndarray
    eyes: tuple[Eye, ...]

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> Skin:
        """Of a neutral head, ``vertices`` (V, 3) metres and ``faces`` (F, 3)."""
        edges = edges_of(faces)
        lengths = np.linalg.norm(np.diff(vertices.astype(np.float64)[edges], axis=1)[:, 0], axis=1)
        return cls(faces, edges, STRAIN * np.maximum(lengths, SHORTEST), eyes_of(vertices, faces))

    def holds(self, matches: Matches) -> np.ndarray:
        """(n,) bool: which of the matches lie on it, and not on an eye."""
        return ~np.isin(self.faces[matches.triangles, 0], [row for eye in self.eyes for row in eye.vertices])

    def movement(self, matches: Matches, weights: np.ndarray, deviations: np.ndarray, so_far: np.ndarray) -> np.ndarray:
        """(V, 3) float64, metres: how the vertices should move so that the skin meets its matches.

        ``weights`` (n,) and ``deviations`` (n,) metres, of the matches; ``so_far`` (V, 3) is what earlier rounds moved,
        which counts as part of the movement that is to be smooth.
        """
        moved = _conjugate_gradients(*self._equations(matches, weights, deviations, so_far))
        for eye in self.eyes:
            moved[eye.vertices] = (so_far + moved)[eye.skin].mean(0) - so_far[eye.vertices]
        return moved

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
        """The matrix as a function, the right hand side and the matrix's diagonal, all (V, 3)."""
        used = np.flatnonzero(weights)
        corners, n_vertices = self.faces[matches.triangles[used]], len(so_far)
        # (n, 3, 3): what a corner's movement does along the normal
        jacobian = matches.barycentric[used][..., None] * matches.normals[used][:, None]
        precise, stiff = weights[used] / deviations[used] ** 2, self.spreads**-2
        starts, ends = self.edges.T

        def spread(along: np.ndarray) -> np.ndarray:
            """Numbers (n, 3, 3) of the matches' corners, summed at the vertices."""
            return np.stack([np.bincount(corners.ravel(), part, n_vertices) for part in along.reshape(-1, 3).T], 1)

        def stiffness(moved: np.ndarray) -> np.ndarray:
            parted = (moved[starts] - moved[ends]) * stiff[:, None]
            force = moved / FAR**2
            for axis in range(3):
                force[:, axis] += np.bincount(starts, parted[:, axis], n_vertices)
                force[:, axis] -= np.bincount(ends, parted[:, axis], n_vertices)
            return force

        def square(moved: np.ndarray) -> np.ndarray:
            along = precise * np.einsum("nci,nci->n", jacobian, moved[corners])
            return spread(jacobian * along[:, None, None]) + stiffness(moved)

        diagonal = spread(precise[:, None, None] * jacobian**2) + FAR**-2.0
        diagonal += np.bincount(self.edges.ravel(), np.repeat(stiff, 2), n_vertices)[:, None]
        right = spread(jacobian * (precise * matches.away[used])[:, None, None]) - stiffness(so_far)
        return square, right, diagonal


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def edges_of(faces: np.ndarray) -> np.ndarray:
    """(M, 2) pairs of vertices that triangles (F, 3) join, each once."""
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(pairs, axis=0)


def _conjugate_gradients(
    square: Callable[[np.ndarray], np.ndarray], right: np.ndarray, diagonal: np.ndarray
) -> np.ndarray:
    """Solve square(x) = right, preconditioned by the diagonal."""
    solution, left = np.zeros_like(right), right.copy()
    scaled = left / diagonal
    direction, power = scaled.copy(), float((left * scaled).sum())
    enough = PRECISION**2 * power
    for _ in range(MOST_ROUNDS):
        if power <= enough:
            break
        turned = square(direction)
        length = power / float((direction * turned).sum())
        solution += length * direction
        left -= length * turned
        scaled = left / diagonal
        next_power = float((left * scaled).sum())
        direction = scaled + next_power / power * direction
        power = next_power
    return solution
