"""Random heads of a model, its face, and scans of it."""

from __future__ import annotations

import dataclasses

import numpy as np

from flame_blender.fitting.scans.matching import Scan
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.eyeballs import eyeballs_of
from flame_blender.flame.model import STANDARD_DEVIATIONS, FlameModel
from flame_blender.flame.params import FlameParams
from tests.flame.full_size import LEFT_EYEBALL, RIGHT_EYEBALL

FACE_RADIUS = 0.07  # metres from the middle of the 51 landmarks
SCAN_RADIUS, SCAN_DEPTH = 0.085, 0.06
CLOSED = np.radians(20.0)  # that of jawOpen at 1, over which mouthClose at 1 is made to close the lips


def random_head(model: FlameModel, rng: np.random.Generator) -> FlameParams:
    """All coefficients from N(0, 1), movements from 0 to 1 in proportion, every joint turned, moved about.

    Lips are closed by no more than the jaw is open: beyond, they would go through each other.
    """

    def turns(*limits: float) -> np.ndarray:
        return rng.uniform(-1, 1, 3) * limits

    draws = rng.standard_normal(model.n_identity + model.n_expression)
    weights = np.array([each.unit != STANDARD_DEVIATIONS for each in model.directions])
    draws = np.where(weights, np.clip(0.3 * np.abs(draws), 0, 1), draws)
    head = FlameParams(
        shape=draws[: model.n_identity],
        expression=draws[model.n_identity :],
        global_rotation=turns(0.6, 0.6, 0.6),
        neck=turns(0.3, 0.3, 0.3),
        jaw=np.abs(turns(0.3, 0.05, 0.05)),
        left_eye=turns(0.2, 0.2, 0.2),
        right_eye=turns(0.2, 0.2, 0.2),
        translation=turns(0.2, 0.2, 0.2),
    )
    closing = [each.name == "mouthClose" for each in model.expression_directions]
    closed = np.minimum(head.expression, head.jaw[0] / CLOSED)
    return dataclasses.replace(head, expression=np.where(closing, closed, head.expression))


def middle_of_face(model: FlameModel) -> np.ndarray:
    """(3,) of the mean head."""
    static = model.landmarks["ibug"].static_faces
    return model.v_template[model.faces[static]].mean((0, 1))


def face_region(model: FlameModel) -> np.ndarray:
    """(V,) bool: vertices in the face."""
    return np.linalg.norm(model.v_template - middle_of_face(model), axis=1) < FACE_RADIUS


def skin_of_face(model: FlameModel) -> np.ndarray:
    """(V,) bool: the same without the eyeballs, whose turning no scan without colours shows."""
    skin = face_region(model)
    for ball in eyeballs_of(model.v_template, model.faces) or ():
        skin[ball.vertices] = False
    return skin


def mean_mm(one: np.ndarray, other: np.ndarray) -> float:
    """Mean distance of points that correspond, millimetres."""
    return 1000 * float(np.linalg.norm(one.astype(np.float64) - other, axis=-1).mean())


def face_scan(
    model: FlameModel,
    params: FlameParams,
    rng: np.random.Generator,
    count: int = 40_000,
    noise: float = 2e-4,
    outliers: float = 0.2,
) -> Scan:
    """Points drawn evenly from the face, with noise of that standard deviation and a share of outliers 3 cm about."""
    middle, centres = middle_of_face(model), model.v_template[model.faces].mean(1)
    seen = np.linalg.norm(centres - middle, axis=1) < SCAN_RADIUS
    corners = (
        FlameEvaluator(model)
        .vertices(params)
        .astype(np.float64)[model.faces[seen & (centres[:, 2] > middle[2] - SCAN_DEPTH)]]
    )
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    drawn = rng.choice(len(corners), count, p=areas / areas.sum())
    points = np.einsum("nc,nci->ni", rng.dirichlet(np.ones(3), count), corners[drawn])
    points += rng.normal(0, noise, points.shape)
    strays = rng.choice(count, round(outliers * count), replace=False)
    points[strays] += rng.normal(0, 0.03, (len(strays), 3))
    return Scan(points, (normals / areas[:, None])[drawn])


def with_a_faces_motion(model: FlameModel) -> FlameModel:
    """The made-up model on FLAME's topology with joints and expressions that move it about as FLAME's do.

    As it comes, each eye's joint carries a fifth of the face and the hundred expression fields add up to 7 mm, so
    that they do what turning the head does, which no single photo can tell apart. Here eyes carry eyeballs, the jaw
    what lies below the mouth, and expressions add up to a millimetre.
    """

    def step(over: np.ndarray, width: float) -> np.ndarray:
        return 1 / (1 + np.exp(-over / width))

    _, y, z = model.v_template.T.astype(np.float64)
    above_the_cut, chin = step(y + 0.11, 0.02), step(-0.035 - y, 0.006) * step(z, 0.01) * step(y + 0.10, 0.008)
    weights = np.zeros((model.n_vertices, 5))
    weights[:, 0], weights[:, 1], weights[:, 2] = 1 - above_the_cut, above_the_cut * (1 - chin), above_the_cut * chin
    for eyeball, joint in ((LEFT_EYEBALL, 3), (RIGHT_EYEBALL, 4)):
        weights[eyeball] = np.eye(5)[joint]
    directions = model.shapedirs.copy()
    directions[:, :, model.n_identity :] *= 0.15
    return FlameModel.from_arrays(
        v_template=model.v_template,
        faces=model.faces,
        shapedirs=directions,
        posedirs=0.2 * model.posedirs,
        joint_regressor=model.joint_regressor,
        weights=weights,
        parents=model.parents,
        n_identity=model.n_identity,
        landmarks=model.landmarks,
    )
