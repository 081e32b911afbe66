"""Blender's pointers with the types that they have; its generated stubs say of nearly each that it may be None."""

from __future__ import annotations

from typing import TypeVar

import bpy

from .errors import FlameError

Pointer = TypeVar("Pointer")


def there(pointer: Pointer | None, called: str) -> Pointer:
    """What is there whenever the add-on runs, as a scene is.

    Raises
    ------
    FlameError
        Where it is not, which is a fault of the add-on.
    """
    if pointer is None:
        raise FlameError(f"Expected {called}, found none: this is a fault of the FLAME add-on, please report it.")
    return pointer


def shown_scene() -> bpy.types.Scene:
    """The scene that is worked on."""
    return there(bpy.context.scene, "a scene")


def named(collection: bpy.types.bpy_prop_collection[Pointer], name: str) -> Pointer | None:
    """The item of a name; None where there is none, which the stubs leave out."""
    return collection.get(name)
