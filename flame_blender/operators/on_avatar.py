"""What operators on a head's Gaussian avatar share: which one it is, and regions to choose of."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty

from .. import api
from ..head.active import active_head, require_active_head
from .on_head import OnHead


class OnAvatar(OnHead):
    """Runs on the selected avatar of the active head, else on its first."""

    @classmethod
    def why_not(cls, context):
        return None if api.avatars_of(require_active_head(context)) else "This head has no Gaussian avatar"

    def avatar(self, context: bpy.types.Context) -> bpy.types.Object:
        """The selected one, else the head's first."""
        avatars = api.avatars_of(require_active_head(context))
        return context.object if context.object in avatars else avatars[0]


def region_property(description: str) -> Any:
    """A region by its name, searched among those of the active head."""
    return StringProperty(name="Region", description=description, search=_found, search_options={"SORT"})


def _found(_operator: Any, context: bpy.types.Context, text: str) -> list[str]:
    head = active_head(context)
    names = [] if head is None or api.missing_model(head) else api.avatar_regions(head)
    return [name for name in names if text.lower() in name.lower()]
