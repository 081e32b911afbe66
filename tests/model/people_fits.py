"""How the built-in head's identity holds real people: ``python -m tests.model.people_fits [COUNT]``.

Each is a head of FLAME 2023 Open, its template and 60 directions by normal coefficients; its skin is fitted as a scan.
The file is read from ``../shared/data``, by tests alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np

from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.fitting.scans.matching import Scan
from flame_blender.fitting.scans.scan import fit_scan
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.rigid import rigid_alignment
from flame_blender.geometry.triangles import closest_weights
from flame_blender.landmark_files.observed import ObservedLandmarks
from flame_blender.model_files.embeddings import load_landmarks
from flame_blender.model_files.loading import load_model
from tests.fitting.real_scans import FACE_RADIUS, STATIC, strewn
from tests.fitting.surface_search import nearest_surface
from tests.model.mean_face import MEAN_FACE, MEAN_POINTS, MM, SKIN_VERTICES

COUNT, POINTS, ROUNDS = 20, 12_000, 12
# metres: a point's deviation in the face; beside it, as FLAME's neck and skull are no part of a face; no match
NOISE, ELSEWHERE, FAR = 4e-3, 0.4, 15e-3


@dataclass(frozen=True)
class PersonFit:
    """Median distance of the face in mm, root mean square and largest of the coefficients, in deviations."""

    distance: float
    root_mean_square: float
    largest: float


def person_fit(model: FlameModel, seed: int) -> PersonFit:
    """The built-in head's identity on the person of this seed; ears, hair and lids are as FLAME has them."""
    rng = np.random.default_rng(seed)
    with np.load(MEAN_FACE) as data:
        faces, directions = data["faces"].astype(int), data["shapedirs"].astype(float)
        vertices = data["v_template"] + directions @ rng.standard_normal(directions.shape[-1])
    landmarks = landmark_points(vertices, faces, load_landmarks(MEAN_POINTS))[-51:]
    skin = vertices[faces[(faces < SKIN_VERTICES).all(1)]]
    points, normals, _ = strewn(skin, POINTS, rng)
    in_face = np.linalg.norm(points - landmarks.mean(0), axis=1) < FACE_RADIUS
    begun = fit_scan(
        FlameEvaluator(model), Scan(points, normals), nearest_surface,
        embedding=model.landmarks["ibug"], landmarks=ObservedLandmarks(landmarks, STATIC),
    )  # fmt: skip
    placed = FlameEvaluator(model).vertices(replace(begun.params, expression=np.zeros(0))).astype(float)
    identity, off = _nearer(model, begun.params.shape, placed, Scan(points, normals), in_face)
    return PersonFit(float(np.median(off)) * MM, float(np.sqrt((identity**2).mean())), float(np.abs(identity).max()))


def _nearer(
    model: FlameModel, identity: np.ndarray, placed: np.ndarray, scan: Scan, in_face: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (S,) after rounds of nearest points with ``NOISE``, and the distances of the face's points, metres.

    Of identity and place alone: no movement may stand in for a shape. ``placed`` (V, 3) is where the first fit has it.
    """
    directions = model.shapedirs[..., : model.n_identity].astype(float)
    identity = np.concatenate([identity, np.zeros(model.n_identity - len(identity))])
    for _ in range(ROUNDS):
        shape = model.v_template + directions @ identity
        turn, move = rigid_alignment(shape, placed)
        placed = shape @ turn.T + move
        triangles, closest = nearest_surface(placed, model.faces)(scan.points)
        facing = _normals(placed, model.faces)[triangles]
        aligned = ((facing * scan.normals).sum(1) > 0.6) & (np.linalg.norm(closest - scan.points, axis=1) < FAR)
        corners = model.faces[triangles]
        weights = closest_weights(placed[corners], closest)
        moved = np.einsum("nc,nckd->nkd", weights, directions[corners])
        across = np.einsum("nk,nkd->nd", facing @ turn, moved)
        levers = np.concatenate([facing, np.cross(closest, facing)], axis=1)
        noise = np.where(in_face, NOISE, ELSEWHERE)[:, None]
        system = np.concatenate([across, levers], axis=1)[aligned] / noise[aligned]
        missing = (facing * (scan.points - closest)).sum(1)[aligned] / noise[aligned, 0]
        wanted = missing + system[:, : len(identity)] @ identity
        prior = np.diag(np.r_[np.ones(len(identity)), np.zeros(6)])
        found = np.linalg.solve(system.T @ system + prior, system.T @ wanted)
        identity = found[: len(identity)]
        placed = (model.v_template + directions @ identity) @ turn.T + move
        placed = placed + found[-6:-3] + np.cross(found[-3:], placed)
    off = np.linalg.norm(scan.points - nearest_surface(placed, model.faces)(scan.points)[1], axis=1)
    return identity, off[in_face]


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals of triangles."""
    a, b, c = vertices[faces].swapaxes(0, 1)
    across = np.cross(b - a, c - a)
    return across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-30)


def main() -> None:
    """Print each fit, and the medians and the largest of all."""
    model = load_model(BUILT_IN_HEAD)
    fits = []
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT):
        fits.append(person_fit(model, seed))
        sys.stdout.write(f"{seed} " + " ".join(f"{value:.2f}" for value in vars(fits[-1]).values()) + "\n")
    table = np.array([list(vars(each).values()) for each in fits])
    whole = np.median(table[:, 0]), table[:, 1].max(), table[:, 2].max()
    sys.stdout.write("median {:.2f} mm, RMS at most {:.2f}, largest {:.2f}\n".format(*whole))


if __name__ == "__main__":
    main()
