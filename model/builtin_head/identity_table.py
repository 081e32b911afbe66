"""What one standard deviation of each identity direction does (mm, sculpting frame, left side)."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Bump


@dataclass(frozen=True)
class Trait:
    """One identity direction as soft pushes; ``+1`` is one standard deviation."""

    name: str
    group: str
    bumps: tuple[Bump, ...]


HEAD, FACE, NOSE, EYES, MOUTH, EARS = "Head", "Face", "Nose", "Eyes", "Mouth", "Ears"

TRAITS = (
    Trait("Head breadth", HEAD, (Bump((0, 30, -8), (120, 75, 110), (0, 0, 0), (0.038, 0, 0)),)),
    Trait("Head length", HEAD, (Bump((0, 20, 0), (120, 80, 140), (0, 0, 0), (0, 0, 0.036)),)),
    Trait("Head height", HEAD, (Bump((0, 110, -8), (130, 75, 120), (0, 5.5, 0)),)),
    Trait("Face height", FACE, (Bump((0, -110, 60), (90, 62, 90), (0, -5.0, 0)),)),
    Trait("Face breadth", FACE, (Bump((0, -22, 40), (90, 34, 75), (0, 0, 0), (0.042, 0, 0)),)),
    Trait("Jaw width", FACE, (Bump((46, -76, 18), (32, 32, 48), (3.6, 0, 0)),)),
    Trait("Chin projection", FACE, (Bump((0, -104, 90), (30, 20, 34), (0, 0, 3.4)),)),
    Trait("Chin length", FACE, (Bump((0, -112, 86), (36, 20, 44), (0, -3.2, 0)),)),
    Trait("Brow ridge", FACE, (Bump((20, 15, 92), (22, 11, 26), (0, 0, 1.8)),)),
    Trait("Forehead slope", FACE, (Bump((0, 66, 84), (60, 34, 50), (0, 0, 4.0)),)),
    Trait("Cheek fullness", FACE, (Bump((42, -55, 60), (24, 26, 36), (2.6, 0, 1.8)),)),
    Trait("Nose length", NOSE, (Bump((0, -42, 104), (22, 22, 26), (0, -3.0, 0.2)),)),
    Trait("Nose width", NOSE, (Bump((14, -42, 97), (9, 13, 18), (1.5, 0, 0)),)),
    Trait("Nose projection", NOSE, (Bump((0, -34, 110), (15, 16, 20), (0, 0, 2.4)),)),
    Trait("Mouth width", MOUTH, (Bump((25, -70, 85), (13, 13, 24), (2.2, 0, -0.6)),)),
    Trait("Lip fullness", MOUTH, (Bump((0, -64, 101), (22, 8, 16), (0, 1.2, 1.0)), Bump((0, -78, 99), (22, 8, 16), (0, -1.2, 1.0)))),
    Trait("Ear size", EARS, (Bump((76, -17, -8), (22, 42, 30), (0.6, 0, 0), (0, 0.07, 0.07)),)),
)  # fmt: skip
