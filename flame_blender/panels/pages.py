"""Hundreds of sliders, twenty at a time: paging and filtering the coefficients of one kind.

What is shown is the window's own business, so it is kept on the window manager and never saved.
"""

from functools import lru_cache
from typing import Any

import bpy
import numpy as np
from bpy.props import BoolProperty, IntProperty, PointerProperty, StringProperty

from ..flame.model import Direction
from ..head import models
from ..head.active import require_active_head
from ..head.properties import coefficients, flame_of
from ..languages import translated

PER_PAGE = 20


def _first_page(pages, _context) -> None:
    pages["page"] = 0


class FLAME_PG_pages(bpy.types.PropertyGroup):
    page: IntProperty(name="Page", description="Which page of the coefficients is shown", min=0)
    text: StringProperty(
        name="Filter",
        description="Show only coefficients whose name holds this text",
        options={"TEXTEDIT_UPDATE"},
        update=_first_page,
    )
    set_only: BoolProperty(name="Used Only", description="Show only coefficients that are not zero", update=_first_page)


class FLAME_PG_window(bpy.types.PropertyGroup):
    identity: PointerProperty(type=FLAME_PG_pages)
    expression: PointerProperty(type=FLAME_PG_pages)


def register() -> None:
    """Attach the window manager's group; the classes are registered before."""
    managers: Any = bpy.types.WindowManager
    managers.flame = PointerProperty(type=FLAME_PG_window)


def unregister() -> None:
    """Take it away."""
    managers: Any = bpy.types.WindowManager
    del managers.flame


# kind of coefficients: where the head keeps them, where its model describes them
KINDS = {"identity": ("shape", "identity_directions"), "expression": ("expression", "expression_directions")}


def draw_pages(layout, context, kind: str) -> None:
    """Draw one page of the active head's coefficients of a kind."""
    head = flame_of(require_active_head(context))
    evaluator = models.evaluator(head.fingerprint)
    if evaluator is None:
        layout.label(text="Model not installed", icon="ERROR")
        return
    items, directions = coefficients(head, KINDS[kind][0]), getattr(evaluator.model, KINDS[kind][1])
    pages = getattr(context.window_manager.flame, kind)
    row = layout.row(align=True)
    row.prop(pages, "text", text="", icon="VIEWZOOM")
    row.prop(pages, "set_only", text="", icon="FILTER")
    shown = _named(directions, pages.text.lower())
    if pages.set_only:
        values = np.empty(len(items), np.float32)
        items.foreach_get("value", values)
        shown = [index for index in shown if values[index] != 0.0]
    last = max(0, (len(shown) - 1) // PER_PAGE)
    page = min(pages.page, last)
    column = layout.column(align=True)
    for index in shown[page * PER_PAGE : (page + 1) * PER_PAGE]:
        column.prop(items[index], "value", text=directions[index].name, slider=True)
    if not shown:
        column.label(text="No coefficient matches", icon="INFO")
    if last:
        _draw_turning(layout, kind, page, last, len(shown))


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


@lru_cache(maxsize=64)
def _named(directions: tuple[Direction, ...], text: str) -> list[int]:
    return [index for index, each in enumerate(directions) if text in each.name.lower() or text in each.group.lower()]
