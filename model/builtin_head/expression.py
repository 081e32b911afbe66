"""Expression directions under ARKit's names, 1 being the full movement (mm, sculpting frame).

Left and right mean the subject's. A paired movement is sculpted once, on both sides, and split at the midline by a
soft step, so that left plus right is the whole movement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .contact import LOOSE_RING, keep_apart, lining_share
from .expression_table import JAW, MOUTH, MOVEMENTS, Movement
from .fields import evaluate, smoothstep
from .gliding import Glide
from .lids import LidMotion
from .lip_roll import roll_lips
from .lips import CONTACT_RING
from .mesh import HeadMesh
from .opening import close_lips, tongue_out
from .topology import MOUTH as MOUTH_BLOCK

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
    face = MovedFace(mesh, lower)
    fields = []
    for movement in MOVEMENTS:
        whole = face.displacement(movement)
        if not movement.paired:
            fields.append(NamedField(movement.name, movement.group, whole))
            continue
        left = smoothstep(-SPLIT_WIDTH, SPLIT_WIDTH, mesh.vertices[:, 0])[:, None]
        fields.append(NamedField(f"{movement.name}Left", movement.group, left * whole))
        fields.append(NamedField(f"{movement.name}Right", movement.group, (left * whole)[mesh.mirror] * (-1, 1, 1)))
    fields.append(NamedField("mouthClose", MOUTH, close_lips(mesh, lower, opened)))
    fields.append(NamedField("tongueOut", MOUTH, tongue_out(mesh)))
    return fields


class MovedFace:
    """The neutral face and what of it follows a movement; ``lower`` (V,) tells the lower lip from the upper."""

    def __init__(self, mesh: HeadMesh, lower: np.ndarray) -> None:
        self.mesh, self.lower = mesh, lower
        self.masks = {"upper": 1 - lower, "lower": lower}
        self.lids = LidMotion(mesh)
        self.skin = Glide(mesh, self.lids.freedom)
        self.lining = lining_share(mesh, moving=True)
        self.loose, self.contact = (mesh.ring(MOUTH_BLOCK, ring) for ring in (LOOSE_RING, CONTACT_RING))
        self.loose, self.contact = (np.concatenate([ring, mesh.mirror[ring]]) for ring in (self.loose, self.contact))

    def displacement(self, movement: Movement) -> np.ndarray:
        """(V, 3) mm, both sides of a paired movement."""
        points, free = self.mesh.vertices, self.lids.freedom[:, None]
        total = self.skin.along(free * evaluate(movement.glide, points, self.masks))
        total += free * evaluate(movement.bumps, points, self.masks)
        total += self.skin.outward(movement.shape)
        if any(movement.rolls):
            total += roll_lips(self.mesh, *movement.rolls)
        total = keep_apart(self.mesh, total)
        self._hold_mouth(movement, total)
        if any(movement.lids):
            total += self.lids.close(*movement.lids)
        return total

    def _hold_mouth(self, movement: Movement, total: np.ndarray) -> None:
        """Eyeballs, upper teeth never move, lower teeth and tongue only with the jaw, the mouth's lining as they do."""
        for name in ("eyeball", "upper_teeth", "upper_gum"):
            total[self.mesh.part(name)] = 0
        with_jaw = np.zeros((1, 3))
        if movement.group == JAW:
            with_jaw = evaluate(movement.bumps, np.array([CHIN_BONE]), {"lower": np.ones(1), "upper": np.zeros(1)})
            with_jaw = with_jaw + TEETH_PART
        for name in ("lower_teeth", "lower_gum", "tongue"):
            total[self.mesh.part(name)] = with_jaw
        total[self.loose] = total[self.contact]
        total += self.lining[:, None] * (self.lower[:, None] * with_jaw - total)
        # What lies loosely before the teeth never goes in between them: the arch falls away sideways.
        side = np.sign(self.mesh.vertices[self.loose, 0])
        total[self.loose, 0] = side * np.maximum(side * total[self.loose, 0], 0)
