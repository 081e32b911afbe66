"""Random heads as files: no head in the scene takes part."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from ..errors import ModelError
from ..head import models
from ..long_work import result_of
from ..samples import sampling as drawn
from ..samples.sampling import SampleOptions, Samples


def sample(
    n: int,
    out: str | Path,
    model: str | Path | None = None,
    *,
    kind: str = "FLAME",
    seed: int = 0,
    suffix: str = ".ply",
    parameters: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Samples:
    """Write random heads as meshes in FLAME's order, axes and metres, as VOCA, CoMA and RingNet read them.

    They are drawn as TF_FLAME's ``sample_FLAME.py`` and VOCA's ``sample_templates.py`` draw them, by other random
    numbers. All files come to the folder at the end, or none.

    Parameters
    ----------
    n : int
        How many, up to 1,000,000.
    out : str or Path
        The folder, which is made: ``FLAME_sample_01.ply`` or ``VOCA_template_01.ply`` and so on.
    model : str, Path or None, default None
        Name of an installed model, or a model file, which is installed; None is that of :func:`new_head_model`.
    kind : str, default "FLAME"
        "FLAME": as TF_FLAME's sample_FLAME.py, 100 identity coefficients from N(0, 1), 50 of the expression at 0.5,
        root rotation at 0.03 and neck, jaw and eyes at 0.02 radians; "VOCA_TEMPLATE": the identity alone, unposed.
    seed : int, default 0
        The same seed gives the same heads, the first ones also where more are asked for.
    suffix : str, default ".ply"
        ".ply" or ".obj".
    parameters : bool, default False
        Write the coefficients beside them, as an .npz that is read as a clip, a frame for each head.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Samples
        The files.

    Raises
    ------
    ParameterError
        A number or a choice is wrong.
    ModelError
        There is no such model, or it cannot be read.
    WriteError
        The files cannot be written; none is.
    """
    options = SampleOptions(kind=kind, seed=seed, suffix=suffix, parameters=parameters)
    return result_of(sampling(n, out, model, options), progress)


def sampling(
    n: int, out: str | Path, model: str | Path | None = None, options: SampleOptions | None = None
) -> Generator[float, None, Samples]:
    """:func:`sample` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    n : int
        As of :func:`sample`.
    out : str or Path
        As of :func:`sample`.
    model : str, Path or None, default None
        As of :func:`sample`.
    options : SampleOptions or None, default None
        The keywords of :func:`sample`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`sample`, and it raises the same.
    """
    entry = models.resolve(model)
    evaluator = models.evaluator(entry.fingerprint)
    if evaluator is None:
        raise ModelError(str(models.missing(entry.fingerprint, entry.name)))
    return drawn.sampling(evaluator, n, Path(out), options or SampleOptions())
