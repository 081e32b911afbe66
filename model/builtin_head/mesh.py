"""HeadMesh: the whole head put together from its parts, with the bookkeeping that the later steps need."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .topology import Block, HalfMesh, Key

MATERIALS = (
    "skin", "lips", "mouth", "sclera", "iris", "pupil", "cornea", "lashes", "teeth", "gums", "tongue",
    "tear", "caruncle",
)  # fmt: skip


@dataclass
class HeadMesh:
    """Vertices in mm (sculpting frame), polygons of 3 or 4, and for each vertex its mirror image and part."""

    vertices: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    polygons: list[tuple[int, ...]] = field(default_factory=list)
    materials: list[int] = field(default_factory=list)
    mirror: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    parts: dict[str, slice] = field(default_factory=dict)
    half: HalfMesh = field(default_factory=HalfMesh)

    def __len__(self) -> int:
        return len(self.vertices)

    def add_skin(self, half: HalfMesh, positions: np.ndarray, materials: list[str]) -> None:
        """Add the half skin (left, x >= 0) and its mirror image, sharing the midline."""
        count = len(positions)
        self.half = half
        away = np.array([vertex for vertex in range(count) if vertex not in half.midline])
        to_mirror = np.arange(count)
        to_mirror[away] = count + np.arange(len(away))
        self.vertices = np.concatenate([positions, positions[away] * (-1, 1, 1)])
        self.mirror = np.concatenate([to_mirror, away])
        self.parts["skin"] = slice(0, len(self.vertices))
        numbers = [MATERIALS.index(name) for name in materials]
        self.polygons = list(half.polygons)
        self.polygons += [tuple(int(to_mirror[vertex]) for vertex in polygon[::-1]) for polygon in half.polygons]
        self.materials = numbers + numbers

    def add_pair(self, name: str, vertices: np.ndarray, polygons: list[tuple[int, ...]], materials: list[str]) -> None:
        """Add a part that lies on the left side and its mirror image, as ``left_name`` and ``right_name``."""
        count, start = len(vertices), len(self)
        numbers = [MATERIALS.index(material) for material in materials]
        for side, flip in (("left", 1), ("right", -1)):
            first = len(self)
            self.parts[f"{side}_{name}"] = slice(first, first + count)
            self.vertices = np.concatenate([self.vertices, vertices * (flip, 1, 1)])
            self.polygons += [tuple(first + vertex for vertex in polygon[::flip]) for polygon in polygons]
            self.materials += numbers
        self.mirror = np.concatenate([self.mirror, start + count + np.arange(count), start + np.arange(count)])

    def add_joined(
        self, name: str, vertices: np.ndarray, polygons: list[tuple[int, ...]], materials: list[str]
    ) -> None:
        """Add a part of which the left half is given: its image shares the vertices on the midline, where x is 0."""
        away = np.flatnonzero(vertices[:, 0] != 0)
        image = np.arange(len(vertices))
        image[away] = len(vertices) + np.arange(len(away))
        both = np.concatenate([vertices, vertices[away] * (-1, 1, 1)])
        turned = [tuple(int(image[vertex]) for vertex in polygon[::-1]) for polygon in polygons]
        self.add_symmetric(name, both, polygons + turned, materials + materials, np.concatenate([image, away]))

    def add_symmetric(
        self, name: str, vertices: np.ndarray, polygons: list[tuple[int, ...]], materials: list[str], mirror: np.ndarray
    ) -> None:
        """Add a part that lies across the midline."""
        first = len(self)
        self.parts[name] = slice(first, first + len(vertices))
        self.vertices = np.concatenate([self.vertices, vertices])
        self.mirror = np.concatenate([self.mirror, first + mirror])
        self.polygons += [tuple(first + vertex for vertex in polygon) for polygon in polygons]
        self.materials += [MATERIALS.index(material) for material in materials]

    def of(self, *keys: Key) -> np.ndarray:
        """Left-side vertex numbers of skin keys."""
        return self.half.of(*keys)

    def ring(self, block: Block, ring: int) -> np.ndarray:
        """Left-side vertex numbers of a block's ring."""
        return self.half.ring(block, ring)

    def both(self, left: np.ndarray) -> np.ndarray:
        """Left vertices and their mirror images, sorted."""
        return np.unique(np.concatenate([left, self.mirror[left]]))

    def part(self, name: str) -> np.ndarray:
        """Vertex numbers of a part, or of both sides of a paired part."""
        slices = [self.parts[key] for key in (name, f"left_{name}", f"right_{name}") if key in self.parts]
        return np.concatenate([np.arange(found.start, found.stop) for found in slices])

    def triangles(self) -> np.ndarray:
        """(F, 3) int32; each quad cut along its shorter diagonal, the same one on both sides of the face."""
        faces = []
        for polygon in self.polygons:
            if len(polygon) == 3:
                faces.append(polygon)
                continue
            a, b, c, d = polygon
            first = np.linalg.norm(self.vertices[a] - self.vertices[c])
            second = np.linalg.norm(self.vertices[b] - self.vertices[d])
            if first <= second + 1e-6:
                faces += [(a, b, c), (a, c, d)]
            else:
                faces += [(a, b, d), (b, c, d)]
        return np.array(faces, np.int32)

    def polygon_array(self) -> np.ndarray:
        """(Q, 4) int32 with -1 in the last place of a triangle."""
        return np.array([(*polygon, -1)[:4] for polygon in self.polygons], np.int32)

    def edges(self, vertices: slice | None = None) -> np.ndarray:
        """(E, 2) unique edges, of one part only where a slice is given."""
        pairs = {
            tuple(sorted((polygon[k - 1], vertex))) for polygon in self.polygons for k, vertex in enumerate(polygon)
        }
        edges = np.array(sorted(pairs))
        if vertices is None:
            return edges
        return edges[(edges >= vertices.start).all(1) & (edges < vertices.stop).all(1)]

    def normals(self) -> np.ndarray:
        """(V, 3) unit vertex normals, weighted by area."""
        faces = self.triangles()
        corners = self.vertices[faces]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = np.zeros_like(self.vertices)
        for corner in range(3):
            np.add.at(normals, faces[:, corner], cross)
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
