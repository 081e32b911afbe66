"""Models."""

from __future__ import annotations

from pathlib import Path

from ..head import models


def install(path: str | Path) -> tuple[str, ...]:
    """Install a FLAME file, or all that lie in a folder: models, landmarks, masks, eyelids, a template .obj.

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
