"""Photos of people whom the built-in head cannot show, and of a full-size file's own: tests/fitting/portraits."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.table import BUILT_IN, FULL_SIZE, SHORT, Row, number
from flame_blender.fitting.landmarks.landmarks_2d import fit_landmarks_2d
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.geometry.rigid import similarity_alignment
from flame_blender.model_files.loading import load_model
from tests.fitting.portraits import ALL, HEADS, STATIC, fitted, portrait_of, portraits, real_person, turned
from tests.fitting.random_heads import face_region, mean_mm
from tests.fitting.real_scans import make_face_model

BUILT_IN_HEAD = Path(__file__).resolve().parent.parent / "flame_blender" / "assets" / "builtin_head.npz"
OWN_HEADS = 1 if SHORT else 12


def portrait_rows() -> dict[str, list[Row]]:
    """With the built-in head, 68 points and 51; with the file's own head, real directions and all."""
    with tempfile.TemporaryDirectory() as folder:
        person = make_face_model(Path(folder))
    built_in, rows, own_rows = load_model(BUILT_IN_HEAD), [], []
    photos = portraits(person)[: 1 if SHORT else HEADS]
    for indices in (ALL, STATIC):
        start = time.process_time()
        found = [fitted(each, person, built_in, indices) for each in photos]
        took = (time.process_time() - start) * 1000 / len(photos)
        name = f"portraits, {len(indices)} points, {HEADS} heads:"
        rows += [
            _row(f"{name} largest coefficient", took, max(each.largest for each in found), 3.5),
            _row(f"{name} root mean square", took, max(each.root_mean_square for each in found), 1.5),
            _row(f"{name} focal length off by a factor", took, max(each.focal_factor for each in found), 2.0),
            _row(f"{name} intervals without it", took, sum(not each.focal_told for each in found), 2),
            _row(f"{name} face, mm, the worst", took, max(each.face_mm for each in found), 3.5),
            _row(f"{name} face, mm, mean", took, float(np.mean([each.face_mm for each in found])),
                 float(np.mean([each.mean_face_mm for each in found]))),
        ]  # fmt: skip
    for whole in (False, True):
        turns, faces, took = own_people(person, whole)
        name = f"one photo of the file's own heads, {'all' if whole else 'real'} directions, {OWN_HEADS} heads:"
        own_rows += [
            _row(f"{name} turn, degrees, the worst", took, max(turns), 3.0),
            _row(f"{name} face, mm, the worst", took, max(faces), 4.5 if whole else 3.0),
            _row(f"{name} face, mm, mean", took, float(np.mean(faces)), 3.0),
        ]
    return {BUILT_IN: rows, FULL_SIZE: own_rows}


def own_people(model: FlameModel, whole: bool) -> tuple[list[float], list[float], float]:
    """Degrees and millimetres by which each head is off, and the milliseconds of one: exact points, known lens."""
    evaluator, face = FlameEvaluator(model), face_region(model)
    turns, faces, start = [], [], time.process_time()
    for seed in range(OWN_HEADS):
        rng = np.random.default_rng(500 + seed)
        portrait = portrait_of(model, real_person(model, rng, whole=whole), 1.5, rng, 0.0)
        fit = fit_landmarks_2d(evaluator, model.landmarks["ibug"], [portrait.view(focal=True)])
        turns.append(float(np.rad2deg((turned(fit.params) * turned(portrait.truth).inv()).magnitude())))
        one, other = (evaluator.vertices(each)[face].astype(np.float64) for each in (fit.params, portrait.truth))
        scale, rotation, translation = similarity_alignment(one, other)
        faces.append(mean_mm(scale * one @ rotation.T + translation, other))
    return turns, faces, (time.process_time() - start) * 1000 / OWN_HEADS


def _row(name: str, took: float, found: float, wanted: float) -> Row:
    return Row(name, f"{number(took / 1000)} s, {number(found)}", f"at most {wanted:.3g}", found <= wanted)
