"""A fit that is ready to start: what to solve, and where the head then lies in the world."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from ..fitting.reports.outcome import Fit
from ..fitting.solver.preview import Preview
from ..model_files.library import ModelEntry
from ..observations.placement import Placement


@dataclass(frozen=True, eq=False)
class Prepared:
    """``start(preview)`` is the fit, in steps, with a head of the model ``entry``.

    ``placement`` is how the world's coordinates become FLAME's, None for photos; ``notes`` what was assumed.
    """

    start: Callable[[Preview], Generator[float, None, Fit]]
    entry: ModelEntry
    placement: Placement | None = None
    notes: tuple[str, ...] = ()

    @property
    def all_notes(self) -> tuple[str, ...]:
        """With the units and axes."""
        taken = () if self.placement is None else (f"Taken to be in {self.placement.told}.",)
        return (*taken, *self.notes)
