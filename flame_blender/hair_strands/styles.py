"""Pieces of hair that a head can have, and the styles of each."""

from __future__ import annotations

SCALP, BROWS, LASHES, BEARD, MOUSTACHE = "SCALP", "BROWS", "LASHES", "BEARD", "MOUSTACHE"
NONE = "NONE"
# each style as (identifier, label, what it is): the first of a piece is none
STYLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    SCALP: (
        (NONE, "None", "No hair on the scalp"),
        ("BUZZ", "Buzz Cut", "A few millimetres everywhere"),
        ("CROP", "Short Crop", "Short, combed forward from the crown"),
        ("SIDE_PART", "Side Parting", "Short at the sides, longer on top, combed from a parting"),
        ("BOB", "Bob", "To the jaw, from a parting"),
        ("LONG", "Long Straight", "Over the neck, from a parting in the middle"),
        ("WAVY", "Long Wavy", "Over the neck, in waves"),
        ("BUN", "Bun", "Long, combed back and wound to a knot"),
    ),
    BROWS: (
        (NONE, "Painted", "The brows of the skin's picture alone"),
        ("NATURAL", "Natural", "As they grow"),
        ("THIN", "Thin", "Plucked"),
        ("BUSHY", "Bushy", "Broad and dense"),
    ),
    LASHES: (
        (NONE, "Plain", "The lashes of the head's mesh alone"),
        ("NATURAL", "Natural", "On both lids"),
        ("LONG", "Long", "Longer, curled up"),
    ),
    BEARD: (
        (NONE, "None", "No beard"),
        ("STUBBLE", "Stubble", "Two millimetres"),
        ("SHORT", "Short Beard", "About a centimetre"),
        ("FULL", "Full Beard", "Three centimetres"),
        ("GOATEE", "Goatee", "On the chin alone"),
    ),
    MOUSTACHE: (
        (NONE, "None", "No moustache"),
        ("STUBBLE", "Stubble", "Two millimetres"),
        ("NATURAL", "Natural", "To the upper lip"),
        ("HANDLEBAR", "Handlebar", "Long, combed outwards"),
    ),
}  # fmt: skip

HAIR_STYLES = {piece.lower(): styles for piece, styles in STYLES.items()}  # by keyword of api.grow_hair


def names_of(piece: str) -> tuple[str, ...]:
    """The identifiers of a piece's styles, none first."""
    return tuple(identifier for identifier, _, _ in STYLES[piece])
