"""Each property is declared once, with the type that its values have: `value: Annotated[float, FloatProperty(...)]`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, ForwardRef, Union, get_args, get_origin

import bpy
import pytest

import flame_blender
from flame_blender import registration

pytestmark = pytest.mark.every_version  # how properties are declared
PACKAGE = flame_blender.__name__
ALONE = {"BOOLEAN": "bool", "INT": "int", "FLOAT": "float", "STRING": "str", "ENUM": "str"}
GIVEN = {"rna_type", "name", "bl_idname"}  # what Blender gives every group, and preferences


@pytest.fixture(autouse=True)
def empty_scene() -> None:
    """Nothing here looks at one."""


def declared() -> Mapping[type, Mapping[str, tuple[str, bool]]]:
    """Of each class of the add-on its annotations: how their types are written, and whether there is a call.

    As Python has them, not the sources: those may be changed while tests run.
    """
    bases = {base for cls in registration.CLASSES for base in cls.__mro__ if base.__module__.startswith(PACKAGE)}
    return {
        base: {name: (type_as_written(each), is_call(each)) for name, each in inspect.get_annotations(base).items()}
        for base in bases
    }


def type_as_written(annotation: Any) -> str:
    """As in the source; nothing of a call that stands alone."""
    if get_origin(annotation) is Annotated:
        return type_as_written(get_args(annotation)[0])
    if isinstance(annotation, ForwardRef | str):
        text = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        return text.replace("bpy.types.bpy_prop_collection_idprop", "Items")
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        return " | ".join("None" if each is NoneType else type_as_written(each) for each in get_args(annotation))
    if get_args(annotation):
        return f"{annotation.__origin__.__name__}[{', '.join(type_as_written(each) for each in get_args(annotation))}]"
    if isinstance(annotation, type):
        of_blender = issubclass(annotation, bpy.types.bpy_struct) and not annotation.__module__.startswith(PACKAGE)
        return f"bpy.types.{annotation.__name__}" if of_blender else annotation.__name__
    return ""


def is_call(annotation: Any) -> bool:
    """Whether it has what Blender makes a property of."""
    return any(type(each) is type(bpy.props.BoolProperty()) for each in (annotation, *get_args(annotation)))


DECLARED = declared()  # before the classes are registered, which leaves Blender the calls alone


def type_of(found: Any) -> str:
    """The type of a property's values, as it is written."""
    if found.type == "COLLECTION":
        return f"Items[{written(found.fixed_type)}]"
    if found.type == "POINTER":
        name = written(found.fixed_type)
        return f"{name} | None" if name.startswith("bpy.") else name
    if found.type == "ENUM" and found.is_enum_flag:
        return "set[str]"
    alone = ALONE[found.type]
    return f"Sequence[{alone}]" if getattr(found, "is_array", False) else alone


def written(kind: bpy.types.Struct) -> str:
    return kind.identifier if kind.identifier.startswith("FLAME_") else f"bpy.types.{kind.identifier}"


def ours(cls: type) -> Iterator[tuple[str, tuple[str, bool]]]:
    """The annotations with a call of a class and of what it is mixed from."""
    for base in cls.__mro__:
        for name, (told, call) in DECLARED.get(base, {}).items():
            if call:
                yield name, (told, call)


def of_blender(cls: Any) -> dict[str, Any]:
    """The properties that Blender has of a class, without those that it gives every class and mixin of its own."""
    found = cls.bl_rna
    if issubclass(cls, bpy.types.Operator):
        group, name = cls.bl_idname.split(".")
        found = getattr(getattr(bpy.ops, group), name).get_rna_type()
    foreign = {
        name
        for base in cls.__mro__
        if base.__module__.startswith(("bpy_extras", "bpy_types"))
        for name in inspect.get_annotations(base)
    }
    given = (GIVEN | foreign) - dict(ours(cls)).keys()
    return {name: each for name, each in found.properties.items() if name not in given}


OURS = bpy.types.Operator | bpy.types.PropertyGroup | bpy.types.AddonPreferences


@pytest.mark.parametrize("cls", [each for each in registration.CLASSES if issubclass(each, OURS)])
def test_blender_has_every_declared_property_with_the_type_that_is_written(cls):
    expected = dict(ours(cls))
    assert {name: type_of(each) for name, each in of_blender(cls).items()} == {
        name: told for name, (told, _call) in expected.items()
    }


def test_classes_that_blender_shows_have_no_other_annotations_with_calls():
    """So those of panels, menus and file handlers, whose properties are Blender's own."""
    assert not [each for each in registration.CLASSES if not issubclass(each, OURS) and dict(ours(each))]


def test_properties_that_were_shown_stay_when_shown_again():
    """As on enabling once more, or after another class with the same mixin."""
    for cls in registration.CLASSES:
        before = [dict(inspect.get_annotations(base)) for base in cls.__mro__]
        registration.show_properties(cls)
        assert [inspect.get_annotations(base) for base in cls.__mro__] == before
