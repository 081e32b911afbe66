"""The interface in other languages: a table for each in ``tables``, with its texts by the English ones.

Blender looks up by itself what classes, properties and labels say word for word. What is put together, and what comes
from parts that know no interface, goes through :func:`translated` where it is shown.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import bpy

from . import tables
from .phrasebook import Phrasebook

LANGUAGES: dict[str, dict[str, str]] = {
    found.name: import_module(f"{tables.__name__}.{found.name}").TEXTS for found in iter_modules(tables.__path__)
}
# Blender's own words go before an add-on's, in the same context; its "Expression" is one of mathematics
CONTEXT = "FLAME"
_CONTEXTS = ("*", "Operator", CONTEXT)  # of words in panels and of properties, of buttons, of those that must be ours


def register() -> None:
    """Hand the texts to Blender; before any class is registered."""
    bpy.app.translations.register(
        __name__,
        {
            locale: {(context, text): said for text, said in texts.items() for context in _CONTEXTS}
            for locale, texts in LANGUAGES.items()
        },
    )


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(__name__)


def translated(text: str) -> str:
    """A label, report or reason in the interface's language; as it is where that is English, or the text unknown."""
    book = _book(bpy.app.translations.locale or "")
    preferences = bpy.context.preferences
    if book is None or preferences is None or not preferences.view.use_translate_interface:
        return text
    return book.say(text)


@cache
def _book(locale: str) -> Phrasebook | None:
    return Phrasebook(LANGUAGES[locale]) if locale in LANGUAGES else None
