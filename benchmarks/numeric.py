"""Timings of the mathematics beside smplx on the same machine, torch limited to the threads that NumPy's BLAS has.

    .envs/dev/bin/python benchmarks/numeric.py

The built-in head, a full-size file that moves as a face does (tests/flame/face_like.py: 5,023 vertices, 300 + 100
coefficients) and a full-size made-up model, whose skin follows all five joints; all coefficients and rotations nonzero.
Each row is measured in rounds, some calls of ours and some of the other in turn (not call by call: each library's
threads wait actively for a while and would slow the other's). A round gives the median of each side's calls and their
ratio; the row shows the medians of the rounds.
"""

from __future__ import annotations

import os

THREADS = int(os.environ.get("OPENBLAS_NUM_THREADS") or os.cpu_count() or 1)
os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)  # read when NumPy is imported

import subprocess  # noqa: E402  (everything below comes after the line above)
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from smplx.lbs import lbs  # noqa: E402

from benchmarks.table import BUILT_IN, FULL_SIZE, SHORT, Pair, Row, at_most, faster, print_table, within  # noqa: E402
from benchmarks.texture_rows import texture_rows  # noqa: E402
from flame_blender.files.pc2 import pc2_file  # noqa: E402
from flame_blender.flame.evaluator import FlameEvaluator  # noqa: E402
from flame_blender.flame.model import FlameModel  # noqa: E402
from flame_blender.flame.params import FlameParams  # noqa: E402
from flame_blender.flame.torch_layer import FLAME  # noqa: E402
from flame_blender.geometry.axes import to_blender  # noqa: E402
from flame_blender.long_work import result_of  # noqa: E402
from flame_blender.model_controls.control_basis import ControlBasis  # noqa: E402
from flame_blender.model_controls.scores import solve_arkit  # noqa: E402
from flame_blender.model_files.loading import load_model  # noqa: E402
from flame_blender.model_files.saving import save_model  # noqa: E402
from flame_blender.samples.sampling import SampleOptions, sampling  # noqa: E402
from tests.flame.face_like import face_like_model  # noqa: E402
from tests.flame.full_size import full_size_model, random_parameters  # noqa: E402
from tests.flame.smplx_layer import SmplxLayer  # noqa: E402
from tests.flame.smplx_reference import smplx_arguments  # noqa: E402
from tests.model_controls.scored_clips import clip_of, jitter, moving  # noqa: E402

BUILT_IN_HEAD = ROOT / "flame_blender" / "assets" / "builtin_head.npz"
DENSE = "made up, dense weights"
FRAMES, BATCHES = (16, 2) if SHORT else (256, 4)
ROUNDS = 1 if SHORT else 9
REST = 0.1  # seconds: a library's threads wait busily for a while after a product, on the cores that the next would use
LOAD_MS, ENABLE_MS = 150, 100
SAMPLED, SAMPLE_MS = 20 if SHORT else 2000, 5.0  # random heads, and milliseconds for each: 200 a second
SCORED, SCORES_S = 200 if SHORT else 10000, 20  # frames of a clip, and seconds for them
USUAL, EVERY = (100, 50), (300, 100)  # coefficients: FLAME_PyTorch's own defaults, and all that a file has


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(THREADS)
    columns = {
        BUILT_IN: [*rows(load_model(BUILT_IN_HEAD), 7), import_row(), scores_row(load_model(BUILT_IN_HEAD))],
        FULL_SIZE: [*rows(face_like_model(), 7), *sample_rows(face_like_model()), *texture_rows()],
        DENSE: rows(full_size_model(), 6),
    }
    title = f"NumPy {np.__version__}, torch {torch.__version__}, smplx; threads of NumPy's BLAS and of torch: {THREADS}"
    print_table(title, columns)


def rows(model: FlameModel, times: float) -> list[Row]:
    """Every row of one model, whose batches must be so many times as fast as smplx's."""
    full_size = (model.n_identity, model.n_expression) == EVERY  # what FLAME_PyTorch's layer is for
    wanted = {USUAL: 2.0 if full_size else None} | ({EVERY: None} if full_size else {})
    layers = [layer_row(model, batch, *counts) for counts in wanted.items() for batch in (8, 64)]
    return [*frame_rows(model), *batch_rows(model, times), bake_row(model), *layers, load_row(model)]


def frame_rows(model: FlameModel) -> list[Row]:
    """One frame, with the same identity and with a new one."""
    evaluator, params = FlameEvaluator(model), batch_of(model, 3, 1)
    rotations = params.pose15().reshape(3, 5, 3)[1]
    expression, translation, shape = params.expression[1], params.translation[1], params.shape.copy()
    identity = evaluator.prepare(shape)

    def same_identity() -> None:
        identity.frame(expression, rotations, translation)

    def new_identity() -> None:
        shape[0] += 1
        evaluator.prepare(shape).frame(expression, rotations, translation)

    reference, bare = smplx_call(model, 1), bare_products(evaluator)
    said = "smplx.lbs at batch 1"
    return [
        faster("one frame, same identity", compared(50, same_identity, reference), said, 15),
        at_most("one frame", compared(200, same_identity, bare), "its bare products and skinning", 2),
        faster("one frame, new identity", compared(50, new_identity, reference), said, 5),
    ]


def batch_rows(model: FlameModel, times: float) -> list[Row]:
    """256 frames of one identity, every frame with its own expression, pose and translation."""
    evaluator, params = FlameEvaluator(model), batch_of(model, FRAMES, 2)

    def ours() -> None:
        evaluator.vertices(params)

    return [
        faster(
            f"{FRAMES} frames, one identity",
            compared(5, ours, smplx_call(model, FRAMES)),
            f"smplx.lbs at batch {FRAMES}",
            times,
        ),
        at_most(f"{FRAMES} frames", compared(5, ours, bare_batch(evaluator)), "its bare product and a copy", 3),
    ]


def bare_batch(evaluator: FlameEvaluator) -> Callable[[], None]:
    """The one product of a batch, and a pass over its vertices: what no way to skin them does without."""
    directions = evaluator.driven_directions[: evaluator.model.n_expression + evaluator.n_correctives]
    coefficients = np.random.default_rng(0).standard_normal((FRAMES, len(directions)), np.float32)
    moved = np.empty((FRAMES, directions.shape[1]), np.float32)

    def call() -> None:
        np.matmul(coefficients, directions, out=moved)
        moved.copy()

    return call


def bake_row(model: FlameModel) -> Row:
    """1,024 frames evaluated in batches and written to a point cache, as baking does, beside evaluation alone."""
    evaluator, params = FlameEvaluator(model), batch_of(model, FRAMES, 3)
    reference = smplx_call(model, FRAMES)
    with tempfile.TemporaryDirectory() as folder:

        def bake() -> None:
            with pc2_file(Path(folder) / "head.pc2", model.n_vertices, BATCHES * FRAMES, 1.0, 1.0) as write:
                for _ in range(BATCHES):
                    write(to_blender(evaluator.vertices(params)))

        def evaluate() -> None:
            for _ in range(BATCHES):
                reference()

        said = f"smplx.lbs at batch {FRAMES}, nothing written"
        return faster(f"{BATCHES * FRAMES} frames baked to a file", compared(2, bake, evaluate), said, 3)


def layer_row(model: FlameModel, batch: int, counts: tuple[int, int], times: float | None) -> Row:
    """The torch layer, forward and backward to every input, beside FLAME_PyTorch's as smplx makes it."""
    n_shape, n_expression = min(counts[0], model.n_identity), min(counts[1], model.n_expression)
    generator, widths = torch.Generator().manual_seed(batch), (n_shape, n_expression, 6, 3, 6, 3)
    inputs = [(0.3 * torch.randn(batch, width, generator=generator)).requires_grad_() for width in widths]
    landmarks = model.landmarks["ibug"].count
    loss = [torch.randn(batch, count, 3, generator=generator) for count in (model.n_vertices, landmarks)]

    def stepping(layer: torch.nn.Module) -> Callable[[], object]:
        return lambda: torch.autograd.grad(layer(*inputs), inputs, loss)

    found = compared(5 if batch > 8 else 20, stepping(FLAME(model, *counts)), stepping(SmplxLayer(model)))
    said = "all coefficients" if counts == EVERY else f"{counts[0]} + {counts[1]} coefficients"
    return faster(f"torch layer and gradients, batch {batch}, {said}", found, "FLAME_PyTorch's by smplx", times)


def load_row(model: FlameModel) -> Row:
    """Loading a converted full-size model, the file in the system's cache."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        save_model(model, path)
        (found,) = rounds(1, lambda: load_model(path))
    return within("load a converted model", float(np.median(found)), LOAD_MS)


def import_row() -> Row:
    """Importing what the add-on needs of flame_blender.flame into a process that has NumPy already, as Blender does."""
    script = (
        "import numpy, time; start = time.perf_counter(); "
        "import flame_blender.flame.evaluator, flame_blender.model_files.loading, flame_blender.model_files.library; "
        "print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", script]
    times = 1 if SHORT else 5
    runs = [subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout for _ in range(times)]
    return within("import flame_blender.flame", float(np.median([float(run) for run in runs])) * 1000, ENABLE_MS)


def scores_row(model: FlameModel) -> Row:
    """A long clip that a tracker made, as ARKit's scores."""
    rng = np.random.default_rng(5)
    scores, noise = moving(ControlBasis(model).names, SCORED, rng), jitter(model, SCORED, rng)
    clip = clip_of(model, scores, added=noise)
    took = milliseconds(lambda: solve_arkit(clip, model)) / 1000
    return within(f"{SCORED:,} frames as ARKit scores", took, SCORES_S, "s")


def sample_rows(model: FlameModel) -> list[Row]:
    """Random heads written as files, all in one folder."""
    evaluator, made = FlameEvaluator(model), []
    for suffix in (".ply", ".obj"):
        with tempfile.TemporaryDirectory() as folder:
            options = SampleOptions(suffix=suffix)
            start = time.perf_counter()
            result_of(sampling(evaluator, SAMPLED, Path(folder) / "heads", options))
            took = 1000 * (time.perf_counter() - start) / SAMPLED
        made.append(within(f"{SAMPLED:,} random heads as {suffix}, each", took, SAMPLE_MS))
    return made


def batch_of(model: FlameModel, frames: int, seed: int) -> FlameParams:
    """Random frames of one identity."""
    fields = random_parameters(np.random.default_rng(seed), frames)
    shape, expression = fields["shape"][0, : model.n_identity], fields["expression"][:, : model.n_expression]
    return FlameParams(**{**fields, "shape": shape, "expression": expression})


def smplx_call(model: FlameModel, frames: int) -> Callable[[], None]:
    """smplx.lbs.lbs on the same model, float32, no gradients."""
    arguments = smplx_arguments(model, torch.float32)
    betas, pose = torch.randn(frames, model.n_identity + model.n_expression), torch.randn(frames, 15) * 0.3

    @torch.no_grad()
    def call() -> None:
        lbs(betas, pose, *arguments)

    return call


def bare_products(evaluator: FlameEvaluator) -> Callable[[], None]:
    """The matrix-vector product and the skinning multiplications of one frame, and nothing around them."""
    rng, model = np.random.default_rng(0), evaluator.model
    directions = evaluator.driven_directions[: model.n_expression + evaluator.n_correctives]
    coefficients = rng.standard_normal(len(directions), np.float32)
    weights = np.ascontiguousarray(model.weights.T)
    transforms = rng.standard_normal((12, model.n_joints), np.float32)

    def call() -> None:
        vertices = (coefficients @ directions).reshape(3, -1)
        blended = (transforms @ weights).reshape(3, 4, -1)
        moved = np.einsum("ijv,jv->iv", blended[:, :3], vertices)
        moved += blended[:, 3]

    return call


def compared(calls: int, ours: Callable[[], object], other: Callable[[], object]) -> Pair:
    """The medians of the rounds."""
    found = rounds(calls, ours, other)
    return Pair(*(float(np.median(column)) for column in (*found, np.divide(found[1], found[0]))))


def rounds(calls: int, *works: Callable[[], object]) -> list[list[float]]:
    """For each work the median of ``calls`` calls in milliseconds, one number a round; the works take turns."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, medians in zip(works, found, strict=True):
            time.sleep(0 if SHORT else REST)
            work()
            medians.append(float(np.median([milliseconds(work) for _ in range(1 if SHORT else calls)])))
    return found


def milliseconds(work: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
