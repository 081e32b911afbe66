"""Hair grown on a head of a scene, as its settings have it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..errors import ParameterError
from ..hair_strands import strangers
from ..hair_strands.styles import BEARD, BROWS, LASHES, MOUSTACHE, NONE, SCALP, names_of
from ..head import parameters
from ..head.mesh import mesh_of
from ..head.properties import coefficients, flame_of
from ..head.sculpt import read_offsets
from ..long_work import Options, choice, number, part_of
from ..looks import people
from . import hair_object, mesh_lashes
from .settings import PIECES, settings_of

if TYPE_CHECKING:
    from ..hair_strands.growing import Grown


SEX = "Sex"  # the identity direction of that name, of models that name theirs
PAINTED, PAINTED_AWAY = 1.0, 0.0  # of the brows in the skin's picture


@dataclass(frozen=True, kw_only=True)
class HairOptions(Options):
    """The keywords of :func:`grow_hair`, for :func:`growing_hair`.

    Attributes
    ----------
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
    """

    scalp: str = choice(*names_of(SCALP))
    brows: str = choice(*names_of(BROWS))
    lashes: str = choice(*names_of(LASHES))
    beard: str = choice(*names_of(BEARD))
    moustache: str = choice(*names_of(MOUSTACHE))
    melanin: float = number(0.75, least=0.0, most=1.0)
    redness: float = number(0.25, least=0.0, most=1.0)
    greyness: float = number(0.0, least=0.0, most=1.0)
    density: float = number(1.0, least=0.0, most=4.0)
    length: float = number(1.0, least=0.0, most=3.0)
    recession: float = number(0.0, least=0.0, most=1.0)
    seed: int = 0


def growing(head: bpy.types.Object, options: HairOptions) -> Generator[float, None, dict[str, bpy.types.Object]]:
    """Grow a head's hair anew; yields the share that is done. Closed early, the head's hair is as before.

    Raises ParameterError for a head of another file or whose model is not installed, and ModelError for a model that
    does not tell its landmarks and ears.
    """
    from ..hair_strands.growing import growing_on  # noqa: PLC0415  (enabling the add-on grows no hair)

    evaluator = parameters.require_evaluator(parameters.require_head(head))
    if head.library is not None:
        raise ParameterError(f"{head.name} comes from another file: grow its hair there.")
    params = parameters.get_own_params(head)
    identity = evaluator.prepare(params.shape, read_offsets(mesh_of(head)))
    styles = {piece: getattr(options, name) for piece, name in PIECES.items()}
    wanted = {piece: style for piece, style in styles.items() if style != NONE}
    grown: dict[str, Grown] = {}
    if wanted:
        grown = yield from part_of(
            growing_on(
                evaluator.model,
                np.asarray(identity.rest.T, np.float64),
                wanted,
                density=options.density,
                length=options.length,
                recession=options.recession,
                seed=options.seed,
            ),
            0.0,
            0.95,
        )
    yield 0.95  # the scene is changed from here on, in one go
    keep(head, options)
    had_brows = BROWS in hair_object.objects_of(head)
    hair_object.remove(head)
    if (BROWS in grown) != had_brows:
        show_painted_brows(head, had_brows)
    mesh_lashes.show(head, LASHES not in grown)
    return {piece: hair_object.add(head, piece, each.strands, each.binding) for piece, each in grown.items()}


def keep(head: bpy.types.Object, options: HairOptions) -> None:
    """Write the options to the head's settings."""
    settings = settings_of(head)
    for name in HairOptions.__dataclass_fields__:
        setattr(settings, name, getattr(options, name))


def options_of(head: bpy.types.Object) -> HairOptions:
    """What the head's settings say."""
    settings = settings_of(head)
    return HairOptions(**{name: getattr(settings, name) for name in HairOptions.__dataclass_fields__})


def likely_man(head: bpy.types.Object, seed: int) -> float:
    """How likely a head's face is a man's, 0 to 1; of a model without a direction for that the stranger of the seed."""
    values = {item.name: item.value for item in coefficients(flame_of(head), "shape")}
    return strangers.likely_man(values[SEX]) if SEX in values else float(people.person(seed).sex > 0)


def show_painted_brows(head: bpy.types.Object, shown: bool) -> None:
    """Hide the brows of the skin's picture under grown ones, or show them again.

    Only where they are as heads have them at first, or hidden: what a person set in between stays.
    """
    skin = flame_of(head)
    if skin.painted_brows == (PAINTED_AWAY if shown else PAINTED):
        skin.painted_brows = PAINTED if shown else PAINTED_AWAY


def remove(head: bpy.types.Object) -> int:
    """Delete a head's hair, and say so in its settings; how many pieces there were."""
    if BROWS in hair_object.objects_of(head):
        show_painted_brows(head, True)
    mesh_lashes.show(head, True)
    settings = settings_of(head)
    for name in PIECES.values():
        setattr(settings, name, NONE)
    return hair_object.remove(head)
