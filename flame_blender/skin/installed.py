"""The installed texture models that heads use: each mapped once."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from ..errors import ModelError
from ..head import models
from ..long_work import result_of
from ..model_files.texture_files import TextureEntry
from ..texture_models.texture_model import TextureModel

NONE_INSTALLED = "No texture model is installed: get FLAME_texture.npz from flame.is.tue.mpg.de, and install it."

log = logging.getLogger(__name__)
_mapped: dict[str, tuple[TextureEntry, TextureModel | None, str]] = {}


def find(fingerprint: str) -> TextureEntry | None:
    """The entry of a texture model by fingerprint, or None when it is not installed."""
    return next((entry for entry in models.textures() if entry.fingerprint == fingerprint), None)


def texture_model(fingerprint: str) -> TextureModel | None:
    """The texture model, mapped at its first use; None when :func:`missing` has a reason."""
    entry = find(fingerprint)
    if entry is None:
        return None
    known = _mapped.get(fingerprint)
    if known is None or known[0] != entry:
        try:
            known = entry, models.library().textures.load(entry), ""
        except ModelError as error:  # told by missing, once here, and not again on every redraw
            log.warning(error)
            known = entry, None, str(error)
        _mapped[fingerprint] = known
    return known[1]


def missing(fingerprint: str, name: str) -> str | None:
    """Why the texture model called ``name`` cannot be used, in one sentence; None when it can."""
    if texture_model(fingerprint) is not None:
        return None
    if fingerprint in _mapped and find(fingerprint) is not None:
        return f"The texture model {name!r} cannot be read: {_mapped[fingerprint][2]}"
    return f"The texture model {name!r} is not installed: the head keeps its picture; install it to change it."


def require(fingerprint: str, name: str) -> TextureModel:
    """The texture model that is called ``name``. Raises ModelError where it cannot be used."""
    texture = texture_model(fingerprint)
    if texture is None:
        raise ModelError(str(missing(fingerprint, name)))
    return texture


def resolve(texture: str | Path | None) -> TextureEntry:
    """The entry for a name, a fingerprint or a file, which is installed; None: the first by name.

    Raises ModelError for none of these, WriteError where a file cannot be installed.
    """
    for entry in models.textures():
        if texture is None or str(texture) in (entry.name, entry.fingerprint):
            return entry
    if texture is None:
        raise ModelError(NONE_INSTALLED)
    path = Path(texture)
    if not os.path.isfile(path):
        names = ", ".join(repr(entry.name) for entry in models.textures()) or "none"
        raise ModelError(f"{texture}: expected an installed texture model ({names}) or a file of one, found neither.")
    try:
        return result_of(models.library().textures.adding(path))
    finally:
        models.refresh()


def forget() -> None:
    """Let go of every texture model: when the add-on is disabled, and before one is removed."""
    _mapped.clear()
