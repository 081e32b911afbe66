"""Sentences on labels, which do not wrap by themselves."""

import textwrap

IN_SIDEBAR, IN_REDO_PANEL = 44, 48  # characters


def wrapped(sentence: str, width: int = IN_SIDEBAR) -> list[str]:
    """Lines of at most ``width`` characters; longer words, such as paths, are cut. At least one line."""
    return textwrap.wrap(sentence, width) or [""]
