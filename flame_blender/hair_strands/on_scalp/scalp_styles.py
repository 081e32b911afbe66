"""Styles of hair on the scalp, as tables: lengths, ways and volume."""

from __future__ import annotations

from dataclasses import dataclass

CROWN, PART, BACK, BUN = "CROWN", "PART", "BACK", "BUN"


@dataclass(frozen=True, kw_only=True)
class ScalpStyle:
    """How the hair of a scalp lies. Lengths in metres, angles in degrees.

    Attributes
    ----------
    strands, points : int
        How many at full density; of how many points each.
    top, sides, nape : float
        Lengths.
    flow : str
        ``"CROWN"``: from the crown to all sides; ``"PART"``: from a parting to both sides; ``"BACK"``: off the face;
        ``"BUN"``: to a knot at the back.
    part_at : float
        Of the parting, from 0 in the middle to 1 at the left temple.
    lift : float
        How steep strands leave the skin, 0 flat to 1 upright.
    stiffness : float
        How far they keep their own way, 0 to 1; the rest is the flow's and gravity's.
    weight : float
        Of gravity against the flow, for a strand that is off the skin.
    volume : float
        Metres by which the outermost strands stay off the skin.
    clumps, clumping : int, float
        How many, and how close tips lie in them, 0 to 1.
    wave, wave_length : float
        Metres: how far strands swing, and how long a wave is.
    frizz : float
        Metres by which tips stray.
    uneven : float
        Share by which lengths differ.
    radius : float
        Of strands at the root; each stands for some hairs.
    temples : float
        How far the hairline has gone back at the temples, 0 to 1, beside what recession is asked for.
    tufts : float
        Share by which tufts of hair differ in length.
    sweep, quiff : float
        Degrees by which hair combed forward turns aside at the front; how much steeper it leaves the skin there.
    cut : (float, float) or None
        Where ends are cut off, at the front and at the back: thirds of a face below the ears.
    inward : float
        How much ends of hanging hair turn in, to neck and jaw.
    """

    strands: int
    points: int
    top: float
    sides: float
    nape: float
    flow: str = CROWN
    part_at: float = 0.0
    lift: float = 0.4
    stiffness: float = 0.5
    weight: float = 0.2
    volume: float = 0.004
    clumps: int = 500
    clumping: float = 0.5
    wave: float = 0.0
    wave_length: float = 0.05
    frizz: float = 0.001
    uneven: float = 0.25
    radius: float = 0.00009
    temples: float = 0.0
    tufts: float = 0.0
    sweep: float = 0.0
    quiff: float = 0.0
    cut: tuple[float, float] | None = None
    inward: float = 0.0


SCALP_STYLES = {
    "BUZZ": ScalpStyle( temples=0.2,
        strands=30000, points=4, top=0.006, sides=0.004, nape=0.003, lift=0.55, stiffness=0.8, volume=0.001,
        clumping=0.0, frizz=0.0003, radius=0.00013,
    ),
    "CROP": ScalpStyle( temples=0.2,
        strands=26000, points=7, top=0.034, sides=0.016, nape=0.011, lift=0.5, stiffness=0.5, weight=0.08, volume=0.011,
        clumps=900, clumping=0.5, frizz=0.0018, uneven=0.35, radius=0.0001, tufts=0.35, sweep=22, quiff=0.35,
    ),
    "SIDE_PART": ScalpStyle( temples=0.2,
        strands=20000, points=10, top=0.075, sides=0.026, nape=0.018, flow=PART, part_at=0.45, lift=0.5,
        stiffness=0.45, weight=0.12, volume=0.010, clumps=500, clumping=0.5, frizz=0.002, tufts=0.4, uneven=0.4,
    ),
    "BOB": ScalpStyle(
        strands=18000, points=16, top=0.275, sides=0.19, nape=0.12, flow=PART, part_at=0.15, lift=0.3,
        stiffness=0.3, weight=0.7, volume=0.018, clumps=420, clumping=0.5, frizz=0.003, uneven=0.06, radius=0.00011,
        cut=(1.05, 0.95), inward=0.9,
    ),
    "LONG": ScalpStyle(
        strands=18000, points=20, top=0.40, sides=0.34, nape=0.27, flow=PART, part_at=0.0, lift=0.25,
        stiffness=0.3, weight=0.7, volume=0.014, clumps=380, clumping=0.6, frizz=0.004, uneven=0.12, radius=0.00012,
    ),
    "WAVY": ScalpStyle(
        strands=17000, points=26, top=0.38, sides=0.32, nape=0.26, flow=PART, part_at=0.25, lift=0.35,
        stiffness=0.3, weight=0.65, volume=0.02, clumps=320, clumping=0.65, wave=0.009, wave_length=0.07, frizz=0.005,
        uneven=0.15, radius=0.00012,
    ),
    "BUN": ScalpStyle(
        strands=15000, points=26, top=0.36, sides=0.34, nape=0.26, flow=BUN, lift=0.15, stiffness=0.2, weight=0.0,
        volume=0.007, clumps=500, clumping=0.3, frizz=0.0012, uneven=0.1, radius=0.00011,
    ),
}  # fmt: skip
