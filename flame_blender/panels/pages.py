"""Hundreds of sliders, twenty at a time: paging and filtering the coefficients of one kind.

What is shown is the window's own business, so it is kept on the window manager and never saved.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any

import bpy
import numpy as np
from bpy.props import BoolProperty, IntProperty, PointerProperty, StringProperty

from ..flame.controls import group_of
from ..flame.model import FlameModel
from ..head import models
from ..head.active import require_active_head
from ..head.properties import coefficients, flame_of, names_of_controls
from ..languages import translated

PER_PAGE = 20


def _first_page(pages, _context) -> None:
    pages["page"] = 0


def favourites_property() -> Any:
    """Names of movements with a star, with spaces between."""
    return StringProperty(name="Favourites", description="Movements that stand on top of the named controls")


class FLAME_PG_pages(bpy.types.PropertyGroup):
    page: Annotated[int, IntProperty(name="Page", description="Which page of the coefficients is shown", min=0)]
    text: Annotated[
        str,
        StringProperty(
            name="Filter",
            description="Show only coefficients whose name holds this text",
            options={"TEXTEDIT_UPDATE"},
            update=_first_page,
        ),
    ]
    set_only: Annotated[
        bool, BoolProperty(name="Used Only", description="Show only coefficients that are not zero", update=_first_page)
    ]


class FLAME_PG_window(bpy.types.PropertyGroup):
    identity: Annotated[FLAME_PG_pages, PointerProperty(type=FLAME_PG_pages)]
    expression: Annotated[FLAME_PG_pages, PointerProperty(type=FLAME_PG_pages)]
    controls: Annotated[FLAME_PG_pages, PointerProperty(type=FLAME_PG_pages)]
    texture: Annotated[FLAME_PG_pages, PointerProperty(type=FLAME_PG_pages)]
    favourites: Annotated[str, favourites_property()]
    recipe: Annotated[
        str,
        StringProperty(
            name="Recipe", description="A data set's recipe, TOML; none is one of this scene", subtype="FILE_PATH"
        ),
    ]
    sample: Annotated[int, IntProperty(name="Sample", description="Which sample is shown", min=0)]


def register() -> None:
    """Attach the window manager's group; the classes are registered before."""
    managers: Any = bpy.types.WindowManager
    managers.flame = PointerProperty(type=FLAME_PG_window)


def unregister() -> None:
    """Take it away."""
    managers: Any = bpy.types.WindowManager
    del managers.flame


# kind of coefficients: where the head keeps them
KINDS = {"identity": "shape", "expression": "expression", "controls": "controls", "texture": "texture"}


def draw_pages(layout, context, kind: str, beside: Callable[[Any, Any, str], None] | None = None) -> None:
    """Draw one page of the active head's coefficients of a kind; ``beside`` draws what else there is in a row."""
    head = flame_of(require_active_head(context))
    evaluator = models.evaluator(head.fingerprint)
    if evaluator is None:
        layout.label(text="Model not installed", icon="ERROR")
        return
    items, entries = coefficients(head, KINDS[kind]), _entries(evaluator.model, head, kind)
    pages = getattr(context.window_manager.flame, kind)
    draw_filter(layout, pages)
    shown = _matching(entries, pages.text.lower())
    if pages.set_only:
        values = np.empty(len(items), np.float32)
        items.foreach_get("value", values)
        shown = [index for index in shown if values[index] != 0.0]
    last = max(0, (len(shown) - 1) // PER_PAGE)
    page = min(pages.page, last)
    column = layout.column(align=True)
    for index in shown[page * PER_PAGE : (page + 1) * PER_PAGE]:
        row = column.row(align=True)
        row.prop(items[index], "value", text=entries[index][0], slider=True)
        if beside is not None:
            beside(row, head, entries[index][0])
    if not shown:
        column.label(text="No coefficient matches", icon="INFO")
    if last:
        _draw_turning(layout, kind, page, last, len(shown))


def draw_filter(layout, pages: FLAME_PG_pages) -> None:
    """What of the coefficients is looked for."""
    row = layout.row(align=True)
    row.prop(pages, "text", text="", icon="VIEWZOOM")
    row.prop(pages, "set_only", text="", icon="FILTER")


def _draw_turning(layout, kind: str, page: int, last: int, count: int) -> None:
    row = layout.row(align=True)
    back = row.row(align=True)
    back.enabled = page > 0
    turn = back.operator("flame.turn_page", text="", icon="TRIA_LEFT")
    turn.pages, turn.step = kind, -1
    row.label(text=translated(f"Page {page + 1} of {last + 1} ({count})"))
    on = row.row(align=True)
    on.enabled = page < last
    turn = on.operator("flame.turn_page", text="", icon="TRIA_RIGHT")
    turn.pages, turn.step = kind, 1


def _entries(model: FlameModel, head: Any, kind: str) -> tuple[tuple[str, str], ...]:
    """Name and group of each coefficient of a kind."""
    if kind == "controls":
        return _grouped(names_of_controls(head))
    if kind == "texture":
        return _numbered(len(head.texture))
    directions = model.identity_directions if kind == "identity" else model.expression_directions
    return tuple((each.name, each.group) for each in directions)


@lru_cache(maxsize=16)
def _grouped(controls: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, group_of(name)) for name in controls)


@lru_cache(maxsize=16)
def _numbered(count: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"Texture {number + 1}", "Texture") for number in range(count))


@lru_cache(maxsize=64)
def _matching(entries: tuple[tuple[str, str], ...], text: str) -> list[int]:
    return [index for index, (name, group) in enumerate(entries) if text in name.lower() or text in group.lower()]
