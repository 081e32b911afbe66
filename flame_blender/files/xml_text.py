"""XML as a stream of elements: counted before it is parsed, nested no deeper than readers follow, without entities.

A file that declares entities is refused: they can stand for any amount of text, or for other files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from ..errors import ModelError
from .file_budget import MAX_DEPTH, spend
from .raw_arrays import shortened

# What expat knows itself; for others it would ask Python's codecs, which have some that are no encodings of text.
ENCODINGS = (b"utf-8", b"us-ascii", b"iso-8859-1")
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,100})[\"']")
BYTES_PER_ATTRIBUTE = 300
Started = Callable[[str, dict[str, str]], None]


def parse_xml(raw: bytes, source: str, start: Started, text: Callable[[str], None] | None = None) -> None:
    """Call ``start`` with each element's name and attributes, and ``text`` with the pieces of text between.

    Raises ModelError naming ``source`` where it is damaged or no plain XML; a FlameError of the callbacks goes through.
    """
    encoding = _ENCODING.match(raw)
    if encoding and encoding[1].lower() not in ENCODINGS:
        found = shortened(encoding[1].decode("latin-1"))
        raise ModelError(f"{source}: expected XML in UTF-8 or ISO-8859-1, found {found}; save it in UTF-8.")
    attributes = raw.count(b"=")
    spend(steps=raw.count(b"<") + attributes, n_bytes=BYTES_PER_ATTRIBUTE * attributes)
    parser, depth = expat.ParserCreate(), _Depth(source)

    def started(name: str, given: dict[str, str]) -> None:
        depth.enter()
        start(name, given)

    parser.StartElementHandler = started
    parser.EndElementHandler = depth.leave
    parser.EntityDeclHandler = depth.refuse
    if text is not None:
        parser.buffer_text = True  # not a piece for each line
        parser.CharacterDataHandler = text
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, LookupError) as error:
        reason = shortened(str(error))
        raise ModelError(f"{source}: expected whole XML, found damage ({reason}); copy the file again.") from error


class _Depth:
    """How deep the elements are nested, and what no plain file has."""

    def __init__(self, source: str) -> None:
        self.source, self.depth = source, 0

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ModelError(f"{self.source}: expected plain XML, found elements nested deeper than {MAX_DEPTH}.")

    def leave(self, _name: str) -> None:
        self.depth -= 1

    def refuse(self, *declaration: object) -> None:
        found = shortened(declaration[0])
        raise ModelError(f"{self.source}: expected plain XML, found the entity {found}; save the file again.")
