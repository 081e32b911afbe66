"""Models."""

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
