"""Blender's pointers with the types that they have; its generated stubs say of nearly each that it may be None."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .errors import FlameError

if TYPE_CHECKING:
    import bpy

Pointer = TypeVar("Pointer")


def there(pointer: Pointer | None, called: str) -> Pointer:
    """What is there whenever the add-on runs, as a scene is.

    Raises
    ------
    FlameError
        Where it is not, saying what Blender lacks.
    """
    if pointer is None:
        raise FlameError(f"Blender has no {called} here; try again with a file open, not while Blender starts or ends.")
    return pointer


def named(collection: bpy.types.bpy_prop_collection[Pointer], name: str) -> Pointer | None:
    """The item of a name; None where there is none, which the stubs leave out."""
    return collection.get(name)
