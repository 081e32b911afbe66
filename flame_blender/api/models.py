"""Models, and random heads of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import bpy

from ..character import named_controls
from ..character.computing import computing
from ..errors import ModelError
from ..head import live, models, parameters
from ..long_work import result_of
from ..model_controls.quality import ControlQuality
from ..model_files.library import Installed, ModelEntry
from ..model_files.recognise import INSTALLABLE, TEXELS, recognise
from ..samples import sampling as samples
from ..samples.sampling import SampleOptions, Samples


def install(path: str | Path) -> tuple[str, ...]:
    """Install a FLAME file, or all that lie in a folder: models, landmarks, masks, eyelids, UVs, texture models.

    Parameters
    ----------
    path : str or Path
        The file or the folder. Files are told by what is in them.

    Returns
    -------
    tuple of str
        One sentence for each file.

    Raises
    ------
    ModelError
        Nothing there is a file that can be installed.
    WriteError
        The user's folder cannot be written to.
    """
    return models.install([Path(path)])


def installing(paths: Iterable[str | Path]) -> Generator[float, None, Installed]:
    """:func:`install` in steps, of several files and folders: yields the share that is done.

    Parameters
    ----------
    paths : iterable of str or Path
        The files and folders.

    Returns
    -------
    generator
        Its result is Installed, and it raises the same.
    """
    return models.installing([Path(path) for path in paths])


def are_installable(paths: Iterable[str | Path]) -> bool:
    """Whether files are such as :func:`install` takes, told by what is in them.

    Parameters
    ----------
    paths : iterable of str or Path
        Files.

    Returns
    -------
    bool
        True where one of them is such a file, or all are of textures and no models, which :func:`install` tells about.
    """
    kinds = [None if found is None else found.kind for found in map(recognise, map(Path, paths))]
    return any(kind in INSTALLABLE for kind in kinds) or (bool(kinds) and all(kind == TEXELS for kind in kinds))


def remove_model(name: str) -> None:
    """Delete the installed copy of a model; the user's own file, and heads made from it, stay.

    Parameters
    ----------
    name : str
        One of :func:`model_names`.

    Raises
    ------
    ModelError
        No installed model has that name.
    WriteError
        The copy cannot be deleted.
    """
    models.remove(name)


def locate_model(obj: bpy.types.Object, path: str | Path) -> None:
    """Install the model that a head was made with, so that it follows its parameters again.

    Parameters
    ----------
    obj : bpy.types.Object
        A head whose model is not installed.
    path : str or Path
        The model's file.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    ModelError
        The file is no model, or another one, which is installed then.
    WriteError
        The user's folder cannot be written to.
    """
    head = parameters.require_head(obj)
    models.install([Path(path)])
    if models.evaluator(head.fingerprint) is None:
        raise ModelError(
            f"{path}: expected the model {head.model_name!r} (fingerprint {head.fingerprint[:8]}), found "
            "another, which was installed beside it; choose the file that the head was made with."
        )
    live.refresh_all()


def installed_models() -> tuple[ModelEntry, ...]:
    """The models that :func:`add_head` takes, with what is known of them.

    Returns
    -------
    tuple of ModelEntry
        The built-in head first, then what is installed.
    """
    return models.entries()


def model_names() -> tuple[str, ...]:
    """Names of the models that :func:`add_head` takes.

    Returns
    -------
    tuple of str
        The built-in head first, then what is installed.
    """
    return tuple(entry.name for entry in models.entries())


def new_head_model() -> str:
    """Name of the model that heads are of which are added without one being named, by scripts and in the window.

    Returns
    -------
    str
        What :func:`choose_new_head_model` chose; else the FLAME file installed last; else the built-in head.
    """
    return models.for_new_heads().name


def choose_new_head_model(name: str | None) -> str:
    """Choose the model for new heads; kept for later sessions.

    Parameters
    ----------
    name : str or None
        One of :func:`model_names`; None goes back to the FLAME file installed last, or the built-in head.

    Returns
    -------
    str
        Name of the model that new heads are now of.

    Raises
    ------
    ModelError
        No installed model has that name.
    WriteError
        The choice cannot be kept.
    """
    return models.choose_for_new_heads(name).name


def compute_controls(
    model: str | Path | None = None, *, progress: Callable[[float], None] | None = None
) -> dict[str, ControlQuality]:
    """Give an installed model named controls: ARKit's 52, and with them expressions and visemes, by its own numbers.

    The built-in head's movements are carried over to the model's mesh, and made there of its own expression and jaw.
    They are kept for the model, and :func:`set_arkit`, :func:`apply_preset` and :func:`presets` work on its heads.
    It gets its looks too, as :func:`compute_looks` gives them.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`, or a file, which is installed; None is the model for new heads.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    dict of str to ControlQuality
        How well the model does each control.

    Raises
    ------
    ParameterError
        The model brings controls of its own.
    ModelError
        There is no such model, or it is no head.
    WriteError
        The user's folder cannot be written to.
    """
    return result_of(computing_controls(model), progress)


def computing_controls(model: str | Path | None = None) -> Generator[float, None, dict[str, ControlQuality]]:
    """:func:`compute_controls` in steps: yields the share that is done. Closed early, the model is as before.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`, or a file, which is installed; None is the model for new heads.

    Returns
    -------
    generator
        Its result is that of :func:`compute_controls`, and it raises the same.
    """
    return computing(models.resolve(model))


def control_qualities(model: str | Path | None = None) -> dict[str, ControlQuality]:
    """How well a model does each of the controls that were computed for it.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`; None is the model for new heads.

    Returns
    -------
    dict of str to ControlQuality
        By the controls' names; empty where none were computed, as for the built-in head, which brings its own.

    Raises
    ------
    ModelError
        There is no such model, or what was kept is damaged.
    """
    return named_controls.qualities(models.resolve(model))


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
    return samples.sampling(evaluator, n, Path(out), options or SampleOptions())
