"""All the hair of a head, piece by piece."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from ..flame.model import FlameModel
from ..long_work import part_of
from .binding import Binding, to_roots, to_skin_below
from .distance_field import distance_field
from .face_hair import grown_on_face
from .ground import ground_of
from .on_scalp.scalp import growing_scalp
from .strands import Strands
from .styles import SCALP


@dataclass(frozen=True, eq=False)
class Grown:
    """A piece of hair: its strands at rest, and how their points, one strand after the other, follow the head."""

    strands: Strands
    binding: Binding


def growing_on(
    model: FlameModel,
    vertices: np.ndarray,
    styles: Mapping[str, str],
    *,
    density: float = 1.0,
    length: float = 1.0,
    recession: float = 0.0,
    seed: int = 0,
) -> Generator[float, None, dict[str, Grown]]:
    """Hair on a head at rest with ``vertices`` (V, 3), FLAME's axes, metres; yields the share that is done.

    ``styles``: one for each piece that is wanted, see :mod:`.styles`. The same numbers grow the same hair. Raises
    ModelError where the model has no landmarks or does not say where its ears are.
    """
    ground = ground_of(model, vertices)
    field = distance_field(ground.vertices, ground.faces)
    yield 0.3
    found = {}
    for number, (piece, style) in enumerate(styles.items()):
        generator = np.random.default_rng([seed, crc32(piece.encode())])
        begin, end = (0.3 + 0.7 * (number + share) / len(styles) for share in (0, 1))
        if piece == SCALP:
            strands = yield from part_of(
                growing_scalp(
                    ground, field, style, density=density, length=length, recession=recession, generator=generator
                ),
                begin,
                end,
            )
            found[piece] = Grown(strands, to_skin_below(strands, ground, field))
        else:
            strands = grown_on_face(ground, field, piece, style, density=density, length=length, generator=generator)
            found[piece] = Grown(strands, to_roots(strands, ground))
        yield end
    return found
