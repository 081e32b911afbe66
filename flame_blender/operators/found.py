"""What an import tells of its file, in its redo panel."""

from .. import api
from ..languages import translated
from ..languages.labels import wrapped


def draw_found(layout, sentences: list[str]) -> None:
    """Each sentence on as many lines as it needs."""
    for sentence in sentences:
        column = layout.column(align=True)
        column.scale_y = 0.8
        for line in wrapped(sentence):
            column.label(text=line)


def draw_new_heads(layout) -> None:
    """The model that a head is of that the import adds; panels have the menu that changes it."""
    layout.label(text=translated(f"New heads: {api.new_head_model()}"), icon="USER")
