"""The example's text with some of its values changed: a recipe that still tells what each key means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ..example_recipe import EXAMPLE
from ..recipe_files import read_recipe

Key = tuple[str, str]  # of a table, "" for the top, and in it
HEAD = re.compile(r"\[(\w+)\](?: *#.*)?")
LINE = re.compile(r"(?P<key>\w+)(?P<gap> *= *)(?P<value>.*?)(?P<told> *#.*)?")


def changed_recipe(values: Mapping[Key, str | float]) -> str:
    """The example with ``values`` in place of its own; keys that it lacks are added to their tables.

    Raises DatasetError for values that are out of range.
    """
    lines: list[str] = []
    left, table = dict(values), ""
    for line in [*EXAMPLE.splitlines(), "[]"]:
        head, found = HEAD.fullmatch(line), LINE.fullmatch(line)
        if head or line == "[]":
            while lines and not lines[-1]:
                lines.pop()
            lines += [f"{key} = {_written(left.pop((of, key)))}" for of, key in list(left) if of == table]
            lines.append("")
            table = head[1] if head else ""
        value = left.pop((table, found["key"]), None) if found else None
        if line == "[]":
            break
        if found is None or value is None:
            lines.append(line)
        else:
            told = found["told"] or ""
            lines.append(f"{found['key']}{found['gap']}{_written(value)}{' ' + told.strip() if told else ''}")
    text = "\n".join(lines).rstrip() + "\n"
    read_recipe(text)
    return text


def _written(value: str | float) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
