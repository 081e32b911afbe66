"""Timings of the fits, of the built-in head and of a full-size file: FLAME's topology where ../shared can make one.

    .envs/dev/bin/python benchmarks/fitting.py [STARTS]

Each row is a fit of a random head, and how far off it ends. ``STARTS`` (4 by default) random turns of a scan
without landmarks are tried; 100 take about twenty minutes. Nearest points are searched by SciPy's k-d tree.
"""

from __future__ import annotations

import os
from functools import partial

THREADS = int(os.environ.get("OPENBLAS_NUM_THREADS") or os.cpu_count() or 1)
os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)  # read when NumPy is imported

import dataclasses  # noqa: E402  (everything below comes after the line above)
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from scipy.spatial.transform import Rotation  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.control_rows import control_rows  # noqa: E402
from benchmarks.portrait_rows import portrait_rows  # noqa: E402
from benchmarks.table import BUILT_IN, FULL_SIZE, SHORT, Row, number, print_table  # noqa: E402
from flame_blender.fitting.landmarks.landmarks_2d import View, fit_landmarks_2d  # noqa: E402
from flame_blender.fitting.landmarks.landmarks_3d import fit_landmarks_3d  # noqa: E402
from flame_blender.fitting.landmarks.pinned import PinnedView, fit_pins  # noqa: E402
from flame_blender.fitting.landmarks.views import UPRIGHT  # noqa: E402
from flame_blender.fitting.meshes.on_vertices import solving_vertices  # noqa: E402
from flame_blender.fitting.meshes.one_mesh import fit_mesh  # noqa: E402
from flame_blender.fitting.reports.outcome import Fit  # noqa: E402
from flame_blender.fitting.scans.matching import Scan  # noqa: E402
from flame_blender.fitting.scans.scan import fit_scan  # noqa: E402
from flame_blender.flame.evaluator import FlameEvaluator  # noqa: E402
from flame_blender.flame.landmarks import landmark_points  # noqa: E402
from flame_blender.flame.model import FlameModel  # noqa: E402
from flame_blender.flame.params import FlameParams  # noqa: E402
from flame_blender.geometry.camera import Camera  # noqa: E402
from flame_blender.landmark_files.observed import ObservedLandmarks  # noqa: E402
from flame_blender.long_work import result_of  # noqa: E402
from flame_blender.model_files.loading import load_model  # noqa: E402
from flame_blender.textures.photo_texture import Doubt, filled, project_photo  # noqa: E402
from flame_blender.textures.skin_colours import face_vertices  # noqa: E402
from flame_blender.textures.texels import texels_of  # noqa: E402
from tests.fitting.random_heads import face_region, face_scan, mean_mm, random_head  # noqa: E402
from tests.fitting.real_scans import RealScan, make_face_model, real_scan  # noqa: E402
from tests.fitting.surface_search import nearest_surface  # noqa: E402
from tests.flame.shared_models import MAKER, make_shared_model  # noqa: E402

STATIC, ALL = np.arange(17, 68), np.arange(68)
NOSE = 30 - 17  # of the points that stand still
FEW_POINTS, MANY_POINTS = 2_000 if SHORT else 40_000, 1_300_000
SCANS = ((FEW_POINTS, 10.0),) if SHORT else ((FEW_POINTS, 10.0), (MANY_POINTS, 30.0))  # points, seconds
TEXELS = 128 if SHORT else 1024
PEOPLE, SCANNED = (1, 5_000) if SHORT else (20, 40_000)  # people, and points of each
BUILT_IN_HEAD = ROOT / "flame_blender" / "assets" / "builtin_head.npz"


def main() -> None:
    """Measure and print."""
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 1 if SHORT else 4
    built_in = load_model(BUILT_IN_HEAD)
    columns = {BUILT_IN: [*rows_of(built_in, starts), texture_row()]}
    full_size = built_in if SHORT else a_model()
    columns[FULL_SIZE] = [*([] if SHORT else rows_of(full_size, starts)), basel_row(full_size)]
    print_table(f"Fits of random heads, NumPy {np.__version__}, {THREADS} threads", columns)
    if MAKER.exists():
        print_table("Scans of people", {BUILT_IN: real_scan_rows()})
        print_table("Portraits: CPU time of one head, and how it came out", portrait_rows())
    print_table("Named controls of a FLAME file", control_rows())


def rows_of(model: FlameModel, starts: int) -> list[Row]:
    """What is fitted to either kind of model."""
    return [*landmark_rows(model), mesh_row(model), *scan_rows(model), free_scan_row(model, starts)]


def a_model() -> FlameModel:
    """On FLAME's topology, or on that of the project's own file."""
    with tempfile.TemporaryDirectory() as folder:
        return make_shared_model(Path(folder))


def timed(work: Callable[[], Fit]) -> tuple[Fit, float]:
    """What it returns and the milliseconds it took."""
    start = time.perf_counter()
    found = work()
    return found, (time.perf_counter() - start) * 1000


def row(name: str, took: float, off: float, unit: str, wanted: float, limit_s: float | None = None) -> Row:
    """A fit that ends ``off`` by so much, wanted ``wanted`` at most, in at most ``limit_s`` seconds."""
    quick = limit_s is None or took <= 1000 * limit_s
    said = f"at most {wanted:g} {unit}" + (f" in {limit_s:g} s" if limit_s else "")
    return Row(name, f"{number(took / 1000)} s, {number(off)} {unit}", said, off <= wanted and quick)


def landmark_rows(model: FlameModel) -> list[Row]:
    """51 points in space; 68 in one photo; 68 in each of three."""
    evaluator, embedding, rng = FlameEvaluator(model), model.landmarks["ibug"], np.random.default_rng(1)
    truth = dataclasses.replace(random_head(model, rng), translation=np.zeros(3))
    points = evaluator.landmarks(truth, embedding)
    in_space, took = timed(
        lambda: fit_landmarks_3d(evaluator, embedding, ObservedLandmarks(points[17:], STATIC), noise=1e-5)
    )
    rows = [row("3D landmarks, 51 exact", took, in_space.report.mean, "mm", 0.05)]
    views = []
    for yaw in (0.0, -0.6, 0.6):
        turn = UPRIGHT @ Rotation.from_rotvec([0, yaw, 0]).as_matrix()
        camera = Camera(np.array([1500.0, 1500, 512, 512]), 1024, 1024, turn, np.array([0, 0, 0.8]))
        views.append(View(ObservedLandmarks(camera.project(points), ALL), 1024, 1024, camera=camera))
    alone = View(views[0].observed, 1024, 1024, 1500.0)
    for name, seen in (("2D landmarks, one photo", [alone]), ("2D landmarks, three photos", views)):
        fit, took = timed(partial(fit_landmarks_2d, evaluator, embedding, seen))
        rows.append(row(name, took, fit.report.median, "px (median)", 1.0))
    return [*rows, pin_row(evaluator, views, fit)]


def pin_row(evaluator: FlameEvaluator, views: list[View], fit: Fit) -> Row:
    """The head of three photos after one of their pins was dragged 12 pixels down: how far off it stays."""
    embedding, faces = evaluator.model.landmarks["ibug"], evaluator.model.faces
    triangles, barycentric = embedding.static_faces, embedding.static_barycentric
    points = np.einsum("pc,pci->pi", barycentric, evaluator.vertices(fit.params)[faces[triangles]])
    held, pinned = np.arange(len(STATIC)) == NOSE, []
    for view in views:
        if view.camera is not None:
            first = view is views[0]
            kept = ~held | first  # the others give way
            pixels = view.camera.project(points) + held[:, None] * (0.0, 12.0)
            pinned.append(
                PinnedView(view.camera, triangles[kept], barycentric[kept], pixels[kept], (held & first)[kept])
            )
    start = time.perf_counter()
    found = fit_pins(evaluator, pinned, fit.params, vary=("shape", "expression", "jaw"), likely=fit.params)
    took = (time.perf_counter() - start) * 1000
    return row("a pin dragged, three photos", took, float(found.errors[0][NOSE]), "px of 12", 3.0, 0.5)


def mesh_row(model: FlameModel) -> Row:
    """One registered mesh."""
    evaluator = FlameEvaluator(model)
    vertices = evaluator.vertices(random_head(model, np.random.default_rng(2))).astype(np.float64)
    fit, took = timed(lambda: fit_mesh(evaluator, vertices))
    return row("registered mesh", took, fit.report.mean, "mm", 0.01)


def basel_row(model: FlameModel) -> Row:
    """1,700 vertices at a scale of their own, as of a Basel mesh."""
    evaluator, rng = FlameEvaluator(model), np.random.default_rng(2)
    vertices = evaluator.vertices(random_head(model, rng)).astype(np.float64)
    some = np.sort(rng.choice(model.n_vertices, 1700, replace=False))
    start = time.perf_counter()
    solved, targets = result_of(solving_vertices(evaluator, some, 1.05 * vertices[some], True, lambda _params: None))
    took = (time.perf_counter() - start) * 1000
    return row("Basel mesh, 1,700 vertices", took, 1000 * float(targets.errors(solved.unknowns).mean()), "mm", 0.1)


def scan_rows(model: FlameModel) -> list[Row]:
    """A face of 40,000 points, and of 1.3 million."""
    rows = []
    for count, limit in SCANS:
        evaluator, rng = FlameEvaluator(model), np.random.default_rng(3)
        truth = random_head(model, rng)
        scan = face_scan(model, truth, rng, count=count)
        points = evaluator.landmarks(truth, model.landmarks["ibug"])[17:]
        seen = ObservedLandmarks(points + rng.normal(0, 2e-3, points.shape), STATIC)
        fit, took = timed(
            partial(fit_scan, evaluator, scan, nearest_surface, embedding=model.landmarks["ibug"], landmarks=seen)
        )
        rows.append(row(f"scan of {count:,} points with landmarks", took, fit.report.median, "mm (median)", 0.5, limit))
    return rows


def free_scan_row(model: FlameModel, starts: int) -> Row:
    """The same scan turned and moved at random, without landmarks: how many end where the true start does."""
    evaluator, rng, face = FlameEvaluator(model), np.random.default_rng(4), face_region(model)
    truth = dataclasses.replace(random_head(model, rng), global_rotation=np.zeros(3), translation=np.zeros(3))
    scan = face_scan(model, truth, rng, count=FEW_POINTS)
    start = FlameParams(neck=truth.neck)  # a turned neck moves the face by some centimetres
    expected = evaluator.vertices(fit_scan(evaluator, scan, nearest_surface, start=start).params)
    times, missed = [], 0
    for seed in range(starts):
        draw = np.random.default_rng(seed)
        axis, way = draw.normal(size=(2, 3))
        rotation = Rotation.from_rotvec(draw.uniform(0, np.pi / 3) * axis / np.linalg.norm(axis)).as_matrix()
        translation = draw.uniform(0, 0.2) * way / np.linalg.norm(way)
        moved = Scan(scan.points @ rotation.T + translation, scan.normals @ rotation.T)
        fit, took = timed(partial(fit_scan, evaluator, moved, nearest_surface, seed=seed))
        found = (evaluator.vertices(fit.params) - translation) @ rotation
        missed += mean_mm(found[face], expected[face]) > 1
        times.append(took)
    name = f"scan without landmarks, {starts} random starts, the slowest"
    return row(name, max(times), 100 * missed / starts, "% missed", 5, 20.0)


def real_scan_rows() -> list[Row]:
    """Twenty people of FLAME 2023 Open's identities with hair, shut eyes and shoulders, fitted with the built-in head.

    Each bound holds for the worst of them; times are of the processor, since twenty fits are seldom alone on a machine,
    and with offsets.
    """
    with tempfile.TemporaryDirectory() as folder:
        scanned = make_face_model(Path(folder))
    model = load_model(BUILT_IN_HEAD)
    rows = []
    for with_landmarks, name in ((True, "with landmarks"), (False, "without landmarks"))[: 1 if SHORT else 2]:
        fits, took, off, with_offsets = [], [], [], []
        for seed in range(PEOPLE):
            seen = real_scan(scanned, model, seed, SCANNED)
            given = {"embedding": model.landmarks["ibug"], "landmarks": seen.landmarks} if with_landmarks else {}
            start = time.process_time()
            fit = fit_scan(FlameEvaluator(model), seen.scan, nearest_surface, with_offsets=True, **given)
            took.append(1000 * (time.process_time() - start))
            off.append(off_the_face(model, dataclasses.replace(fit.params, offsets=None), seen))
            with_offsets.append(off_the_face(model, fit.params, seen))
            fits.append(fit)
        slowest, sizes = max(took), [fit.report.coefficients for fit in fits]
        largest = max(abs(each.largest) for each in sizes if each is not None)
        spread = max(float(np.sqrt(np.mean(fit.params.shape**2))) for fit in fits)
        settled = max(each.root_mean_square for each in sizes if each is not None)
        rows += [
            row(
                f"{PEOPLE} people with hair, {name}, the farthest",
                slowest,
                max(off),
                "mm (median of the face)",
                2.0,
                20.0,
            ),
            row("... with offsets", slowest, max(with_offsets), "mm (median of the face)", 0.4, 20.0),
            row("... largest coefficient", slowest, largest, "deviations", 4.5),
            row("... largest root mean square of identity", slowest, spread, "deviations", 1.3),
            row("... of the coefficients that are settled", slowest, settled, "deviations (doubted beyond)", 1.7),
        ]
    return rows


def off_the_face(model: FlameModel, params: FlameParams, seen: RealScan) -> float:
    """Median distance of the face's points from the head, millimetres."""
    vertices = FlameEvaluator(model).vertices(params).astype(np.float64)
    points = seen.scan.points[seen.in_face]
    return 1000 * float(np.median(np.linalg.norm(nearest_surface(vertices, model.faces)(points)[1] - points, axis=1)))


def texture_row() -> Row:
    """A photo of 1,024 pixels into a texture of 1,024, with the fill, on the built-in head, which has UVs."""
    model = load_model(BUILT_IN_HEAD)
    vertices = FlameEvaluator(model).vertices(FlameParams())
    camera = Camera(np.array([1500.0, 1500, 512, 512]), 1024, 1024, UPRIGHT, np.array([0, 0, 0.8]))
    photo = np.full((1024, 1024, 3), 0.5, np.float32)
    landmarks = landmark_points(model.v_template, model.faces, model.landmarks["ibug"])
    start = time.perf_counter()
    doubt = Doubt(0.002, face_vertices(model.v_template, landmarks[17:]))
    result = project_photo(texels_of(model, TEXELS, ("skin", "lips")), vertices, camera, photo, doubt)
    off = float(np.abs(filled(result, "MIRROR")[..., :3] - 0.5).max())
    return row("photo to texture and fill", (time.perf_counter() - start) * 1000, off, "off a plain grey", 0.01)


if __name__ == "__main__":
    main()
