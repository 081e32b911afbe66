"""Texts that came out of files or their names, as any encoding, and Blender, takes them.

Names on disk need be no text: Linux allows line breaks and bytes that are not UTF-8, which Python keeps as halves of
characters, and Blender raises TypeError for those.
"""

from __future__ import annotations


def one_line(text: str) -> str:
    """A sentence to show: line breaks, control characters and halves of characters written as escapes."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def as_name(text: str) -> str:
    """A name for something in Blender or in the library: those are ``_``."""
    return "".join(letter if letter.isprintable() else "_" for letter in text)
