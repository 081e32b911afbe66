"""How one value of a recipe is spread: one number, a range, a normal distribution, or one of some values."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass

from .randomness import normal_of

Value = float | str | None


@dataclass(frozen=True)
class Fixed:
    """Always the same."""

    value: Value

    def at(self, uniform: float) -> Value:  # noqa: ARG002  (as those that vary)
        return self.value

    def written(self) -> object:
        return self.value


@dataclass(frozen=True)
class Uniform:
    """Any number of a range, all alike."""

    low: float
    high: float

    def at(self, uniform: float) -> Value:
        return self.low + (self.high - self.low) * uniform

    def written(self) -> object:
        return {"uniform": [self.low, self.high]}


@dataclass(frozen=True)
class Normal:
    """Numbers about a mean; those beyond ``low`` or ``high`` are taken to them."""

    mean: float
    deviation: float
    low: float
    high: float

    def at(self, uniform: float) -> Value:
        return min(max(self.mean + self.deviation * normal_of(uniform), self.low), self.high)

    def written(self) -> object:
        return {"normal": [self.mean, self.deviation], "limits": [self.low, self.high]}


@dataclass(frozen=True)
class Choice:
    """One of some values, as often as their weights say."""

    values: tuple[Value, ...]
    weights: tuple[float, ...]

    def at(self, uniform: float) -> Value:
        reached = list(itertools.accumulate(self.weights))
        return self.values[min(bisect.bisect_right(reached, uniform * reached[-1]), len(self.values) - 1)]

    def written(self) -> object:
        return {"choice": list(self.values), "weights": list(self.weights)}


Distribution = Fixed | Uniform | Normal | Choice


def all_values(distribution: Distribution) -> tuple[Value, ...]:
    """The values of one that has no range."""
    if isinstance(distribution, Choice):
        return tuple(
            value for value, weight in zip(distribution.values, distribution.weights, strict=True) if weight > 0
        )
    return (distribution.value,) if isinstance(distribution, Fixed) else ()
