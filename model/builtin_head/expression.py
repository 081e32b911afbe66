"""Expression directions under ARKit's names, 1 being the full movement (mm, sculpting frame).

Left and right mean the subject's. A paired movement is sculpted once, on both sides, and split at the midline by a
soft step, so that left plus right is the whole movement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .contact import keep_apart, lining_share
from .expression_table import JAW, MOUTH, MOVEMENTS, Movement
from .fields import evaluate, smoothstep
from .lids import LidMotion
from .mesh import HeadMesh
from .opening import close_lips, tongue_out

CHIN_BONE = (0.0, -84.0, 80.0)  # a point of the mandible whose movement the lower teeth follow
TEETH_PART = (0.0, -3.5, 0.0)  # lower teeth leave the upper ones before they slide past them (canine guidance)
SPLIT_WIDTH = 10.0  # mm on either side of the midline over which a paired movement fades


@dataclass(frozen=True)
class NamedField:
    """One direction: its name, group and (V, 3) displacement at full strength, in mm."""

    name: str
    group: str
    displacement: np.ndarray


def expression_fields(mesh: HeadMesh, lower: np.ndarray, opened: np.ndarray) -> list[NamedField]:
    """Every expression direction; ``lower`` (V,), the jaw's share, tells the lower lip from the upper.

    ``opened`` (V, 3) is the pose corrective of the jaw at ``opening.OPEN``.
    """
    masks = {"upper": 1 - lower, "lower": lower}
    lids = LidMotion(mesh)
    fields = []
    for movement in MOVEMENTS:
        whole = _displacement(mesh, movement, masks, lids)
        if not movement.paired:
            fields.append(NamedField(movement.name, movement.group, whole))
            continue
        left = smoothstep(-SPLIT_WIDTH, SPLIT_WIDTH, mesh.vertices[:, 0])[:, None]
        fields.append(NamedField(f"{movement.name}Left", movement.group, left * whole))
        fields.append(NamedField(f"{movement.name}Right", movement.group, (left * whole)[mesh.mirror] * (-1, 1, 1)))
    fields.append(NamedField("mouthClose", MOUTH, close_lips(mesh, lower, opened)))
    fields.append(NamedField("tongueOut", MOUTH, tongue_out(mesh)))
    return fields


def _displacement(mesh: HeadMesh, movement: Movement, masks: dict[str, np.ndarray], lids: LidMotion) -> np.ndarray:
    total = evaluate(movement.bumps, mesh.vertices, masks)
    total *= lids.freedom[:, None]
    total = keep_apart(mesh, total)
    _hold_mouth(mesh, movement, total, masks["lower"])
    if movement.upper_lid or movement.lower_lid:
        total += lids.close(movement.upper_lid, movement.lower_lid)
    return total


def _hold_mouth(mesh: HeadMesh, movement: Movement, total: np.ndarray, lower: np.ndarray) -> None:
    """Eyeballs and upper teeth never move, lower teeth and tongue only with the jaw, the mouth's lining as they do."""
    for name in ("eyeball", "upper_teeth", "upper_gum"):
        total[mesh.part(name)] = 0
    with_jaw = np.zeros((1, 3))
    if movement.group == JAW:
        with_jaw = evaluate(movement.bumps, np.array([CHIN_BONE]), {"lower": np.ones(1), "upper": np.zeros(1)})
        with_jaw = with_jaw + TEETH_PART
    for name in ("lower_teeth", "lower_gum", "tongue"):
        total[mesh.part(name)] = with_jaw
    total += lining_share(mesh)[:, None] * (lower[:, None] * with_jaw - total)
