"""Sentences said in another language: known ones word for word, others by the template that they were made from.

What goes wrong is told by parts that know no interface, in English, and some of it is saved in the .blend. So nothing
carries its translation along: a sentence is recognised when it is shown. ``{names}`` in a text stand for what was put
in, and come out in the translation as they are; those called ``{text}`` or ``{text_2}`` are said too, whole or what its
full stops or commas part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

PLACE = re.compile(r"\{(\w+)\}")
TEXT = "text"  # how the name of a place begins that holds a text of its own


class _Template(NamedTuple):
    rarest: str  # its longest piece without places: most sentences do not hold it, which is quickly seen
    pattern: re.Pattern[str]
    said: str


class Phrasebook:
    """``texts``: English text -> the same in the language, with the same places."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        made = [text for text in texts if PLACE.search(text)]
        # where two fit, the one that begins with words of its own, and else the one that says more itself
        made.sort(key=lambda text: (PLACE.match(text) is None, len(PLACE.sub("", text))), reverse=True)
        self._templates = [_template(text, texts[text]) for text in made]

    def say(self, text: str) -> str:
        """The text in the language; itself where it is not known."""
        if text in self._texts:
            return self._texts[text]
        for template in self._templates:
            found = template.pattern.fullmatch(text) if template.rarest in text else None
            if found is not None:
                values = {
                    name: self._say_inside(value) if name.startswith(TEXT) else value
                    for name, value in found.groupdict().items()
                }
                return template.said.format_map(values)
        return text

    def _say_inside(self, text: str) -> str:
        said = self.say(text)
        between = next((each for each in (". ", ", ") if each in text), None)
        if said != text or between is None:
            return said
        first, _, rest = text.partition(between)
        return self._say_inside(first) + between + self._say_inside(rest)


def _template(text: str, said: str) -> _Template:
    pieces = PLACE.split(text)  # what is said, a name, what is said, ...
    pattern = "".join(f"(?P<{piece}>.*?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    return _Template(max(pieces[::2], key=len), re.compile(pattern, re.DOTALL), said)
