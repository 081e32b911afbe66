"""Scans as scanners give them, of heads that the built-in model was not made from: FLAME 2023 Open's identities.

A head of a file that moves as a face does (../shared) gets hair, shut eyes, shoulders and ears with holes, and is
strewn with points. Which of its vertices are scalp or ear is told by the nearest vertex of the built-in head.
Without ../shared they are heads of the project's own file, of a template and with landmarks that no built-in head has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse.csgraph
import scipy.spatial

from flame_blender.fitting.scans.matching import Scan
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.landmark_files.observed import ObservedLandmarks
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.loading import load_model
from tests.flame.face_like import movement, strangers_model
from tests.flame.shared_models import SHARED, write_shared_file

MOTION = SHARED / "data/face_motion.npz"
REAL_IDENTITIES, REAL_EXPRESSIONS = 60, 40  # directions of the file that are no made-up fields
STATIC = np.arange(17, 68)
NOISE = 3e-4  # metres, of the points
ANNOTATORS = 3e-3  # metres on each axis, of the landmarks
FACE_RADIUS = 0.07  # metres from the middle of the landmarks: where a fit's distance is measured
SHOULDERS = 0.25  # share of the points
HALF_WIDTH, HALF_DEPTH, HEIGHT, BELOW = 0.21, 0.10, 0.13, 0.165  # metres: of the shoulders, and where they begin


def make_face_model(folder: Path) -> FlameModel:
    """Of a full-size file whose joints and expressions move as a face's, and whose people no built-in head is."""
    landmarks = SHARED / "data/flame_static_embedding.pkl"
    if not MOTION.exists():
        return strangers_model()
    path = write_shared_file(folder / "face.npz", "face")
    contour = load_landmarks(SHARED / "data/flame_dynamic_embedding.npy")
    return replace(load_model(path), landmarks={"ibug": load_landmarks(landmarks).with_contour(contour)})


@dataclass(frozen=True, eq=False)
class RealScan:
    """``scan``, which of its points (P,) bool lie in the face, ``landmarks`` as annotators place them, ``params``."""

    scan: Scan
    in_face: np.ndarray
    landmarks: ObservedLandmarks
    params: FlameParams


@dataclass(frozen=True, eq=False)
class _Places:
    """Of the vertices (V,) bool of a FLAME file's template."""

    scalp: np.ndarray
    ears: np.ndarray
    eyeballs: np.ndarray
    face: np.ndarray


def places_of(model: FlameModel, built_in: FlameModel) -> _Places:
    """Told by the nearest vertices of the built-in head, whose eyes lie where FLAME's do."""
    nearest = scipy.spatial.cKDTree(built_in.v_template).query(model.v_template)[1]
    named = {name: np.isin(nearest, rows) for name, rows in built_in.regions.items()}
    edges = np.concatenate([model.faces[:, [0, 1]], model.faces[:, [1, 2]]])
    graph = scipy.sparse.coo_matrix((np.ones(len(edges)), edges.T), shape=(model.n_vertices,) * 2)
    part = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
    eyeballs = part != np.bincount(part).argmax()
    middle = model.v_template[model.faces[model.landmarks["ibug"].static_faces]].mean((0, 1))
    face = np.linalg.norm(model.v_template - middle, axis=1) < FACE_RADIUS
    return _Places(named["scalp"], named["left_ear"] | named["right_ear"], eyeballs, face & ~eyeballs)


def real_person(model: FlameModel, rng: np.random.Generator) -> FlameParams:
    """Somebody with a mild expression, turned and moved."""
    expression = np.zeros(model.n_expression)
    expression[:REAL_EXPRESSIONS] = 0.5 * rng.standard_normal(REAL_EXPRESSIONS)
    shape = np.zeros(model.n_identity)
    shape[:REAL_IDENTITIES] = rng.standard_normal(REAL_IDENTITIES)
    return FlameParams(
        shape=shape,
        expression=expression,
        global_rotation=rng.uniform(-0.5, 0.5, 3),
        neck=rng.uniform(-0.15, 0.15, 3),
        jaw=np.array([rng.uniform(0, 0.1), 0, 0]),
        translation=rng.uniform(-0.1, 0.1, 3),
    )


def real_scan(
    model: FlameModel,
    built_in: FlameModel,
    seed: int,
    count: int = 40_000,
    *,
    face_only: bool = False,
    jaw: float | None = None,
) -> RealScan:
    """Of the person with this seed; the mouth hardly open, or by ``jaw`` radians."""
    rng = np.random.default_rng(seed)
    places, evaluator = places_of(model, built_in), FlameEvaluator(model)
    params = real_person(model, rng)
    params = params if jaw is None else replace(params, jaw=np.array([jaw, 0, 0]))
    points = evaluator.landmarks(params, model.landmarks["ibug"])[17:]
    seen = ObservedLandmarks(points + rng.normal(0, ANNOTATORS, points.shape), STATIC)
    offsets = shut_eyes() + hair(model, places.scalp, rng)
    vertices = evaluator.vertices(replace(params, offsets=offsets)).astype(np.float64)
    shown = ~places.eyeballs[model.faces].any(1) & ~holes(model, places.ears, rng)
    if face_only:
        shown &= places.face[model.faces].all(1)
    on_head = count if face_only else round((1 - SHOULDERS) * count)
    head, normals, drawn = strewn(vertices[model.faces[shown]], on_head, rng)
    in_face = places.face[model.faces[shown]].all(1)[drawn]
    if not face_only:
        rest = replace(params, shape=np.zeros(0), expression=np.zeros(0), neck=np.zeros(3), jaw=np.zeros(3))
        frame = evaluator.vertices(rest).astype(np.float64)[[0, 500, 1500, 3000]]
        place = _similar(model.v_template[[0, 500, 1500, 3000]].astype(np.float64), frame)
        more, their_normals = shoulders(count - on_head, rng)
        head = np.concatenate([head, more @ place[0].T + place[1]])
        normals = np.concatenate([normals, their_normals @ place[0].T])
        in_face = np.concatenate([in_face, np.zeros(len(more), bool)])
    head += rng.normal(0, NOISE, head.shape)
    return RealScan(Scan(head, normals), in_face, seen, params)


def shut_eyes() -> np.ndarray:
    """(V, 3) offsets, by the lids."""
    if not MOTION.exists():
        return movement("eyeBlinkLeft") + movement("eyeBlinkRight")
    with np.load(MOTION) as motion:
        names = [str(name) for name in motion["names"]]
        return sum(motion["shapes"][names.index(f"eyeBlink{side}")].astype(np.float64) for side in ("Left", "Right"))


def hair(model: FlameModel, scalp: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(V, 3) offsets of 5 to 25 mm outwards, in waves, that begin at the hairline."""
    template = model.v_template.astype(np.float64)
    normals = np.zeros_like(template)
    corners = template[model.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    np.add.at(normals, model.faces.ravel(), np.repeat(across, 3, 0))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    inside = scipy.spatial.cKDTree(template[~scalp]).query(template)[0]
    rising = np.clip(inside / 0.02, 0, 1)
    rising = rising * rising * (3 - 2 * rising)
    waves = np.cos(template @ rng.normal(0, 40, (3, 6)) + rng.uniform(0, 2 * np.pi, 6)).mean(1)
    thickness = rng.uniform(0.005, 0.025) * np.clip(1 + 0.5 * waves, 0.3, 1.7) + rng.normal(0, 5e-4, len(template))
    return normals * (np.clip(thickness, 0.003, 0.025) * rising)[:, None]


def holes(model: FlameModel, ears: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(F,) bool: triangles of the ears that the scanner has missed, ragged."""
    centres = model.v_template[model.faces].astype(np.float64).mean(1)
    field = np.cos(centres @ rng.normal(0, 120, (3, 8)) + rng.uniform(0, 2 * np.pi, 8)).sum(1)
    return ears[model.faces].any(1) & (field > -0.5)


def shoulders(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) points of the upper half of an ellipsoid below the template's neck, and normals."""
    ways = rng.normal(size=(count, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    ways[:, 1] = np.abs(ways[:, 1])
    sizes = np.array([HALF_WIDTH, HEIGHT, HALF_DEPTH])
    normals = ways / sizes
    return ways * sizes + [0, -BELOW - HEIGHT, -0.03], normals / np.linalg.norm(normals, axis=1, keepdims=True)


def strewn(corners: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points spread evenly over triangles (F, 3, 3), their normals, and which triangle each lies on."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    drawn = rng.choice(len(corners), count, p=areas / areas.sum())
    points = np.einsum("nc,nci->ni", rng.dirichlet(np.ones(3), count), corners[drawn])
    return points, (normals / np.maximum(areas, 1e-30)[:, None])[drawn], drawn


def _similar(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rotation (3, 3) and the translation that bring a few points onto others."""
    rotation = scipy.spatial.transform.Rotation.align_vectors(target - target.mean(0), source - source.mean(0))[0]
    turn = rotation.as_matrix()
    return turn, target.mean(0) - turn @ source.mean(0)
