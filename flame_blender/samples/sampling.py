"""Random heads written as mesh files in FLAME's order, axes and metres, all of them or none."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..files.whole_files import told, whole_files
from ..flame.evaluator import FlameEvaluator
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams
from ..long_work import Options, choice, number
from ..sequences.project_npz import save_sequence
from ..sequences.sequence import FlameSequence, Found
from .drawing import FLAME, VOCA_TEMPLATE, drawn
from .mesh_bytes import FORMATS

STEMS = {FLAME: "FLAME_sample", VOCA_TEMPLATE: "VOCA_template"}  # as TF_FLAME names them
AT_ONCE = 32
MOST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SampleOptions(Options):
    """The keywords of :func:`sample`, for :func:`sampling`.

    Attributes
    ----------
    kind : str, default "FLAME"
        "FLAME": as TF_FLAME's sample_FLAME.py, 100 identity coefficients from N(0, 1), 50 of the expression at 0.5,
        root rotation at 0.03 and neck, jaw and eyes at 0.02 radians; "VOCA_TEMPLATE": the identity alone, unposed.
    seed : int, default 0
        The same seed gives the same heads, the first ones also where more are asked for.
    suffix : str, default ".ply"
        ".ply" or ".obj".
    parameters : bool, default False
        Write the coefficients beside them, as an .npz that is read as a clip, a frame for each head.
    """

    kind: str = choice(FLAME, VOCA_TEMPLATE)
    seed: int = number(0, least=0)
    suffix: str = choice(".ply", ".obj")
    parameters: bool = False


@dataclass(frozen=True)
class Samples:
    """Random heads that were written.

    Attributes
    ----------
    paths : tuple of Path
        A mesh for each.
    parameters : Path or None
        Their coefficients, where they were asked for.
    """

    paths: tuple[Path, ...]
    parameters: Path | None = None

    def summary(self) -> str:
        """One line for a person."""
        return f"Wrote {len(self.paths)} heads to {self.paths[0].parent}, {self.paths[0].name} and on"


def sampling(
    evaluator: FlameEvaluator, n: int, folder: Path, options: SampleOptions
) -> Generator[float, None, Samples]:
    """Write ``n`` random heads of a model to a folder, which is made; yields the share that is done.

    They come to the folder together at the end, in place of files of the same names; closed early, or on a WriteError,
    none does. Raises ParameterError for a number that is none.
    """
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or not 1 <= n <= MOST:
        raise ParameterError(f"n: expected a whole number from 1 to {MOST:,}, found {n!r}.")
    if not isinstance(options.seed, (int, np.integer)):
        raise ParameterError(f"seed: expected a whole number, found {options.seed!r}.")
    model, stem = evaluator.model, STEMS[options.kind]
    to_bytes = FORMATS[options.suffix](model.n_vertices, model.faces)
    digits = max(2, len(str(n)))
    names = [f"{stem}_{number:0{digits}d}{options.suffix}" for number in range(1, n + 1)]
    size = len(to_bytes(model.v_template))
    found: list[FlameParams] = []
    with whole_files(folder / names[0], n * size) as part:
        for first in range(0, n, AT_ONCE):
            # always as many at once, for sums round by how many there are: the same heads to the last bit
            params = drawn(model, options.kind, options.seed, range(first, first + AT_ONCE))
            heads = range(first, min(first + AT_ONCE, n))
            for head, vertices in zip(heads, evaluator.vertices(params)[: len(heads)], strict=True):
                path = part / names[head]
                with told(path):
                    path.write_bytes(to_bytes(vertices))
            found += [params] if options.parameters else []
            yield heads.stop / n
        if options.parameters:
            save_sequence(_clip(evaluator, options, found, n), part / f"{stem}s.npz")
    return Samples(tuple(folder / name for name in names), folder / f"{stem}s.npz" if options.parameters else None)


def _clip(evaluator: FlameEvaluator, options: SampleOptions, found: list[FlameParams], n: int) -> FlameSequence:
    """The first ``n`` heads as frames; what is the same in all of them is kept once."""
    fields: dict[str, Any] = {}
    for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS):
        parts = [getattr(params, name) for params in found]
        fields[name] = np.concatenate(parts)[:n] if parts[0].ndim == 2 else parts[0]
    params = FlameParams(**fields)
    n_identity, n_expression = params.shape.shape[-1], params.expression.shape[-1]
    return FlameSequence(
        params,
        fps=None,
        source=f"{STEMS[options.kind]} {options.seed}",
        release=evaluator.model.release,
        found=Found(n_identity, n_expression, "random heads"),
    )
