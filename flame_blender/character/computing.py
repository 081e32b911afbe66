"""All that makes heads of a model characters, computed at once: what the first face that is asked for waits for."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..long_work import part_of
from . import looks, named_controls

if TYPE_CHECKING:
    from ..model_controls.quality import ControlQuality
    from ..model_files.library import ModelEntry

log = logging.getLogger(__name__)


def computing(entry: ModelEntry) -> Generator[float, None, dict[str, ControlQuality]]:
    """Compute and keep a model's named controls, and its looks; how well it does each control.

    Yields the share that is done. Raises as ``named_controls.computing`` does.
    """
    qualities = yield from part_of(named_controls.computing(entry), 0.0, 0.75)
    try:
        yield from part_of(looks.computing(entry), 0.75, 1.0)
    except ModelError as error:  # a model whose skin cannot be laid flat has its controls all the same
        log.warning(error)
    looks.show_on_heads(entry)
    return qualities
