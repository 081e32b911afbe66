"""What a file leaves open and the user decides: the order of a pose's numbers, and whether a body turns the head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import SequenceError

AUTO = "AUTO"
ROOT_6D = "ROOT_6D"
_ROOT, _EYES = "global_rotation", ("left_eye", "right_eye")
# The joints of a pose's numbers, three for each, axis-angle. Of those with as many numbers the first is the usual one.
POSE_LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "ROOT_JAW": (_ROOT, "jaw"),
    "JAW_ROOT": ("jaw", _ROOT),
    "NECK_JAW": ("neck", "jaw"),
    "ROOT_NECK_JAW_EYES": (_ROOT, "neck", "jaw", *_EYES),
    "ROOT_JAW_NECK_EYES": (_ROOT, "jaw", "neck", *_EYES),
    "ROOT_NECK_JAW": (_ROOT, "neck", "jaw"),
    "ROOT_JAW_NECK": (_ROOT, "jaw", "neck"),
    "ROOT": (_ROOT,),
    "NECK": ("neck",),
    "JAW": ("jaw",),
    "ROOT_JAW_EYES": (_ROOT, "jaw", *_EYES),
    "NECK_JAW_EYES": ("neck", "jaw", *_EYES),
    "ROOT_NECK_JAW_EYES_PLACE": (_ROOT, "neck", "jaw", *_EYES, "translation"),
}
# The same of 6D rotations, six numbers for each joint.
SIXD_LAYOUTS: Mapping[str, tuple[str, ...]] = {
    ROOT_6D: (_ROOT,),
    "ROOT_JAW_6D": (_ROOT, "jaw"),
    "ROOT_NECK_JAW_6D": (_ROOT, "neck", "jaw"),
}
USUAL = ("ROOT_JAW", "ROOT_NECK_JAW_EYES")  # others are taken only when they are asked for


@dataclass(frozen=True)
class Choices:
    """What a file leaves open and the user decides.

    Attributes
    ----------
    pose_layout : str
        "AUTO", or a name of POSE_LAYOUTS or SIXD_LAYOUTS, for a pose whose file does not tell its order.
    body_rotation : bool
        Of a body (SMPL-X): the root turns as the body turns the neck in its world.

    Raises
    ------
    SequenceError
        The layout is unknown.
    """

    pose_layout: str = AUTO
    body_rotation: bool = False

    def __post_init__(self) -> None:
        names = (AUTO, *SIXD_LAYOUTS, *POSE_LAYOUTS)
        if self.pose_layout not in names:
            raise SequenceError(f"pose_layout: expected one of {', '.join(names)}, found {self.pose_layout!r}.")


def layouts_of(width: int) -> tuple[str, ...]:
    """The layouts that a pose of so many axis-angle numbers can have, the usual one first."""
    return tuple(name for name, joints in POSE_LAYOUTS.items() if 3 * len(joints) == width)
