"""Praat's TextGrid, long or short: the phones of aligners such as the Montreal Forced Aligner."""

from __future__ import annotations

import re

import numpy as np

from ..errors import SequenceError
from ..files.file_budget import spend
from ..files.raw_arrays import shortened
from .sounds import is_phone, of_phone
from .timeline import Timeline, of_sounds

START = re.compile(r'File type = "ooTextFile"\s+Object class = "TextGrid"')
# numbers, quoted texts (a quote within is doubled) and flags; all else of the long form is for people
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|<(\w+)>|(?<![\w\[])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w\]])')
INTERVALS, POINTS = "IntervalTier", "TextTier"
TIER_NAMES = ("phones", "phonemes", "phone", "phoneme", "mau")
LEAST, LEAST_UNNAMED = 0.3, 0.8  # shares of a tier's labels that are phones, where its name tells it has them or not
BYTES_PER_TOKEN = 100
MOST = 500_000  # tiers and intervals: four hours of speech have two thirds of it, phones and words


def is_text_grid(text: str) -> bool:
    """Whether a text begins as a TextGrid does."""
    return START.match(text.lstrip("\ufeff")) is not None


def read_text_grid(text: str, source: str) -> Timeline:
    """The first tier of phones, by its name, or the one with the most of them. Raises SequenceError."""
    tiers = _tiers(text, source)
    named = [name for name in tiers if name.lower().rsplit(" - ", 1)[-1] in TIER_NAMES]
    chosen = named[0] if named else max(tiers, key=lambda name: _share_of_phones(tiers[name]), default=None)
    if chosen is None or not tiers[chosen] or _share_of_phones(tiers[chosen]) < (LEAST if named else LEAST_UNNAMED):
        found = ", ".join(shortened(name, 40) for name in list(tiers)[:8]) or "none"
        raise SequenceError(f"{source}: expected a tier of phones in ARPAbet or the IPA, found the tiers {found}.")
    starts, ends, labels = zip(*tiers[chosen], strict=True)
    unknown = sorted({label for label in labels if not is_phone(label)})
    notes = (f"Taken for silence: {', '.join(shortened(label, 20) for label in unknown[:8])}.",) if unknown else ()
    return of_sounds("a TextGrid's phones", source, starts, ends, [of_phone(label) for label in labels], notes)


Interval = tuple[float, float, str]


def _share_of_phones(tier: list[Interval]) -> float:
    told = [label for _, _, label in tier if label.strip()]
    return float(np.mean([is_phone(label) for label in told])) if told else 0.0


def _tiers(text: str, source: str) -> dict[str, list[Interval]]:
    """The tiers of intervals by name."""
    tokens = _Tokens(text, source)
    tokens.number(), tokens.number()
    if tokens.flag() != "exists":
        return {}
    tiers = {}
    for _ in range(tokens.count()):
        kind, name = tokens.text(), tokens.text()
        tokens.number(), tokens.number()
        count = tokens.count()
        if kind == INTERVALS:
            tiers[name] = [(tokens.number(), tokens.number(), tokens.text()) for _ in range(count)]
        elif kind == POINTS:
            for _ in range(count):
                tokens.number(), tokens.text()
        else:
            raise SequenceError(f"{source}: expected tiers of intervals or points, found {shortened(kind, 40)}.")
    return tiers


class _Tokens:
    """What a TextGrid tells, one thing after the other, whatever words stand between."""

    def __init__(self, text: str, source: str) -> None:
        body = text.lstrip("\ufeff")
        start = START.match(body)
        spend(n_bytes=BYTES_PER_TOKEN * len(body) // 8)
        self.source, self.left = source, float(MOST)
        self.found = _TOKEN.finditer(body, start.end() if start else 0)

    def number(self) -> float:
        return float(self._next(3, "a number"))

    def count(self) -> int:
        """How many tiers or intervals follow; all counts together are no more than MOST."""
        number = self.number()
        self.left -= number
        if number < 0 or self.left < 0:
            raise SequenceError(f"{self.source}: expected at most {MOST} tiers and intervals, found {number:g}.")
        return int(number)

    def text(self) -> str:
        return self._next(1, "a text in quotes").replace('""', '"')

    def flag(self) -> str:
        return self._next(2, "a flag")

    def _next(self, group: int, expected: str) -> str:
        match = next(self.found, None)
        if match is None or match[group] is None:
            found = "its end" if match is None else shortened(match[0], 40)
            raise SequenceError(f"{self.source}: expected a whole TextGrid with {expected}, found {found}.")
        return match[group]
