"""Hair of heads: grown, drawn by lot, recoloured, taken away."""

from __future__ import annotations

from collections.abc import Callable, Generator

import bpy
import numpy as np

from ...character import grown_hair
from ...errors import ParameterError
from ...hair import growing, hair_object
from ...hair.growing import HairOptions
from ...hair_strands import strangers
from ...head import parameters
from ...long_work import result_of


def grow_hair(  # noqa: PLR0913  (keyword-only, one for each option)
    obj: bpy.types.Object,
    *,
    scalp: str = "NONE",
    brows: str = "NONE",
    lashes: str = "NONE",
    beard: str = "NONE",
    moustache: str = "NONE",
    melanin: float = 0.75,
    redness: float = 0.25,
    greyness: float = 0.0,
    density: float = 1.0,
    length: float = 1.0,
    recession: float = 0.0,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> dict[str, bpy.types.Object]:
    """Grow a head's hair anew, as hair curves that follow its identity, expression and pose.

    Strands are grown on the head at rest, as its identity is now; another identity moves them along, and growing again
    fits them to it. Nodes hold them on the head's mesh, so they need no add-on. What the head had before is replaced,
    and its settings, ``obj.flame_hair``, say what it has; ``melanin``, ``redness`` and ``greyness`` there can be
    keyed. Named controls are computed first for a model without landmarks or regions, see :func:`compute_controls`.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    scalp : str, default "NONE"
        "BUZZ", "CROP", "SIDE_PART", "BOB", "LONG", "WAVY" or "BUN".
    brows : str, default "NONE"
        "NATURAL", "THIN" or "BUSHY".
    lashes : str, default "NONE"
        "NATURAL" or "LONG".
    beard : str, default "NONE"
        "STUBBLE", "SHORT", "FULL" or "GOATEE".
    moustache : str, default "NONE"
        "STUBBLE", "NATURAL" or "HANDLEBAR".
    melanin : float, default 0.75
        How dark, 0 to 1.
    redness : float, default 0.25
        Which melanin: 0 brown, 1 red.
    greyness : float, default 0.0
        Share of strands without colour, 0 to 1.
    density : float, default 1.0
        Times the style's count of strands, up to 4.
    length : float, default 1.0
        Times the style's lengths, up to 3.
    recession : float, default 0.0
        How far the hairline has gone back at the temples, 0 to 1.
    seed : int, default 0
        Another one grows other strands.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    dict of str to bpy.types.Object
        The curves of each piece that was asked for: ``"SCALP"``, ``"BROWS"``, ``"LASHES"``, ``"BEARD"``,
        ``"MOUSTACHE"``.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, it is linked, or there is no such style or number.
    ModelError
        The model is no head.
    WriteError
        The user's folder cannot be written to.
    """
    options = HairOptions(
        scalp=scalp, brows=brows, lashes=lashes, beard=beard, moustache=moustache, melanin=melanin, redness=redness,
        greyness=greyness, density=density, length=length, recession=recession, seed=seed,
    )  # fmt: skip
    return result_of(growing_hair(obj, options), progress)


def growing_hair(
    obj: bpy.types.Object, options: HairOptions | None = None
) -> Generator[float, None, dict[str, bpy.types.Object]]:
    """:func:`grow_hair` in steps: yields the share that is done. Closed early, the head's hair is as before.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : HairOptions or None, default None
        The keywords of :func:`grow_hair`; None are those of its settings, :func:`hair_options`.

    Returns
    -------
    generator
        Its result is that of :func:`grow_hair`, and it raises the same.
    """
    return grown_hair.growing(obj, hair_options(obj) if options is None else options)


def hair_options(obj: bpy.types.Object) -> HairOptions:
    """What a head's settings say of its hair.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    HairOptions
        To grow it again.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return growing.options_of(obj)


def drawn_hair(obj: bpy.types.Object, seed: int) -> HairOptions:
    """A stranger's hair for a head, to be given to :func:`growing_hair`: styles, colour, grey, hairline, density.

    Grey and the hairline go by the skin's age, the colour by its tone. Beards are only for faces that are a man's by
    the identity direction "Sex", where the model has one; else the seed's stranger is a man or a woman, as
    :func:`randomise_looks` has it. The same seed and head, the same hair.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    seed : int
        Of the random numbers, not below 0.

    Returns
    -------
    HairOptions
        What to grow.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or the seed is no whole number from 0.
    """
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ParameterError(f"seed must be a whole number, 0 or above, found {seed!r}.")
    head = parameters.require_head(obj)
    drawn = strangers.drawn_hair(
        int(seed), age=head.skin_age, tone=head.skin_tone, masculine=growing.likely_man(obj, int(seed))
    )
    return HairOptions(**drawn._asdict())


def hair_of(obj: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The curves that :func:`grow_hair` made for a head.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    dict of str to bpy.types.Object
        By piece; empty where it has none.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return hair_object.objects_of(obj)


def remove_hair(obj: bpy.types.Object) -> int:
    """Delete a head's hair; its settings say that it has none.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    int
        How many pieces it had.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return growing.remove(obj)
