"""Named controls computed for a FLAME file: how long it takes without landmarks, and how well it does them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.table import FULL_SIZE, SHORT, Row, number, within
from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.long_work import result_of
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.computing import computing_controls
from flame_blender.model_controls.files import load_computed, save_computed
from flame_blender.model_controls.sides import share_on_other_side, side_of
from flame_blender.model_controls.weights import vertex_weights
from flame_blender.model_files.loading import load_model
from tests.fitting.surface_search import nearest_surface
from tests.flame.face_like import face_like_model
from tests.flame.other_bases import first_directions
from tests.flame.shared_models import MAKER

SECONDS, AGAIN_MS = 20.0, 100.0
SEEDS = (0,) if SHORT else (0, 1, 2)


def control_rows() -> dict[str, list[Row]]:
    """Of files that move as a face does, by ../shared's tool with three seeds; else, and in short, of the project's."""
    if SHORT or not MAKER.exists():
        model = face_like_model()
        few = replace(first_directions(model, 40, 20), landmarks=model.landmarks, regions=model.regions)
        return {FULL_SIZE: rows_of(few if SHORT else model, "face-like file")}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            path = Path(folder) / f"face{seed}.npz"
            command = [
                sys.executable,
                str(MAKER),
                str(path),
                "--format",
                "npz",
                "--motion",
                "face",
                "--seed",
                str(seed),
            ]
            subprocess.run(command, check=True)
            rows += rows_of(load_model(path), f"--motion face, seed {seed}")
    return {FULL_SIZE: rows}


def rows_of(model: FlameModel, name: str) -> list[Row]:
    """Of one model, which brings no landmarks unless it is a short run."""
    source = load_model(BUILT_IN_HEAD)
    start = time.perf_counter()  # processor time would count OpenBLAS's second thread while it waits
    computed = result_of(computing_controls(source, model, nearest_surface))
    took = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kept.npz"
        save_computed(path, model, computed)
        start = time.perf_counter()
        load_computed(path, model)
        again = 1000 * (time.perf_counter() - start)
    controls, qualities = computed.controls, computed.qualities
    sums = [preset.scores @ controls.table[:, : model.n_expression] for preset in controls.presets]
    largest = max(float(np.abs(sums).max()), *(each.largest_coefficient for each in qualities))
    wrong, blinks = corrected(model, computed)
    name = f"named controls, {name}:"
    return [
        within(f"{name} computed", took, SECONDS, "s"),
        within(f"{name} loaded again", again, AGAIN_MS),
        at_least(f"{name} presets explained by FLAME alone", presets_explained(model, computed), 0.80),
        within(f"{name} largest coefficient of a control or preset", largest, 3.0, ""),
        within(f"{name} with correctives, most on the wrong side", wrong, 0.05, ""),
        within(f"{name} with correctives, gap of a blink, of that at rest", blinks, 0.16, ""),
    ]


def at_least(work: str, found: float, bound: float) -> Row:
    """A number with a bound below."""
    return Row(work, number(found), f"at least {bound:g}", found >= bound)


def presets_explained(model: FlameModel, computed: ComputedControls) -> float:
    """The mean share of the presets' movements, as energy over the skin, that is done without correctives."""
    evaluator, controls = FlameEvaluator(model), computed.controls
    rest, weights = evaluator.vertices(FlameParams()), vertex_weights(computed.correspondence, model, 0.0)
    shares = []
    for preset in controls.presets:
        fields = controls.fields(preset.scores)
        alone = FlameParams(expression=fields["expression"], jaw=fields["jaw"])
        offsets = np.tensordot(preset.scores, correctives_of(computed), 1)
        whole = evaluator.vertices(FlameParams(expression=alone.expression, jaw=alone.jaw, offsets=offsets)) - rest
        energy = weights @ (whole**2).sum(1)
        if energy > 1e-12:
            left = evaluator.vertices(alone) - rest - whole
            shares.append(1 - weights @ (left**2).sum(1) / energy)
    return float(np.mean(shares))


def corrected(model: FlameModel, computed: ComputedControls) -> tuple[float, float]:
    """Most that lands on the wrong side of a one-sided control, and the most that a blink leaves of an eye's gap."""
    evaluator, controls = FlameEvaluator(model), computed.controls
    rest, ibug = evaluator.vertices(FlameParams()), computed.correspondence.landmarks["ibug"]
    corners, barycentric = model.faces[ibug.static_faces], ibug.static_barycentric[..., None]
    wrong, gaps = [], []
    for row, name in enumerate(controls.names):
        if side_of(name):
            fields = controls.fields(np.eye(len(controls.names), dtype=np.float32)[row])
            params = FlameParams(expression=fields["expression"], offsets=correctives_of(computed)[row])
            made = evaluator.vertices(params)
            wrong.append(share_on_other_side(made - rest, rest, side_of(name)))
        if name in ("eyeBlinkLeft", "eyeBlinkRight"):
            upper, lower = ([26, 27], [30, 29]) if name.endswith("Left") else ([20, 21], [24, 23])
            points = [(vertices[corners] * barycentric).sum(1) for vertices in (rest, made)]
            wide = [np.linalg.norm(each[upper] - each[lower], axis=1).sum() for each in points]
            gaps.append(wide[1] / wide[0])
    return max(wrong), float(max(gaps))


def correctives_of(computed: ComputedControls) -> np.ndarray:
    """(C, V, 3) metres: those of controls that were computed, which have some always."""
    return np.asarray(computed.controls.correctives)
