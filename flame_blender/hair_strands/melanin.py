"""The colour of hair with some melanin, for what has no shader of fibres.

Absorption of the two melanins: d'Eon et al. 2011, "An energy-conserving hair reflectance model"; from absorption to the
colour of a mass of hair: Chiang et al. 2016, "A practical and controllable hair and fur model for production path
tracing". Blender's Principled Hair has the same two.
"""

from __future__ import annotations

import math

EUMELANIN, PHEOMELANIN = (0.506, 0.841, 1.653), (0.343, 0.733, 1.924)  # red, green, blue
LEAST, EULER = 1e-4, math.e
ROUGH = 0.45


def colour_of(melanin: float, redness: float, roughness: float = ROUGH) -> tuple[float, float, float]:
    """Linear RGB of hair: ``melanin`` 0 white to 1 black, ``redness`` 0 brown to 1 red."""
    quantity = -math.log(max(1.0 - melanin, LEAST))
    taken = (
        quantity * ((1 - redness) * brown + redness * red) for brown, red in zip(EUMELANIN, PHEOMELANIN, strict=True)
    )
    red, green, blue = (math.exp(-math.sqrt(each) * depth(roughness)) for each in taken)
    return red, green, blue


def depth(roughness: float) -> float:
    """How deep light goes among fibres of a radial roughness (Chiang et al. 2016, equation 9)."""
    powers = (5.969, -0.215, 2.532, -10.73, 5.574, 0.245)
    return sum(factor * roughness**power for power, factor in enumerate(powers))
