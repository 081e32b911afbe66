"""Where the vertices of one installed model lie on another's: found when it is first asked for, and kept."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..head import models
from ..long_work import part_of
from ..observations.surfaces import surface

if TYPE_CHECKING:
    from ..conversion.places import Places
    from ..correspondence.correspondence import Correspondence
    from ..flame.model import FlameModel
    from ..model_files.library import ModelEntry

log = logging.getLogger(__name__)


def finding(source: ModelEntry, target: ModelEntry) -> Generator[float, None, Places]:
    """Where the target's vertices lie on the source; yields the share that is done.

    Models of one topology share them. Others meet on the built-in head, whose places on each are kept. Raises
    ModelError for a model that cannot be read or is no head, and WriteError.
    """
    from ..conversion.places import same_vertices, through  # noqa: PLC0415  (enabling the add-on needs none of it)

    one, other, built_in = models.load(source), models.load(target), models.built_in()
    same = same_vertices(one, other)
    if same is not None:
        return same
    if source == built_in:
        return (yield from _with_built_in(target, other))[0]
    if target == built_in:
        return (yield from _with_built_in(source, one))[1]
    first = yield from _with_built_in(source, one)
    second = yield from _with_built_in(target, other)
    return through(first[1], second[0])


def _with_built_in(entry: ModelEntry, model: FlameModel) -> Generator[float, None, tuple[Places, Places]]:
    """Where the model's vertices lie on the built-in head, and its on the model."""
    from ..conversion.kept_places import load_places, save_places  # noqa: PLC0415
    from ..conversion.places import places_on_source, places_on_target  # noqa: PLC0415

    built_in, path = models.load(models.built_in()), models.kept_places(entry.fingerprint)
    if path.exists():
        try:
            return load_places(path, model, built_in)
        except ModelError as error:  # which finding them again replaces
            log.warning(error)
    correspondence = yield from _corresponding(entry, model, built_in)
    on_built_in = places_on_source(correspondence, built_in, model)
    on_model = places_on_target(correspondence, built_in, model)
    save_places(path, model, built_in, on_built_in, on_model)
    yield 1.0
    return on_built_in, on_model


def _corresponding(
    entry: ModelEntry, model: FlameModel, built_in: FlameModel
) -> Generator[float, None, Correspondence]:
    """The model's skin on the built-in head: as named expressions have it, else found now."""
    from ..correspondence.corresponding import corresponding  # noqa: PLC0415
    from ..model_controls.files import load_computed  # noqa: PLC0415

    kept = models.kept_controls(entry.fingerprint)
    if kept.exists():
        try:
            return load_computed(kept, model).correspondence
        except ModelError as error:  # which needs no controls: the skin is found again
            log.warning(error)
    return (yield from part_of(corresponding(built_in, models.as_installed(entry), surface), 0.0, 0.8))
