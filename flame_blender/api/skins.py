"""Texture models, and heads' skin made of them; pigments of the eyes, and looks: drawn at random, kept, of presets."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError
from ..head import models, parameters
from ..head.saved.looks_properties import set_complexion
from ..long_work import result_of
from ..looks import people
from ..model_files.texture_files import TextureEntry
from ..skin import export_picture, fit, following, kept_looks, setting
from ..skin.fit import FittedTexture, TextureFitOptions
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


def export_texture(obj: bpy.types.Object, path: str | Path, *, display: bool = False) -> tuple[Path, ...]:
    """Write the picture of a head's skin as PNG, and what shines of it beside, as ``<name>_specular.png``.

    Parameters
    ----------
    obj : bpy.types.Object
        A head with a texture model that is installed.
    path : str or Path
        The file, ending in .png.
    display : bool, default False
        One picture of diffuse and specular together, 0.6 (diffuse + specular) to the power of 1 / 2.2, as TF_FLAME
        shows albedo.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    ParameterError
        ``obj`` is no head or has no texture model, or the name ends otherwise.
    WriteError
        The files cannot be written.
    """
    return export_picture.export(obj, Path(path), display)


def fit_texture(
    obj: bpy.types.Object,
    *,
    image: str | None = None,
    texture: str | None = None,
    lit: bool = True,
    progress: Callable[[float], None] | None = None,
) -> FittedTexture:
    """Fit texture coefficients to a head's projected photo, or to any image in its UVs, and show that skin.

    What was seen of the face tells the whole of it, without seams: linear least squares with the texture model's own
    prior, to what was seen alone, in which light is told apart by low-order spherical harmonics.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    image : str or None, default None
        Name of the image to fit, in the UVs that the head is rendered with, and where there is one "<image> Mask" says
        where it counts; None is the photo that :func:`project_photo` laid into the head's texture.
    texture : str or None, default None
        Name of the texture model; None is the head's own, or the first that is installed.
    lit : bool, default True
        The picture has light and shadow in it, as photos have, which the fit is to leave out.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    FittedTexture
        The coefficients, what is left over, how much was seen, and the light.

    Raises
    ------
    FlameError
        ``obj`` is no head or has no UVs, there is no such image or texture model, or too little was seen; nothing has
        changed then.
    """
    return result_of(fitting_texture(obj, TextureFitOptions(image=image, texture=texture, lit=lit)), progress)


def fitting_texture(
    obj: bpy.types.Object, options: TextureFitOptions | None = None
) -> Generator[float, None, FittedTexture]:
    """:func:`fit_texture` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : TextureFitOptions or None, default None
        What :func:`fit_texture` has as keywords; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`fit_texture`, and it raises the same.
    """
    return fit.fitting(obj, options or TextureFitOptions())


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


def set_eyes(obj: bpy.types.Object, pigments: Mapping[str, float] | str) -> None:
    """Give a head's eyes one of five pigments, or a mix: the iris's colour, and that of the ring round the pupil.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    pigments : mapping of str to float, or str
        Amounts of "blue", "grey", "green", "hazel" and "brown", whatever their sum; or one of these.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or the pigments are others.
    """
    head = parameters.require_head(obj)
    irises = people.mixed({pigments: 1.0} if isinstance(pigments, str) else pigments)
    head.iris_colour, head.iris_centre, head.iris_centre_amount = irises.colour, irises.centre, 1.0


def randomise_looks(obj: bpy.types.Object, seed: int) -> None:
    """Draw a stranger's skin and eyes: tone, undertone, age, freckles, stubble, irises; the same seed, the same looks.

    Tones come from all of the scale, eyes and freckles as people of that tone have them. Shape and hair stay.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    seed : int
        Of the random numbers, not below 0.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or the seed is no whole number from 0.
    """
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ParameterError(f"seed must be a whole number, 0 or above, found {seed!r}.")
    head = parameters.require_head(obj)
    complexion, irises = people.drawn(int(seed))
    set_complexion(head, complexion)
    head.iris_colour, head.iris_centre, head.iris_centre_amount = irises.colour, irises.centre, 1.0


def looks_presets() -> dict[str, Path]:
    """The presets of skin and eyes: those that come with the add-on, and the user's own.

    Returns
    -------
    dict of str to Path
        Files by the names that the menu of Skin and Eyes shows.
    """
    return kept_looks.presets()


def apply_looks(obj: bpy.types.Object, preset: str | Path) -> None:
    """Give a head skin and eyes of a preset; what the preset does not name stays, as do shape and hair.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    preset : str or Path
        A name of :func:`looks_presets`, or such a file.

    Raises
    ------
    ParameterError
        ``obj`` is no head, there is no such preset, or the file is another; nothing has changed then.
    """
    parameters.require_head(obj)
    kept_looks.apply(obj, preset)


def keep_looks(obj: bpy.types.Object, name: str) -> Path:
    """Keep what a head's skin and eyes show as a preset of the user's, for heads of any file.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    name : str
        Of the preset, a new one.

    Returns
    -------
    Path
        Its file, which others may have.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or the name is none or taken.
    WriteError
        The file cannot be written.
    """
    parameters.require_head(obj)
    return kept_looks.keep(obj, name)


def remove_looks_preset(name: str) -> None:
    """Delete a preset of the user's; heads keep what they show.

    Parameters
    ----------
    name : str
        One of :func:`looks_presets`.

    Raises
    ------
    ParameterError
        There is no such preset, or it comes with the add-on.
    WriteError
        The file cannot be deleted.
    """
    kept_looks.remove(name)
