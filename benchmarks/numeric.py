"""Timings of the mathematics beside smplx on the same machine, torch limited to the threads that NumPy's BLAS has.

    .envs/dev/bin/python benchmarks/numeric.py

A full-size made-up model: 5023 vertices, 300 + 100 directions, all coefficients and rotations nonzero. Each row is
measured in rounds, some calls of ours and some of the other in turn (not call by call: each library's threads wait
actively for a while and would slow the other's). A round gives the median of each side's calls and their ratio; the row
shows the medians of the rounds.
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
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "flame"), str(ROOT / "benchmarks")]

from full_size import full_size_model, random_parameters  # noqa: E402
from smplx.lbs import lbs  # noqa: E402
from smplx_reference import smplx_arguments  # noqa: E402
from table import Row, print_table  # noqa: E402

from flame_blender.bake.pc2 import pc2_file  # noqa: E402
from flame_blender.flame.axes import to_blender  # noqa: E402
from flame_blender.flame.evaluator import FlameEvaluator  # noqa: E402
from flame_blender.flame.loading import load_model  # noqa: E402
from flame_blender.flame.model import FlameModel  # noqa: E402
from flame_blender.flame.params import FlameParams  # noqa: E402
from flame_blender.flame.saving import save_model  # noqa: E402

FRAMES, BATCHES = 256, 4
ROUNDS = 9
FULLY_DRIVEN = 136  # expression and pose correctives: the directions that a new frame needs
LOAD_MS, ENABLE_MS = 150, 100


def main() -> None:
    """Measure and print."""
    print_table(f"NumPy {np.__version__}, torch {torch.__version__}, smplx, {THREADS} threads", rows())


def rows() -> list[Row]:
    """Every row of the table."""
    torch.set_num_threads(THREADS)
    model = full_size_model()
    return [*frame_rows(model), batch_row(model), bake_row(model), load_row(model), import_row()]


def frame_rows(model: FlameModel) -> list[Row]:
    """One frame, with the same identity and with a new one."""
    evaluator = FlameEvaluator(model)
    fields = random_parameters(np.random.default_rng(1), 3)
    params = FlameParams(**{name: array[1] for name, array in fields.items()})
    rotations, shape = params.pose15().reshape(5, 3), params.shape.copy()
    identity = evaluator.prepare(shape)

    def same_identity() -> None:
        identity.frame(params.expression, rotations, params.translation)

    def new_identity() -> None:
        shape[0] += 1
        evaluator.prepare(shape).frame(params.expression, rotations, params.translation)

    reference, bare = smplx_call(model, 1), bare_products(model)
    return [
        faster("one frame, same identity", same_identity, reference, "smplx.lbs, batch 1", 15, calls=50),
        at_most("the same against its products alone", same_identity, bare, "bare products and skinning", 2, calls=200),
        faster("one frame, new identity", new_identity, reference, "smplx.lbs, batch 1", 5, calls=50),
    ]


def batch_row(model: FlameModel) -> Row:
    """256 frames of one identity, every frame with its own expression, pose and translation."""
    evaluator = FlameEvaluator(model)
    fields = random_parameters(np.random.default_rng(2), FRAMES)
    params = FlameParams(**{**fields, "shape": fields["shape"][0]})
    reference = smplx_call(model, FRAMES)
    said = f"smplx.lbs, batch {FRAMES}"
    return faster(f"{FRAMES} frames, one identity", lambda: evaluator.vertices(params), reference, said, 6, calls=5)


def bake_row(model: FlameModel) -> Row:
    """1,024 frames evaluated in batches and written to a point cache, as baking does, beside evaluation alone."""
    evaluator = FlameEvaluator(model)
    fields = random_parameters(np.random.default_rng(3), FRAMES)
    params = FlameParams(**{**fields, "shape": fields["shape"][0]})
    reference = smplx_call(model, FRAMES)
    with tempfile.TemporaryDirectory() as folder:

        def bake() -> None:
            with pc2_file(Path(folder) / "head.pc2", model.n_vertices, BATCHES * FRAMES, 1.0, 1.0) as write:
                for _ in range(BATCHES):
                    write(to_blender(evaluator.vertices(params)))

        def evaluate() -> None:
            for _ in range(BATCHES):
                reference()

        said = f"smplx.lbs, batch {FRAMES}, nothing written"
        return faster(f"{BATCHES * FRAMES} frames baked to a file", bake, evaluate, said, 3, calls=5)


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
        "import flame_blender.flame.evaluator, flame_blender.flame.loading, flame_blender.flame.library; "
        "print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", script]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout for _ in range(5)]
    return within("import flame_blender.flame", float(np.median([float(run) for run in runs])) * 1000, ENABLE_MS)


def smplx_call(model: FlameModel, frames: int) -> Callable[[], None]:
    """smplx.lbs.lbs on the same model, float32, no gradients."""
    arguments = smplx_arguments(model, torch.float32)
    betas, pose = torch.randn(frames, model.n_identity + model.n_expression), torch.randn(frames, 15) * 0.3

    @torch.no_grad()
    def call() -> None:
        lbs(betas, pose, *arguments)

    return call


def bare_products(model: FlameModel) -> Callable[[], None]:
    """The matrix-vector product and the skinning multiplications of one frame, and nothing around them."""
    rng = np.random.default_rng(0)
    coefficients = rng.standard_normal(FULLY_DRIVEN, np.float32)
    directions, weights = model.basis[-FULLY_DRIVEN:], np.ascontiguousarray(model.weights.T)
    transforms = rng.standard_normal((12, model.n_joints), np.float32)

    def call() -> None:
        vertices = (coefficients @ directions).reshape(3, -1)
        blended = (transforms @ weights).reshape(3, 4, -1)
        moved = np.einsum("ijv,jv->iv", blended[:, :3], vertices)
        moved += blended[:, 3]

    return call


def faster(
    work: str, ours: Callable[[], object], other: Callable[[], object], against: str, times: float, calls: int
) -> Row:
    """A row where the other must take at least ``times`` as long."""
    pairs = rounds(calls, ours, other)
    mine, reference, ratio = (float(np.median(column)) for column in (*pairs, np.divide(pairs[1], pairs[0])))
    return Row(work, mine, reference, against, ratio, f"at least {times}", ratio >= times)


def at_most(
    work: str, ours: Callable[[], object], other: Callable[[], object], against: str, times: float, calls: int
) -> Row:
    """A row where ours may take at most ``times`` as long as the other."""
    pairs = rounds(calls, ours, other)
    mine, reference, ratio = (float(np.median(column)) for column in (*pairs, np.divide(pairs[0], pairs[1])))
    return Row(work, mine, reference, against, ratio, f"at most {times}", ratio <= times)


def within(work: str, found: float, bound: float) -> Row:
    """A row that must take at most ``bound`` milliseconds."""
    return Row(work, found, bound, "the bound", found / bound, "at most 1.0", found <= bound)


def rounds(calls: int, *works: Callable[[], object]) -> list[list[float]]:
    """For each work the median of ``calls`` calls in milliseconds, one number a round; the works take turns."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, medians in zip(works, found, strict=True):
            work()
            medians.append(float(np.median([milliseconds(work) for _ in range(calls)])))
    return found


def milliseconds(work: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
