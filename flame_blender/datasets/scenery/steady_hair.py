"""Hair of samples as strips that nothing is seen through, so that labels are of the triangles that are rendered.

Grown once for each style on the mean head; it follows every other as grown hair does, by sums in one order.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import numpy as np

from ...errors import DatasetError, ModelError
from ...flame.model import FlameModel
from ...hair_strands.binding import frames
from ...hair_strands.cards.cap import cap_of
from ...hair_strands.cards.strips import NO_CARDS, all_of, cards_of
from ...hair_strands.growing import growing_on
from ...hair_strands.styles import SCALP
from ...long_work import result_of
from ..distributions import all_values
from ..factors import HAIR, NONE
from ..labels.classes import CLASSES, MATERIALS
from ..recipe import Recipe
from .solids import Solid

DENSER, NARROWER = 2.0, 0.002  # strips beside those of files, which are seen through; metres, half a breadth at most
# by models as long as they are used, pieces and styles
_GROWN: WeakKeyDictionary[FlameModel, dict[tuple[str, str], SteadyHair]] = WeakKeyDictionary()
Style = tuple[str, str, str]  # a model's name, a piece, and one of its styles


class SteadyHair:
    """One style of hair on a model's heads. Raises ModelError where the model does not say where hair grows."""

    def __init__(self, model: FlameModel, piece: str, style: str) -> None:
        mean, piece = model.v_template.astype(np.float64), piece.upper()
        grown = result_of(growing_on(model, mean, {piece: style.upper()}))[piece]
        binding, long = grown.binding, grown.strands.points.shape[1]
        strips = cards_of(piece, binding, long, mean, denser=DENSER, widest=NARROWER)
        cap = cap_of(binding, long, mean) if piece == SCALP else NO_CARDS
        cards = all_of([strips, cap])
        self.n_strips = len(strips.triangles)
        self.binding = cards.binding
        self._faces = cards.triangles
        of_class = CLASSES["hair" if piece == SCALP else "beard"]
        self._classes = np.full(len(self._faces), of_class, np.uint8)
        self._materials = np.full(len(self._faces), MATERIALS["hair"], np.uint8)

    def at(self, vertices: np.ndarray) -> Solid:
        """The hair of a head with ``vertices`` (V, 3)."""
        corners, weights, offsets = (getattr(self.binding, name) for name in ("corners", "weights", "offsets"))
        points, axes = frames(vertices.astype(np.float64), corners, weights.astype(np.float64))
        for number in range(3):
            points = points + offsets[:, number, None].astype(np.float64) * axes[:, number]
        return Solid(points.astype(np.float32), self._faces, self._classes, self._materials)


def hair_of(recipe: Recipe, models: Mapping[str, FlameModel]) -> dict[Style, SteadyHair]:
    """All hair that a recipe can draw. Raises DatasetError where one of its models says not where hair grows."""
    found = {}
    for name in map(str, all_values(recipe.factors["model"]["name"])):
        for piece in HAIR:
            for style in map(str, all_values(recipe.factors["hair"][piece])):
                if style == NONE:
                    continue
                try:
                    found[name, piece, style] = _known(models[name], piece, style)
                except ModelError as error:
                    raise DatasetError(f"hair.{piece}: {error}") from error
    return found


def _known(model: FlameModel, piece: str, style: str) -> SteadyHair:
    """Grown once for all shards and previews of a process."""
    of_model = _GROWN.setdefault(model, {})
    if (piece, style) not in of_model:
        of_model[piece, style] = SteadyHair(model, piece, style)
    return of_model[piece, style]


def drawn_hair(values: Mapping[str, object], model: str) -> list[Style]:
    """The styles that a sample of a model has, of its drawn values ``hair``."""
    return [(model, piece, str(values[piece])) for piece in HAIR if values[piece] != NONE]
