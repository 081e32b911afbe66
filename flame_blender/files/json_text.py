"""JSON as plain values: counted before it is parsed, and no deeper than readers follow."""

from __future__ import annotations

import json

from ..errors import ModelError
from .file_budget import NestedError, budget_or_new, written_out
from .raw_arrays import shortened

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What Python takes: a float and its place in a list, a list, a dict, a text beside its letters.
BYTES_OF_NUMBER, BYTES_OF_LIST, BYTES_OF_DICT, BYTES_OF_TEXT = 32, 88, 300, 80


def parse_json(raw: bytes, source: str) -> object:
    """What a JSON text holds. Raises ModelError naming ``source`` where it is damaged, or far larger than it looks."""
    lists, dicts, texts = raw.count(b"["), raw.count(b"{"), raw.count(b'"') // 2
    held = BYTES_OF_LIST * lists + BYTES_OF_DICT * dicts + BYTES_OF_TEXT * texts + BYTES_OF_NUMBER * raw.count(b",")
    widened = len(raw) if raw.isascii() else 4 * len(raw)
    budget_or_new(source, len(raw)).spend(steps=lists + dicts + texts, n_bytes=held + widened)
    try:
        value = json.loads(raw.removeprefix(BYTE_ORDER_MARK).decode("utf-8"))
        written_out(value, limit=len(raw))
        return value
    except NestedError as error:
        raise ModelError(f"{source}: expected plain JSON, but it {error}.") from error
    except (ValueError, RecursionError) as error:
        reason = shortened(str(error)).strip("'\"")
        raise ModelError(f"{source}: expected whole JSON, found damage ({reason}); copy the file again.") from error


def parse_json_or_lines(raw: bytes, source: str) -> object:
    """What a JSON text holds, or the list of the values that a text has one of in each line. Raises ModelError."""
    lines = [line for line in raw.removeprefix(BYTE_ORDER_MARK).splitlines() if line.strip()]
    if len(lines) > 1:
        try:
            first = parse_json(lines[0], source)
        except ModelError:  # one value over several lines
            return parse_json(raw, source)
        return [first, *(parse_json(line, source) for line in lines[1:])]
    return parse_json(raw, source)
