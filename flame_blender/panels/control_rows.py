"""Named controls by the region of the face, a row for each movement: left and right side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from ..flame.controls import group_of
from ..head.active import favourites
from ..head.properties import coefficients, names_of_controls
from ..languages import translated
from ..model_controls.sides import LEFT, other_side, side_of
from .pages import draw_filter

# what panels call the groups of controls, from the top of a face down
REGIONS = {"Brows": "Brows", "Eyes": "Eyes", "Cheeks and nose": "Cheeks and Nose", "Mouth": "Mouth", "Jaw": "Jaw"}
FAVOURITES = "Favourites"
OPEN = ("Brows", "Eyes", "Mouth")  # at first
NAME = 0.42  # of a row's width


class Movement(NamedTuple):
    """One row: its name without a side, and the places of its controls, the left one first where it has two."""

    name: str
    places: tuple[int, ...]


@lru_cache(maxsize=16)
def regions_of(controls: tuple[str, ...]) -> dict[str, list[Movement]]:
    """The movements of each group, in the order of the controls."""
    places = {name: place for place, name in enumerate(controls)}
    found: dict[str, list[Movement]] = {}
    for name, place in places.items():
        other = places.get(other_side(name), place)
        if other == place or not side_of(name):
            found.setdefault(group_of(name), []).append(Movement(name, (place,)))
        elif side_of(name) > 0:
            found.setdefault(group_of(name), []).append(Movement(name.removesuffix(LEFT), (place, other)))
    return found


def draw_regions(layout, head: Any, pages: Any, beside: Callable[[Any, Any, str], None]) -> None:
    """Draw the controls of a head; ``beside`` draws what else there is for one. ``pages`` tells the filter."""
    draw_filter(layout, pages)
    items = coefficients(head, "controls")
    names = names_of_controls(head)
    linked = all(items[place].linked for place in _with_sides(names))
    row = layout.row(align=True)
    both: Any = row.operator("flame.link_sides", icon="LINKED" if linked else "UNLINKED", depress=linked)
    both.linked = not linked
    regions = regions_of(names)
    stars = favourites()
    starred = [each for movements in regions.values() for each in movements if each.name in stars]
    if starred:
        regions = {FAVOURITES: starred, **regions}
    for group in (FAVOURITES, *REGIONS, *(each for each in regions if each not in (FAVOURITES, *REGIONS))):
        movements = regions.get(group, [])
        if not movements:
            continue
        header, body = layout.panel(f"FLAME_{group.replace(' ', '_')}", default_closed=group not in (FAVOURITES, *OPEN))
        header.label(text=translated(REGIONS.get(group, group)))
        key: Any = header.operator("flame.key_region", text="", icon="KEY_HLT", emboss=False)
        key.controls = " ".join(names[place] for each in movements for place in each.places)
        if body is None:
            continue
        column = body.column(align=True)
        for movement in movements:
            _draw_movement(column, head, items, movement, beside, movement.name in stars)


@lru_cache(maxsize=16)
def _with_sides(controls: tuple[str, ...]) -> tuple[int, ...]:
    """The places of controls that have a left and a right."""
    found = regions_of(controls).values()
    return tuple(place for rows in found for each in rows for place in each.places if len(each.places) > 1)


def _draw_movement(column, head: Any, items: Any, movement: Movement, beside, starred: bool) -> None:
    row = column.split(factor=NAME, align=True)
    name = row.row(align=True)
    star: Any = name.operator("flame.star_movement", text="", icon="SOLO_ON" if starred else "SOLO_OFF", emboss=False)
    star.movement, star.starred = movement.name, not starred
    name.label(text=movement.name, translate=False)
    row = row.row(align=True)
    for place, side in zip(movement.places, ("L", "R"), strict=False):
        if side == "R":
            row.prop(items[place], "linked", text="", icon="LINKED" if items[place].linked else "UNLINKED")
        row.prop(items[place], "value", text=side if len(movement.places) > 1 else "", slider=True, translate=False)
        beside(row, head, items[place].name)
