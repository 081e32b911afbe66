"""Portraits of people whom the built-in head cannot show: heads of FLAME 2023 Open as landmarks of photos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.spatial.transform import Rotation

from flame_blender.fitting.landmarks.landmarks_2d import View, fit_landmarks_2d
from flame_blender.fitting.landmarks.views import UPRIGHT
from flame_blender.fitting.reports.outcome import Fit
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera
from flame_blender.geometry.rigid import similarity_alignment
from flame_blender.landmark_files.observed import ObservedLandmarks
from tests.fitting.random_heads import FACE_RADIUS, middle_of_face
from tests.fitting.real_scans import REAL_EXPRESSIONS, REAL_IDENTITIES
from tests.fitting.surface_search import nearest_surface

SIDE = 1024
STATIC, ALL = np.arange(17, 68), np.arange(68)
NOISE = 0.01  # of the face's height
SHORTEST, LONGEST = 1.2, 4.0  # focal lengths that portraits are taken at, in sides of the picture
FACE_SHARE = 0.4  # of the picture's side that the face's height, brows to chin, takes
BROWS, CHIN = slice(17, 27), 8
ALIGNING = 10  # rounds of nearest points
HEADS = 20


@dataclass(frozen=True, eq=False)
class Portrait:
    """A person, the camera, and ``pixels`` (68, 2) of the landmarks with noise."""

    truth: FlameParams
    camera: Camera
    pixels: np.ndarray

    def view(self, indices: np.ndarray = ALL, *, focal: bool = False) -> View:
        """As a fit is given it, the focal length known or not."""
        observed = ObservedLandmarks(self.pixels[indices], indices)
        return View(observed, SIDE, SIDE, float(self.camera.intrinsics[0]) if focal else None)


def real_person(model: FlameModel, rng: np.random.Generator, *, whole: bool = False) -> FlameParams:
    """Real identity and a face's expressions, or ``whole``, all directions of the file; joints turned as in photos."""

    def turns(*limits: float) -> np.ndarray:
        return rng.uniform(-1, 1, 3) * limits

    n_identity, n_expression = (model.n_identity, model.n_expression) if whole else (REAL_IDENTITIES, REAL_EXPRESSIONS)
    jaw = turns(0.0, 0.03, 0.0)
    jaw[0] = rng.uniform(0, 0.2)
    eyes = turns(0.15, 0.25, 0.0)
    return FlameParams(
        shape=rng.standard_normal(n_identity),
        expression=rng.standard_normal(n_expression),
        global_rotation=turns(0.25, 0.5, 0.15),
        neck=turns(0.1, 0.1, 0.1),
        jaw=jaw,
        left_eye=eyes,
        right_eye=eyes,
    )


def turned(params: FlameParams) -> Rotation:
    """How root and neck turn the head."""
    return Rotation.from_rotvec(params.global_rotation) * Rotation.from_rotvec(params.neck)


def portrait_of(
    model: FlameModel, truth: FlameParams, focal: float, rng: np.random.Generator, noise: float
) -> Portrait:
    """Taken at ``focal`` sides of the picture, by a camera that sees the face at ``FACE_SHARE`` of it."""
    evaluator = FlameEvaluator(model)
    points = landmark_points(
        evaluator.vertices(truth), model.faces, model.landmarks["ibug"], turned(truth).as_rotvec(), np.zeros(3)
    ).astype(np.float64)
    middle, height = points[17:].mean(0), np.linalg.norm(points[BROWS].mean(0) - points[CHIN])
    aside = rng.uniform(-0.1, 0.1, 2) * height
    distance = focal * height / FACE_SHARE
    camera = Camera(
        np.array([focal * SIDE, focal * SIDE, SIDE / 2, SIDE / 2]),
        SIDE, SIDE, UPRIGHT, np.array([*aside, distance]) - UPRIGHT @ middle,
    )  # fmt: skip
    pixels = camera.project(points)
    tall = np.linalg.norm(pixels[BROWS].mean(0) - pixels[CHIN])
    return Portrait(truth, camera, pixels + rng.normal(0, noise * tall, pixels.shape))


def portraits(model: FlameModel, chosen: Iterable[int] = range(HEADS)) -> list[Portrait]:
    """Of ``HEADS`` people of a ``--motion face`` file, taken at focal lengths spread evenly in their logarithm."""
    made, focals = [], np.geomspace(SHORTEST, LONGEST, HEADS)
    for number in chosen:
        rng = np.random.default_rng(1000 + number)
        made.append(portrait_of(model, real_person(model, rng), focals[number], rng, NOISE))
    return made


@dataclass(frozen=True, eq=False)
class PortraitFit:
    """How a head came out: off by ``face_mm``; sizes of identity; the ``focal`` against the true one, and if told."""

    fit: Fit
    face_mm: float
    mean_face_mm: float
    largest: float
    root_mean_square: float
    focal_factor: float
    focal_told: bool


def fitted(portrait: Portrait, person: FlameModel, model: FlameModel, indices: np.ndarray) -> PortraitFit:
    """The head of ``model`` in a portrait of somebody of the model ``person``, with nothing told but the landmarks."""
    evaluator = FlameEvaluator(model)
    fit = fit_landmarks_2d(evaluator, model.landmarks["ibug"], [portrait.view(indices)])
    truth, found = FlameEvaluator(person).vertices(portrait.truth), evaluator.vertices(fit.params)
    identity, focal = fit.params.shape, float(portrait.camera.intrinsics[0])
    return PortraitFit(
        fit,
        surface_off_mm(truth, person, found, model),
        surface_off_mm(truth, person, model.v_template, model),
        float(np.abs(identity).max()),
        float(np.sqrt((identity**2).mean())),
        float(np.exp(abs(np.log(fit.report.focal.pixels / focal)))),
        fit.report.focal.least <= focal <= fit.report.focal.most,
    )


def surface_off_mm(truth: np.ndarray, of: FlameModel, found: np.ndarray, by: FlameModel) -> float:
    """Mean distance, mm, of the true face's vertices from the other head's surface, once similarity is out of account.

    The face: vertices within 70 mm of the middle of the 51 landmarks that look forwards, without the eyeballs and what
    lies inside. ``found`` is laid on by its 51 landmarks, then by nearest points, again and again.
    """
    face = face_vertices(of)
    points = truth[face].astype(np.float64)
    mine, other = (m.landmarks["ibug"] for m in (by, of))
    source = landmark_points(found, by.faces, mine)[17:].astype(np.float64)
    target = landmark_points(truth, of.faces, other)[17:].astype(np.float64)
    scale, rotation, translation = similarity_alignment(source, target)
    nearest = nearest_surface(found, by.faces)
    for _ in range(ALIGNING):
        back = (points - translation) @ rotation / scale
        closest = nearest(back)[1]
        scale, rotation, translation = similarity_alignment(closest, points)
    back = (points - translation) @ rotation / scale
    return 1000 * scale * float(np.linalg.norm(nearest(back)[1] - back, axis=1).mean())


@cache
def face_vertices(model: FlameModel) -> np.ndarray:
    """(n,) rows of the vertices that a camera before the face sees of it, eyeballs left out."""
    template = model.v_template.astype(np.float64)
    near = np.linalg.norm(template - middle_of_face(model), axis=1) < FACE_RADIUS
    corners = template[model.faces]
    normals = np.zeros_like(template)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    for corner in range(3):
        np.add.at(normals, model.faces[:, corner], flat)
    eyes = model.weights[:, 3:].max(1) > 0.99
    inside = np.zeros(len(template), bool)
    chosen = np.flatnonzero(near & ~eyes & (normals[:, 2] > 0.2 * np.linalg.norm(normals, axis=1)))
    # What lies behind something else of the head is inside: lips' backs, lids' insides.
    axis = template[chosen] + [0, 0, 0.001]
    triangles = corners[(np.abs(corners.mean(1) - middle_of_face(model)) < 2 * FACE_RADIUS).all(1)]
    for row, point in zip(chosen, axis, strict=True):
        a, b, c = (triangles[:, k, :2] - point[:2] for k in range(3))
        cross = [p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0] for p, q in ((b, c), (c, a), (a, b))]
        hit = ((cross[0] > 0) & (cross[1] > 0) & (cross[2] > 0)) | ((cross[0] < 0) & (cross[1] < 0) & (cross[2] < 0))
        weights = np.stack(cross, 1)[hit] / np.sum(cross, 0)[hit, None]
        inside[row] = ((weights * triangles[hit, :, 2]).sum(1) > point[2]).any()
    return chosen[~inside[chosen]]
