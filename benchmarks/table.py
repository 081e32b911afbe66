"""One table for all benchmarks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line: our time, what it is compared with, their ratio, the bound and whether it is kept."""

    work: str
    ours: float
    reference: float
    against: str
    ratio: float
    must_reach: str
    reached: bool
    unit: str = "ms"


def print_table(title: str, rows: list[Row]) -> None:
    """Print the rows as a Markdown table."""
    print(f"\n### {title}\n")
    print("| work | ours | compared with | ratio | must reach | |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in rows:
        unit = f" {row.unit}".rstrip()
        compared = f"{row.reference:.3f}{unit} ({row.against})"
        print(
            f"| {row.work} | {row.ours:.3f}{unit} | {compared} | {row.ratio:.2f} | {row.must_reach} | "
            f"{'ok' if row.reached else 'NOT REACHED'} |"
        )
