"""Names for installed files that no file system takes for those of others."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ..plain_text import as_name


def free_name(stem: str, taken: Iterable[str]) -> str:
    """One that Windows and macOS, too, tell from those taken: they see neither case nor how an accent is written."""
    stem, known = as_name(stem), {_folded(name) for name in taken}
    name, number = stem, 2
    while _folded(name) in known:
        name, number = f"{stem}-{number}", number + 1
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
