"""The neutral head's strokes by region, in the order in which they are made, and the places that other modules share.

Units are mm in the sculpting frame, see ``sculpt``.
"""

from __future__ import annotations

from ..sculpt import Sculpture
from .face import EYE_CENTRE, EYE_RADIUS, LID_THICKNESS, ORBITS, TEMPLES
from .mouth import MOUTH
from .neck import NECK
from .nose import NOSE
from .skull import SKULL

__all__ = ["EYE_CENTRE", "EYE_RADIUS", "HEAD", "LID_THICKNESS"]

HEAD = Sculpture(SKULL + NECK + TEMPLES + MOUTH + ORBITS + NOSE)
