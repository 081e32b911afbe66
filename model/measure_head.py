"""Prints the built-in head's measures beside published adult norms: ``python model/measure_head.py [--sources]``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flame_blender.assets import BUILT_IN_HEAD
from flame_blender.flame.model import FlameModel
from flame_blender.flame.randomise import identity_of
from flame_blender.model_files.loading import load_model
from model.anthropometry.landmarks import MILLIMETRES, find_marks
from model.anthropometry.measures import measure
from model.anthropometry.norms import NORMS

HEADS = 1000
SEED = 1
BATCH = 50


def neutral_measures(model: FlameModel) -> dict[str, float]:
    """Each measure of the neutral head (mm)."""
    found = measure(model.v_template[None].astype(float) * MILLIMETRES, find_marks(model))
    return {name: float(values[0]) for name, values in found.items()}


def random_measures(model: FlameModel, heads: int = HEADS, seed: int = SEED) -> dict[str, np.ndarray]:
    """(heads,) mm of each measure of random people."""
    marks = find_marks(model)
    rng = np.random.default_rng(seed)
    directions = model.shapedirs[..., : model.n_identity].astype(float)
    found: dict[str, list[np.ndarray]] = {name: [] for name in NORMS}
    for start in range(0, heads, BATCH):
        numbers = rng.normal(size=(min(BATCH, heads - start), model.n_identity))
        identity = np.array([identity_of(model, each) for each in numbers])
        vertices = model.v_template + np.einsum("nk,vck->nvc", identity, directions, optimize=True)
        for name, values in measure(vertices * MILLIMETRES, marks).items():
            found[name].append(values)
    return {name: np.concatenate(values) for name, values in found.items()}


def table_rows(model: FlameModel) -> list[str]:
    """Rows of a Markdown table: each norm, the neutral's measure and the spread of random heads."""
    neutral, spread = neutral_measures(model), random_measures(model)
    rows = ["| measure | norm (sd), mm | people | neutral, mm | off by, sd | spread, mm | of the norm's |"]
    rows.append("| --- " * 7 + "|")
    for name, norm in NORMS.items():
        value, sd = neutral[name], spread[name].std(ddof=1)
        published = f"{norm.mean:.1f} ({norm.sd:.1f}) | {norm.n:,}"
        off = (value - norm.mean) / norm.sd
        rows.append(f"| {name} | {published} | {value:.1f} | {off:+.2f} | {sd:.1f} | {sd / norm.sd:.2f} |")
    return rows


def main() -> None:
    """Print the table, and with --sources where each norm was read."""
    print("\n".join(table_rows(load_model(BUILT_IN_HEAD))))
    if "--sources" in sys.argv[1:]:
        for name, norm in NORMS.items():
            note = f" ({norm.note})" if norm.note else ""
            print(f"\n{name}{note}: {norm.source.title}; {norm.source.page}. Opened: {norm.source.opened}")


if __name__ == "__main__":
    main()
