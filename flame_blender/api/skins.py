"""Texture models, and heads' skin made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..head import models, parameters
from ..model_files.texture_files import TextureEntry
from ..skin import following, setting
from .posing import UNCHANGED


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
    following.forget()  # lets go of what is mapped: Windows deletes no file that is open
    models.remove_texture(name)


def set_texture(
    obj: bpy.types.Object, texture: str | Path | None = UNCHANGED, coefficients: ArrayLike = UNCHANGED
) -> None:
    """Give a head the skin of a texture model, set its texture coefficients, or take it off.

    The head gets a picture and a material of its own; a texture model with UVs of its own adds a UV map. Nothing is
    written when anything is wrong.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    texture : str, Path or None, default UNCHANGED
        Name of one of :func:`installed_textures`, or a file, which is installed; None takes the skin off. Left out it
        is the head's own, or the first that is installed.
    coefficients : (k,) numbers, default UNCHANGED
        In standard deviations; fewer than the model has: the rest becomes 0. Left out, those of the same texture model
        stay, and another one shows its mean.

    Raises
    ------
    ParameterError
        ``obj`` is no head or comes from another file, or has more coefficients than the texture model, or no finite
        numbers.
    ModelError
        There is no such texture model, it is for another mesh, or nothing that is installed tells its UVs.
    WriteError
        A file cannot be installed.
    """
    if texture is None:
        setting.take_off(obj)
        return
    given: Any = None if coefficients is UNCHANGED else coefficients
    setting.put_on(obj, None if texture is UNCHANGED else texture, given)


def texture_params(obj: bpy.types.Object) -> np.ndarray:
    """The texture coefficients of a head at the current frame.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    (K,) float32
        Standard deviations; none on a head without a texture model.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return setting.get(obj)


def texture_of(obj: bpy.types.Object) -> str | None:
    """Name of the texture model that a head's skin is of.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    str or None
        None for a head without one.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return parameters.require_head(obj).texture_name or None
