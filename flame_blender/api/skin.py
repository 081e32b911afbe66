"""Texture models, and heads' skin made of them."""

from __future__ import annotations

from ..head import models
from ..model_files.texture_files import TextureEntry


def installed_textures() -> tuple[TextureEntry, ...]:
    """The texture models that are installed, with what is known of them.

    Returns
    -------
    tuple of TextureEntry
        By name.
    """
    return models.textures()


def remove_texture(name: str) -> None:
    """Delete the installed copy of a texture model; the user's own file, and the pictures on heads, stay.

    Parameters
    ----------
    name : str
        Of one of :func:`installed_textures`.

    Raises
    ------
    ModelError
        No installed texture model has that name.
    WriteError
        The copy cannot be deleted.
    """
    models.remove_texture(name)
