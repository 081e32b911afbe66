"""ARKit's names as public characters spell them."""

from __future__ import annotations

import pytest

from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.model_controls.spelled_names import arkit_name, matched

OTHERS = (
    "Basis",
    "Smile",
    "blink",
    "vrc.v_aa",
    "Fcl_EYE_Close",
    "eye",
    "left",
    "mouthSmile",
    "browInnerUp2",
    "AU12",
    "",
)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("name", ARKIT_NAMES)
def test_every_name_in_every_way(name: str):
    ways = {name, name[0].upper() + name[1:], _snake(name), name.upper(), name.lower(), f"ARKit_{name}",
            f"head_blendShapes.{name}", f"Wolf3D:{name}"}  # fmt: skip
    for side in ("Left", "Right"):
        if name.endswith(side):
            base = name.removesuffix(side)
            ways |= {
                f"{base}_{side[0]}",
                f"{base}.{side[0]}",
                f"{base} {side}",
                f"{side[0]}_{base}",
                f"{base}{side[0]}",
            }
    assert {arkit_name(way) for way in ways} == {name}


def test_words_of_their_own():
    assert arkit_name("Blink L") == arkit_name("Left Eye Blink") == arkit_name("blinkLeft") == "eyeBlinkLeft"
    assert arkit_name("Brow Inner Up") == arkit_name("BrowInnerUpRight") == "browInnerUp"
    assert [arkit_name(other) for other in OTHERS] == [None] * len(OTHERS)


def test_each_is_taken_once():
    """Spelled exactly counts first; a left and a right of what ARKit has one of are both taken."""
    found = matched(["JawOpen", "jawOpen", "cheekPuff_L", "cheekPuffRight", "Smile", "mouth_left"])
    assert found == {
        "jawOpen": "jawOpen", "cheekPuff_L": "cheekPuff", "cheekPuffRight": "cheekPuff", "mouth_left": "mouthLeft",
    }  # fmt: skip
    assert list(matched(ARKIT_NAMES)) == list(ARKIT_NAMES)
