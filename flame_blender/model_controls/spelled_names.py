"""ARKit's names as characters spell them: jawOpen, JawOpen, jaw_open, eyeBlink_L, Left Eye Blink, face.jawOpen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ..flame.controls import ARKIT_NAMES

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
_OWNERS = re.compile(r"[.:|]")  # of a node or a namespace, before the name itself
SIDES = {"Left": "l", "Right": "r"}
SPLIT = ("browInnerUp", "cheekPuff")  # that some characters have a left and a right of
UNSAID = "eye"  # in front, that is left out in "Blink L"
MAKERS = ("arkit", "blendshape", "bs", "shape")  # in front of a name


def matched(written: Iterable[str]) -> dict[str, str]:
    """Each of these names that is one of ARKit's -> that one. Spelled exactly counts first, and then who comes first.

    A left and a right of browInnerUp and cheekPuff are both told as it.
    """
    names = list(written)
    found: dict[str, str] = {}
    told: set[tuple[str, str]] = set()
    for each in sorted(names, key=lambda name: name not in ARKIT_NAMES):
        name = arkit_name(each)
        if name is None:
            continue
        side = next((side for side in SIDES if name in SPLIT and _side_of(each) == side), "")
        if (name, side) not in told:
            told.add((name, side))
            found[each] = name
    return {name: found[name] for name in names if name in found}


@cache
def arkit_name(written: str) -> str | None:
    """The name of ARKit's that this stands for; None for another."""
    last = _OWNERS.split(written)[-1]
    for text in (written, last):
        words = [word for word in _BETWEEN_WORDS.split(text.lower()) if word]
        while words:
            name = _spellings().get("".join(words))
            if name is not None:
                return name
            if words[0] not in MAKERS:
                break
            words = words[1:]
    return None


def _side_of(written: str) -> str:
    text = written.lower()
    return next((side for side, short in SIDES.items() if text.endswith((side.lower(), f"_{short}", f".{short}"))), "")


@cache
def _spellings() -> dict[str, str]:
    """What a name is without capitals and what parts its words -> the name."""
    found: dict[str, str] = {}
    for name in ARKIT_NAMES:
        side = next((side for side in SIDES if name.endswith(side)), None)
        bases = [name.removesuffix(side or "").lower()]
        if side is None:
            ways = bases + [f"{bases[0]}{end}" for end in ("left", "right", "l", "r") if name in SPLIT]
        else:
            bases += [base.removeprefix(UNSAID) for base in bases if base.startswith(UNSAID)]
            marks = side.lower(), SIDES[side]
            ways = [way for base in bases for mark in marks for way in (f"{base}{mark}", f"{mark}{base}")]
        for way in ways:
            found.setdefault(way, name)
    return found
