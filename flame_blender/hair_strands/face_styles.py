"""Styles of brows, lashes, beard and moustache, as tables. Lengths in metres."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FaceStyle:
    """How short hair of the face lies.

    Attributes
    ----------
    strands, points : int
        How many at full density, brows and lashes for each side; of how many points each.
    length : float
        Metres; of brows and lashes at their longest.
    breadth : float
        Of a brow, against its usual one.
    lift : float
        How steep strands leave the skin, 0 flat to 1 upright.
    weight : float
        How soon they bend down.
    volume : float
        Metres by which the outermost stay off the skin.
    clumps, clumping : int, float
        How many, and how close tips lie in them, 0 to 1.
    frizz : float
        Metres by which tips stray.
    radius : float
        At the root.
    """

    strands: int
    points: int = 5
    length: float
    breadth: float = 1.0
    lift: float = 0.35
    weight: float = 0.1
    volume: float = 0.0012
    clumps: int = 0
    clumping: float = 0.0
    frizz: float = 0.0005
    radius: float = 0.00006


BROWS = {
    "NATURAL": FaceStyle(strands=480, length=0.0075, lift=0.28, volume=0.0010, clumps=60, clumping=0.25),
    "THIN": FaceStyle(strands=260, length=0.0065, breadth=0.6, lift=0.22, volume=0.0008, clumps=40, clumping=0.25),
    "BUSHY": FaceStyle(strands=720, length=0.0105, breadth=1.25, lift=0.4, volume=0.0022, clumps=70, clumping=0.35,
                       frizz=0.001),
}  # fmt: skip
LASHES = {
    "NATURAL": FaceStyle(strands=140, points=6, length=0.0085, lift=0.9, clumps=38, clumping=0.45, frizz=0.0003,
                         radius=0.00012),
    "LONG": FaceStyle(strands=160, points=6, length=0.0115, lift=0.9, clumps=34, clumping=0.55, frizz=0.0003,
                      radius=0.00013),
}  # fmt: skip
BEARDS = {
    "STUBBLE": FaceStyle(strands=9000, points=3, length=0.0018, lift=0.5, volume=0.0006, frizz=0.0003),
    "SHORT": FaceStyle(strands=9000, points=5, length=0.010, lift=0.42, weight=0.12, volume=0.004, clumps=500,
                       clumping=0.3, frizz=0.0012),
    "FULL": FaceStyle(strands=11000, points=8, length=0.034, lift=0.45, weight=0.16, volume=0.012, clumps=420,
                      clumping=0.45, frizz=0.003, radius=0.00007),
    "GOATEE": FaceStyle(strands=4200, points=6, length=0.016, lift=0.42, weight=0.14, volume=0.006, clumps=240,
                        clumping=0.4, frizz=0.0015),
}  # fmt: skip
MOUSTACHES = {
    "STUBBLE": FaceStyle(strands=1300, points=3, length=0.0018, lift=0.45, volume=0.0006, frizz=0.0003),
    "NATURAL": FaceStyle(strands=1700, points=6, length=0.0105, lift=0.32, weight=0.12, volume=0.003, clumps=120,
                         clumping=0.35, frizz=0.0008, radius=0.00007),
    "HANDLEBAR": FaceStyle(strands=1900, points=9, length=0.030, lift=0.3, weight=0.0, volume=0.005, clumps=90,
                           clumping=0.7, frizz=0.001, radius=0.00007),
}  # fmt: skip
