"""One form of table for all benchmarks: Markdown, the built-in head and full-size files side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# FLAME_BENCH_SHORT=1 is only to see that everything runs: each thing once, and smaller where it would take long.
SHORT = bool(os.environ.get("FLAME_BENCH_SHORT"))
BUILT_IN, FULL_SIZE = "built-in head", "full-size file"


@dataclass(frozen=True)
class Row:
    """One line of one column: what was found and what was wanted, in words, and whether that is kept."""

    work: str
    found: str
    wanted: str = ""
    kept: bool = True


def number(found: float) -> str:
    """Three digits, and all of those before the point."""
    return f"{found:.0f}" if abs(found) >= 1000 else f"{found:.3g}"


class Pair(NamedTuple):
    """Milliseconds of ours and of something else, and how many times ours the other takes."""

    ours: float
    other: float
    ratio: float


def faster(work: str, pair: Pair, against: str, times: float | None = None) -> Row:
    """The other must take at least ``times`` as long, if so much is wanted."""
    found = f"{number(pair.ours)} ms, {pair.ratio:.1f} times as fast ({number(pair.other)} ms)"
    wanted = "" if times is None else f"at least {times:g} times"
    return Row(f"{work}, beside {against}", found, wanted, times is None or pair.ratio >= times)


def at_most(work: str, pair: Pair, against: str, times: float) -> Row:
    """Ours may take at most ``times`` as long as the other."""
    found = f"{number(pair.ours)} ms, {1 / pair.ratio:.2f} times {number(pair.other)} ms"
    return Row(f"{work}, beside {against}", found, f"at most {times:g} times", times * pair.ratio >= 1)


def within(work: str, found: float, bound: float, unit: str = "ms") -> Row:
    """A number with a bound of its own."""
    return Row(work, f"{number(found)} {unit}".rstrip(), f"at most {bound:g} {unit}".rstrip(), found <= bound)


def print_table(title: str, columns: Mapping[str, Sequence[Row]]) -> None:
    """Print the columns' rows as one Markdown table, those of the same work in one line, in the first one's order."""
    print(f"\n### {title}\n")
    print(f"| work | {' | '.join(columns)} | wanted |")
    print("| --- " * (len(columns) + 2) + "|")
    for work, cells in _lines(columns).items():
        found = [_said(cells[name]) if name in cells else "" for name in columns]
        wanted = dict.fromkeys(row.wanted for row in cells.values() if row.wanted)  # mostly one for all
        print(f"| {work[0]} | {' | '.join(found)} | {'; '.join(wanted)} |", flush=True)


def _lines(columns: Mapping[str, Sequence[Row]]) -> dict[tuple[str, int], dict[str, Row]]:
    """Each work, and which time it comes up, with its cells; what only a later column has comes last."""
    lines: dict[tuple[str, int], dict[str, Row]] = {}
    for name, rows in columns.items():
        met: dict[str, int] = {}
        for row in rows:
            met[row.work] = met.get(row.work, 0) + 1
            lines.setdefault((row.work, met[row.work]), {})[name] = row
    return lines


def _said(row: Row) -> str:
    return row.found if row.kept else f"{row.found}: **missed**"
