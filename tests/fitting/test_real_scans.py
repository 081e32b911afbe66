"""Scans of people whom the built-in head was not made from, with hair, shut eyes, shoulders and holes.

benchmarks/fitting.py has twenty of them; here are a few, each bound as there.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flame_blender.fitting.reports.outcome import Fit
from flame_blender.fitting.scans.matching import Scan
from flame_blender.fitting.scans.scan import fit_scan
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from tests.fitting.real_scans import MOTION, RealScan, make_face_model, real_scan
from tests.fitting.surface_search import nearest_surface


@pytest.fixture(scope="module")
def face_model(tmp_path_factory: pytest.TempPathFactory) -> FlameModel:
    """The file whose heads are scanned."""
    return make_face_model(tmp_path_factory.mktemp("face"))


def fitted(model: FlameModel, seen: RealScan, with_landmarks: bool = True, **options: object) -> Fit:
    """With the built-in head."""
    if with_landmarks:
        options |= {"embedding": model.landmarks["ibug"], "landmarks": seen.landmarks}
    return fit_scan(FlameEvaluator(model), seen.scan, nearest_surface, **options)


def off_the_face(model: FlameModel, fit: Fit, seen: RealScan) -> float:
    """Median distance of the face's points from the fitted head, millimetres of the person."""
    vertices = FlameEvaluator(model).vertices(fit.params).astype(np.float64)
    points = seen.scan.points[seen.in_face][::4] / fit.scale
    _, closest = nearest_surface(vertices, model.faces)(points)
    return 1000 * float(np.median(np.linalg.norm(points - closest, axis=1)))


def is_a_person(fit: Fit, spread: float = 1.5, largest: float = 4.5) -> bool:
    """Whether the coefficients are at most ``largest``, and ``spread`` the root mean square of those settled."""
    sizes = fit.report.coefficients
    return sizes is not None and abs(sizes.largest) <= largest and sizes.root_mean_square <= spread


@pytest.mark.parametrize(("seed", "with_landmarks"), [(8, True), (1, False)])
def test_a_scan_with_hair_and_shoulders_is_a_person(
    built_in: FlameModel, face_model: FlameModel, seed: int, with_landmarks: bool
) -> None:
    """With landmarks as annotators place them, and from the points alone; the report tells face and hair apart.

    Offsets then bring the skin onto the face's, turn no triangle over, leave the skull under hair of 5 to 25 mm, and
    never bend an eyeball, although its lids are shut in the scan.
    """
    seen = real_scan(face_model, built_in, seed, count=20_000)
    fit = fitted(built_in, seen, with_landmarks, with_offsets=True)
    bare = dataclasses.replace(fit, params=dataclasses.replace(fit.params, offsets=None))
    assert off_the_face(built_in, bare, seen) < 2.0
    assert abs(fit.params.jaw[0] - seen.params.jaw[0]) < 0.1 and fit.params.jaw[0] < 0.1
    doubted = seed == 8 and MOTION.exists()  # of FLAME 2023 Open's heads the eighth is told as doubtful
    assert is_a_person(fit, 2.4, 5.0) if doubted else is_a_person(fit)
    assert any("bare face" in note and "hair" in note for note in fit.report.notes)
    assert any("Doubtful" in note for note in fit.report.notes) == doubted
    assert off_the_face(built_in, fit, seen) < 0.4
    before, after = (FlameEvaluator(built_in).vertices(each.params).astype(np.float64) for each in (bare, fit))
    turned = (normals_of(before, built_in.faces) * normals_of(after, built_in.faces)).sum(1)
    assert turned.min() > 0
    moved = np.linalg.norm(after - before, axis=1)
    assert np.median(moved[built_in.regions["scalp"]]) < 2e-3
    for side in ("left", "right"):
        eye = built_in.regions[f"{side}_eyeball"]
        assert (np.ptp((after - before)[eye], axis=0) < 1e-5).all() and moved[eye].max() < 6e-3


def test_an_open_mouth_opens(built_in: FlameModel, face_model: FlameModel) -> None:
    """By 0.4 radians, from the points alone, although a mouth is then first taken for shut."""
    seen = real_scan(face_model, built_in, 5, count=20_000, jaw=0.4)
    fit = fitted(built_in, seen, with_landmarks=False)
    assert fit.params.jaw[0] == pytest.approx(0.4, abs=0.12)
    assert off_the_face(built_in, fit, seen) < 2.0 and is_a_person(fit, 1.7)


def normals_of(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals of triangles."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)


def test_offsets_bring_the_surface_onto_the_face(built_in: FlameModel, face_model: FlameModel) -> None:
    """What the coefficients leave, 1 to 2 mm, without any of them growing for it."""
    seen = real_scan(face_model, built_in, 2, count=20_000, face_only=True)
    fit = fitted(built_in, seen, with_offsets=True)
    assert off_the_face(built_in, fit, seen) < 0.4
    assert is_a_person(fit)


@pytest.mark.parametrize(("size", "told"), [(0.04, False), (5.0, True)])
def test_a_scan_of_any_size(built_in: FlameModel, face_model: FlameModel, size: float, told: bool) -> None:
    """A bare face, with landmarks: as near, in proportion, with Any Size on; without it too, and then said to be so."""
    seen = real_scan(face_model, built_in, 3, 10_000, face_only=True)
    sized = dataclasses.replace(
        seen,
        scan=Scan(size * seen.scan.points, seen.scan.normals),
        landmarks=dataclasses.replace(seen.landmarks, points=size * seen.landmarks.points),
    )
    fit = fitted(built_in, sized, fit_scale=told)
    assert fit.scale / size == pytest.approx(1, abs=0.12)
    assert off_the_face(built_in, fit, sized) < 2.0 and is_a_person(fit)
    assert any("Doubtful" in note and "times as large" in note for note in fit.report.notes) != told


@pytest.mark.parametrize("winding", ["inwards", "none", "at random"])
def test_the_winding_does_not_matter(built_in: FlameModel, face_model: FlameModel, winding: str) -> None:
    """Inwards the same head to rounding, with a note; without usable normals as good a face."""
    seen = real_scan(face_model, built_in, 4, 6000, face_only=True)
    start = FlameParams(**{k: getattr(seen.params, k) for k in ("global_rotation", "neck", "translation")})
    normals = {
        "inwards": -seen.scan.normals,
        "none": None,
        "at random": seen.scan.normals * np.random.default_rng(0).choice([-1.0, 1.0], (6000, 1)),
    }[winding]
    other = dataclasses.replace(seen, scan=Scan(seen.scan.points, normals))
    found = fitted(built_in, other, False, start=start)
    assert off_the_face(built_in, found, seen) < 2.0
    if winding == "inwards":
        outwards = fitted(built_in, seen, False, start=start)
        assert np.abs(outwards.params.shape - found.params.shape).max() < 1e-6
        assert any("wound inwards" in note for note in found.report.notes)
    assert any("without them" in note for note in found.report.notes) == (winding == "at random")
