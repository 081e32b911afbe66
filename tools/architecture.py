#!/usr/bin/env python3
"""The rooms of the package and their imports as a picture, drawn from the code: `make architecture` writes it.

    python tools/architecture.py docs/images/architecture.svg

Each room stands in the row above the highest room that it imports, so every import points down. An import that follows
from others (of a room that what is imported imports too) is left out: the lines that are left are the fewest that tell
who may use whom.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.rooms import FIRST_WITH_BLENDER, LAYER_OF, arrows, files, room_of

BOX, GAP, ROW = (124, 34), 16, 74  # pixels
SWEEPS = 24  # over the rows, each room to the middle of those that it is tied to
PURE, BLENDER = "#dcebf7", "#fbe7cf"
FACES = {"__init__", "fitting"}  # nothing but an __init__.py, which names what lies elsewhere
LINE, INK = "#8a98a5", "#1f2a33"


def fewest(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows without those that follow from others: the transitive reduction of a graph without circles."""

    @cache
    def reached(room: str) -> frozenset[str]:
        return frozenset(graph[room]).union(*(reached(goal) for goal in graph[room]))

    return {room: goals - set().union(*(reached(goal) for goal in goals)) for room, goals in graph.items()}


def rows_of(graph: dict[str, set[str]]) -> list[list[str]]:
    """The rooms in rows, lowest first; in a row those near each other that the same rooms are tied to."""

    @cache
    def height(room: str) -> int:
        return 1 + max((height(goal) for goal in graph[room]), default=-1)

    rows: list[list[str]] = [[] for _ in range(1 + max(map(height, graph)))]
    for room in sorted(graph):
        rows[height(room)].append(room)
    tied = {room: set(goals) for room, goals in graph.items()}
    for room, goals in graph.items():
        for goal in goals:
            tied[goal].add(room)
    for _ in range(SWEEPS):
        places = {room: at for row in rows for room, at in zip(row, across(row), strict=True)}
        for row in rows:
            row.sort(key=lambda room: (sum(places[other] for other in tied[room]) / max(len(tied[room]), 1), room))
    return rows


def across(row: list[str]) -> list[float]:
    """Where the boxes of a row begin, centred about 0."""
    step = BOX[0] + GAP
    return [step * (number - len(row) / 2) + GAP / 2 for number in range(len(row))]


def drawn() -> str:
    """The picture as SVG text; the same for the same code."""
    graph = {room: goals for room, goals in arrows().items() if room not in FACES}
    lines, rows = fewest(graph), rows_of(fewest(graph))
    counts = Counter(room_of(name) for name in files() if not name.endswith("__init__.py"))
    width = max(len(row) for row in rows) * (BOX[0] + GAP) + GAP
    places = {
        room: (x + width / 2, GAP + ROW * (len(rows) - 1 - number))
        for number, row in enumerate(rows)
        for room, x in zip(row, across(row), strict=True)
    }
    height = ROW * (len(rows) - 1) + BOX[1] + 2 * GAP
    body = [line(places[room], places[goal]) for room in sorted(lines) for goal in sorted(lines[room])]
    body += [box(room, place, counts[room]) for room, place in sorted(places.items())]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
            ' font-family="sans-serif" font-size="13">',
            "<title>The rooms of flame_blender: imports point down</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


def box(room: str, place: tuple[float, float], modules: int) -> str:
    """A room: its name, and of how many modules it consists; in another colour where Blender may be imported."""
    (x, y), (wide, high) = place, BOX
    colour = BLENDER if LAYER_OF[room] >= FIRST_WITH_BLENDER else PURE
    corner = f'x="{x + wide - 4:g}" y="{y + high - 4:g}" text-anchor="end" font-size="9"'
    many = f'<text {corner} fill="{LINE}">{modules}</text>'
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{wide}" height="{high}" rx="5" fill="{colour}" stroke="{LINE}"/>'
        f'<text x="{x + wide / 2:g}" y="{y + high / 2 + 3:g}" text-anchor="middle" fill="{INK}">{escape(room)}</text>'
        f"{many if modules > 1 else ''}"
    )


def line(upper: tuple[float, float], lower: tuple[float, float]) -> str:
    """From the foot of a box to the head of a lower one."""
    x, y, to_x, to_y = upper[0] + BOX[0] / 2, upper[1] + BOX[1], lower[0] + BOX[0] / 2, lower[1]
    bend = (to_y - y) / 2
    return (
        f'<path d="M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}" '
        f'fill="none" stroke="{LINE}"/>'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(drawn(), encoding="utf-8")
