"""Hair for any head: landmarks and ears are carried over first to a model that does not tell them."""

from __future__ import annotations

from collections.abc import Generator

import bpy

from ..errors import ParameterError
from ..hair import growing as growing_hair
from ..hair.growing import HairOptions
from ..hair.settings import PIECES
from ..hair_strands.ground import can_grow
from ..hair_strands.styles import NONE
from ..head import models, parameters
from ..long_work import part_of
from . import named_controls

COMPUTING = 0.9  # share of the work, where the model's named controls are computed first


def growing(head: bpy.types.Object, options: HairOptions) -> Generator[float, None, dict[str, bpy.types.Object]]:
    """Grow a head's hair anew; yields the share that is done. Closed early, the head's hair is as before.

    Named controls, which tell landmarks and ears, are computed first for a model that tells none. Raises
    ParameterError, ModelError and WriteError.
    """
    values = parameters.require_head(head)
    parameters.require_evaluator(values)
    if head.library is not None:
        raise ParameterError(f"{head.name} comes from another file: grow its hair there.")
    entry, begun = models.resolve(values.fingerprint), 0.0
    is_wanted = any(getattr(options, name) != NONE for name in PIECES.values())
    if is_wanted and not can_grow(models.load(entry)) and not models.kept_controls(entry.fingerprint).exists():
        begun = COMPUTING
        yield from part_of(named_controls.computing(entry), 0.0, begun)
    return (yield from part_of(growing_hair.growing(head, options), begun, 1.0))
