"""How far the neutral head lies from FLAME 2023 Open's mean face: ``python -m tests.model.mean_face [HEAD.npz]`` (mm).

The mean of thousands of scans is a rod to measure with; it is read from ``../shared/data``, by tests alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.flame.landmarks import LandmarkEmbedding, landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.rigid import similarity_alignment
from flame_blender.geometry.triangles import closest_weights, places_at
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.loading import load_model

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MEAN_FACE, MEAN_POINTS = DATA / "flame2023_open_identity60.npz", DATA / "flame_static_embedding.pkl"
MM = 1000.0
SKIN_VERTICES = 3931  # FLAME's skin; the eyeballs follow
ROUNDS = 40
NEAREST = 24  # triangles, by their middles, that are tried for the nearest point
SELLION, TIP, SUBNASALE, UPPER_LIP, LOWER_LIP = 10, 13, 16, 34, 40  # of iBUG's last 51
CORNERS = (31, 37)
INNER_CANTHI, OUTER_CANTHI = (22, 25), (19, 28)
LIDS = ((20, 24), (21, 23), (26, 30), (27, 29))
WIDTHS = (-20, -30, -45, -60, -70, -80, -90, -100, -120)  # mm above the sellion


@dataclass(frozen=True)
class Face:
    """A head in mm: vertices (V, 3), triangles of its skin (F, 3) and of its face's front, iBUG's last 51 points."""

    vertices: np.ndarray
    skin: np.ndarray
    front: np.ndarray
    points: np.ndarray

    def section(self, axis: int, at: float, faces: np.ndarray | None = None) -> np.ndarray:
        """(S, 2, 3) pieces of the curve in which a plane across an axis cuts the skin."""
        corners = self.vertices[self.skin if faces is None else faces]
        side = corners[..., axis] - at
        corners, side = (each[(side.min(1) < 0) & (side.max(1) >= 0)] for each in (corners, side))
        ends = []
        for a, b in ((0, 1), (1, 2), (2, 0)):
            crosses = (side[:, a] < 0) != (side[:, b] < 0)
            part = side[:, a] / np.where(crosses, side[:, a] - side[:, b], 1)
            point = corners[:, a] + part[:, None] * (corners[:, b] - corners[:, a])
            ends.append(np.where(crosses[:, None], point, np.nan))
        stacked = np.stack(ends, 1)
        return stacked[np.isfinite(stacked).all(2)].reshape(-1, 2, 3)

    def width(self, above: float) -> float:
        """Breadth of the skin ``above`` mm above the sellion."""
        x = self.section(1, self.points[SELLION, 1] + above)[..., 0]
        return float(x.max() - x.min())

    def depth(self, above: float, aside: float = 0.0) -> float:
        """How far the face's front lies before the sellion, ``above`` mm above it and ``aside`` mm to the left."""
        start, end = self.section(0, aside + 1e-4).swapaxes(0, 1)
        height = self.points[SELLION, 1] + above
        hit = (start[:, 1] < height) != (end[:, 1] < height)
        start, end = start[hit], end[hit]
        part = (height - start[:, 1]) / (end[:, 1] - start[:, 1])
        return float((start[:, 2] + part * (end[:, 2] - start[:, 2])).max() - self.points[SELLION, 2])

    def figures(self) -> dict[str, float]:
        """The bracketed figures of the review, by name."""
        p = self.points
        chin = p[SELLION, 1] - np.arange(85.0, 116.0)
        profile = np.array([self.depth(height - p[SELLION, 1]) for height in chin]) + p[SELLION, 2]
        pogonion = np.array([chin[profile.argmax()], profile.max()])
        tip = p[TIP, 1:]
        behind = {
            name: tip[1] + (p[lip, 1] - tip[0]) / (pogonion[0] - tip[0]) * (pogonion[1] - tip[1]) - p[lip, 2]
            for name, lip in (("upper", UPPER_LIP), ("lower", LOWER_LIP))
        }
        found = {f"width at {height}": self.width(height) for height in WIDTHS}
        return found | {
            "outer canthi apart": float(np.ptp(p[list(OUTER_CANTHI), 0])),
            "inner canthi apart": float(np.ptp(p[list(INNER_CANTHI), 0])),
            "eye opening": float(np.mean([p[a, 1] - p[b, 1] for a, b in LIDS])),
            "nose tip before sellion": float(p[TIP, 2] - p[SELLION, 2]),
            "nose tip before subnasale": float(p[TIP, 2] - p[SUBNASALE, 2]),
            "mouth width": float(np.ptp(p[list(CORNERS), 0])),
            "mouth corners behind upper lip": float(p[UPPER_LIP, 2] - p[list(CORNERS), 2].mean()),
            "chin before sellion": float(pogonion[1] - p[SELLION, 2]),
            "upper lip behind E-line": float(behind["upper"]),
            "lower lip behind E-line": float(behind["lower"]),
        }


def mean_face() -> Face:
    """FLAME 2023 Open's template."""
    with np.load(MEAN_FACE) as data:
        vertices, faces = data["v_template"].astype(float), data["faces"].astype(int)
    skin = faces[(faces < SKIN_VERTICES).all(1)]
    points = landmark_points(vertices, faces, load_landmarks(MEAN_POINTS))
    return Face(vertices * MM, skin, skin, points[-51:] * MM)


def built_in_face(model: FlameModel) -> Face:
    """The neutral built-in head; its skin is without ears, eyes and the inside of the mouth."""
    vertices = model.v_template.astype(float)
    names = np.array(model.display.material_names)[model.display.polygon_materials]
    polygons = model.display.polygons[np.isin(names, ["skin", "lips"])]
    shown = set(polygons[polygons >= 0].tolist())
    ears = {vertex for side in ("left", "right") for vertex in model.regions[f"{side}_ear"].tolist()}
    skin = np.array([face for face in model.faces.tolist() if shown.issuperset(face) and not ears.issuperset(face)])
    front = skin[np.isin(skin, model.regions["face"]).all(1)]
    embedding: LandmarkEmbedding = replace(model.landmarks["ibug"], contour_faces=None, contour_barycentric=None)
    return Face(vertices * MM, skin, front, landmark_points(vertices, model.faces, embedding)[-51:] * MM)


@dataclass(frozen=True)
class Fit:
    """The face's front laid onto the mean face: places (P, 3), their shares of its area, and their distances (P,)."""

    places: np.ndarray
    area: np.ndarray
    distance: np.ndarray
    scale: float

    @property
    def mean(self) -> float:
        return float(self.area @ self.distance)

    def share(self, part: float) -> float:
        """The distance that ``part`` of the area keeps within."""
        order = self.distance.argsort()
        return float(np.interp(part, self.area[order].cumsum(), self.distance[order]))


def fit(face: Face, mean: Face) -> Fit:
    """The similarity that brings the middles of the face's triangles nearest to the mean's skin, weighted by area."""
    corners = face.vertices[face.front]
    middles = corners.mean(1)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    area /= area.sum()
    theirs = mean.vertices[mean.skin]
    tree = cKDTree(theirs.mean(1))
    scale, rotation, move = similarity_alignment(face.points, mean.points)
    for _ in range(ROUNDS):
        places = scale * middles @ rotation.T + move
        nearest = nearest_points(places, theirs, tree)
        scale, rotation, move = similarity_alignment(middles, nearest, area)
    places = scale * middles @ rotation.T + move
    return Fit(places, area, np.linalg.norm(places - nearest_points(places, theirs, tree), axis=1), scale)


def nearest_points(places: np.ndarray, corners: np.ndarray, tree: cKDTree) -> np.ndarray:
    """(P, 3) the points of triangles ``corners`` (F, 3, 3), whose middles are in ``tree``, nearest to places (P, 3)."""
    near = corners[tree.query(places, NEAREST)[1]]
    found = places_at(near, closest_weights(near, places[:, None]))
    best = np.linalg.norm(found - places[:, None], axis=2).argmin(1)
    return found[np.arange(len(places)), best]


def main() -> None:
    """Print the distance and the figures of both faces."""
    ours, mean = built_in_face(load_model(Path(sys.argv[1]) if len(sys.argv) > 1 else BUILT_IN_HEAD)), mean_face()
    found = fit(ours, mean)
    lines = [f"mean {found.mean:.2f}, 95 % {found.share(0.95):.2f}, largest {found.distance.max():.2f}"]
    theirs = mean.figures()
    lines += [f"{name:32} {value:7.1f} [{theirs[name]:.1f}]" for name, value in ours.figures().items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
