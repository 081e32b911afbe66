"""Renders people: six emotions large, strangers as Randomise draws them, close-ups, ranges of skin, and hair's styles.

make people-pictures
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from both_heads import BUILT_IN, FLAME_FILE, character, models
from labels import add_label, frame_label
from sheet import beside, rendered, save_picture, stacked
from studio import api, make_studio

EMOTIONS = ("Joy", "Anger", "Sadness", "Fear", "Surprise", "Disgust")
STRANGERS = range(1, 25)
PIGMENTS = ("brown", "hazel", "green", "grey", "blue")
SCALP = ("BUZZ", "CROP", "SIDE_PART", "BOB", "LONG", "WAVY", "BUN")
BEARDS = (("STUBBLE", "STUBBLE"), ("SHORT", "NATURAL"), ("FULL", "NATURAL"), ("GOATEE", "NONE"), ("NONE", "HANDLEBAR"))


@dataclass(frozen=True)
class Shot:
    """One tile: what is done to the head, and from where it is seen, in metres and degrees."""

    label: str
    pose: Callable[[Any], object]
    size: tuple[int, int] = (300, 345)
    distance: float = 0.84
    height: float = -0.025
    aside: float = 0.0
    turn: float = 12.0
    samples: int = 24


@dataclass(frozen=True)
class Sheet:
    """Shots, how many of them in a row, and of which heads."""

    columns: int
    shots: tuple[Shot, ...]
    heads: tuple[str, ...] = field(default=(BUILT_IN,))


def face(name: str) -> Callable[[Any], object]:
    """A preset."""
    return lambda head: api.apply_preset(head, name)


def stranger(seed: int) -> Callable[[Any], object]:
    """A person with skin, eyes and hair, as Randomise draws them."""

    def draw(head: Any) -> None:
        api.randomise(head, seed)
        api.randomise_looks(head, seed)
        grow(head, **vars(api.drawn_hair(head, seed)))

    return draw


def looks(**values: float) -> Callable[[Any], object]:
    """Properties of the head's skin."""

    def put_on(head: Any) -> None:
        for name, value in values.items():
            setattr(head.flame, name, value)

    return put_on


def eyes(pigment: str) -> Callable[[Any], object]:
    """Irises of one pigment."""
    return lambda head: api.set_eyes(head, {pigment: 1.0})


def hair(**options: object) -> Callable[[Any], object]:
    """Hair of a style, brows and lashes with it."""
    return lambda head: grow(head, **{"brows": "NATURAL", "lashes": "NATURAL", **options})


def grow(head: Any, **options: object) -> None:
    """Grow hair on one of several heads, which alone is seen."""
    for curves in api.grow_hair(head, **options).values():
        curves.hide_render = head.hide_render


CLOSE: dict[str, Any] = {"size": (420, 420), "samples": 48}
EYE: dict[str, Any] = {"distance": 0.2, "height": 0.02, "aside": 0.032, "turn": 0.0}
SMALL: dict[str, Any] = {"size": (200, 230), "samples": 48}
BOTH = (BUILT_IN, FLAME_FILE)
SHEETS = {
    "head_emotions": Sheet(3, tuple(Shot(name, face(name), (480, 552), samples=32) for name in EMOTIONS), BOTH),
    "head_people": Sheet(8, tuple(Shot(f"seed {seed}", stranger(seed), **SMALL) for seed in STRANGERS)),
    "head_close": Sheet(
        4,
        (
            Shot("", looks(), **CLOSE, **EYE),
            Shot("", face("Joy"), **CLOSE, distance=0.26, height=-0.055, turn=0.0),
            Shot("", looks(), **CLOSE, distance=0.34, height=-0.01, aside=-0.055, turn=80.0),
            Shot("", looks(), **CLOSE, turn=90.0, aside=-0.03),
        ),
        BOTH,
    ),
    "skin_ranges": Sheet(
        6,
        (
            *(Shot(f"tone {tone:.1f}", looks(skin_tone=tone), **SMALL) for tone in np.linspace(0, 1, 6)),
            *(Shot(f"age {age}", looks(skin_age=age), **SMALL) for age in (25, 35, 45, 55, 65, 75)),
            *(Shot("", eyes(each), **SMALL, **EYE) for each in PIGMENTS),
            Shot("freckles", looks(freckles=1.0), **SMALL),
        ),
        BOTH,
    ),
    "hair_styles": Sheet(
        6,
        (
            *(Shot(style.replace("_", " ").lower(), hair(scalp=style), **SMALL, turn=25.0) for style in SCALP),
            *(
                Shot(f"{beard}, {moustache}".lower(), hair(scalp="CROP", beard=beard, moustache=moustache), **SMALL)
                for beard, moustache in BEARDS
            ),
        ),
        BOTH,
    ),
}


def main(out: Path, *names: str) -> None:
    """Write every picture, or those that are named, into the folder ``out``."""
    scene = make_studio()
    label = add_label(scene)
    heads: dict[str, Any] = {name: character(model) for name, model in models().items()}
    for head in heads.values():
        head.modifiers.new("Subdivision", "SUBSURF").render_levels = 1
    for name in names or SHEETS:
        sheet = SHEETS[name]
        save_picture(stacked(rows(scene, label, heads, sheet)), out / f"{name}.jpg")
        print(f"people-pictures: wrote {out / f'{name}.jpg'}", flush=True)


def rows(scene: Any, label: Any, heads: dict[str, Any], sheet: Sheet) -> Iterator[np.ndarray]:
    """From above, each head's shots."""
    for name in sheet.heads:
        for each in heads.values():
            api.remove_hair(each)
            for obj in (each, each.flame.mouth):
                if obj is not None:
                    obj.hide_render = each is not heads[name]
        tiles = [tile(scene, label, heads[name], shot) for shot in sheet.shots]
        for first in range(0, len(tiles), sheet.columns):
            row = tiles[first : first + sheet.columns]
            yield beside(row + [np.zeros_like(row[0])] * (sheet.columns - len(row)))


def tile(scene: Any, label: Any, head: Any, shot: Shot) -> np.ndarray:
    """(height, width, 4) float32; the head is as new before, and stays as the shot has it."""
    api.reset_params(head)
    api.remove_hair(head)
    for name in ("skin_tone", "skin_undertone", "skin_age", "freckles", "stubble", "painted_brows"):
        head.flame.property_unset(name)
    api.set_eyes(head, {"blue": 1.0})
    shot.pose(head)
    head.rotation_euler.z = math.radians(shot.turn)
    scene.camera.location = shot.aside, -shot.distance, shot.height
    scene.camera.data.clip_start = 0.01
    scene.render.resolution_x, scene.render.resolution_y = shot.size
    scene.cycles.samples = shot.samples
    frame_label(scene, label, shot.label)
    return rendered(scene)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
