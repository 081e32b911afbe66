"""Each property is declared once, with the type that its values have: `value: Annotated[float, FloatProperty(...)]`."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bpy
import pytest

import flame_blender
from flame_blender import registration

PACKAGE = Path(flame_blender.__file__).parent
ALONE = {"BOOLEAN": "bool", "INT": "int", "FLOAT": "float", "STRING": "str", "ENUM": "str"}
GIVEN = {"rna_type", "name"}  # what Blender gives every group


@pytest.fixture(autouse=True)
def empty_scene() -> None:
    """Nothing here looks at one."""


@functools.cache
def declared() -> Mapping[tuple[str, str], Mapping[str, tuple[str, str]]]:
    """By a class's module and name its annotations: the names' types, and the calls, "" where there is none."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        module = ".".join((PACKAGE.name, *file.relative_to(PACKAGE).with_suffix("").parts))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                lines = [each for each in node.body if isinstance(each, ast.AnnAssign)]
                found[module, node.name] = {ast.unparse(each.target): _parts(each.annotation) for each in lines}
    return found


def _parts(annotation: ast.expr) -> tuple[str, str]:
    if isinstance(annotation, ast.Call):
        return "", ast.unparse(annotation)
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        assert isinstance(annotation.slice, ast.Tuple)
        told, call = annotation.slice.elts
        text = str(told.value) if isinstance(told, ast.Constant) else ast.unparse(told)
        return text.replace("bpy.types.bpy_prop_collection_idprop", "Items"), ast.unparse(call)
    return ast.unparse(annotation), ""


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


def ours(cls: type) -> Iterator[tuple[str, tuple[str, str]]]:
    """The annotations with a call of a class and of what it is mixed from."""
    for base in cls.__mro__:
        for name, (told, call) in declared().get((base.__module__, base.__name__), {}).items():
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
    return {name: each for name, each in found.properties.items() if name not in GIVEN | foreign}


@pytest.mark.parametrize(
    "cls", [each for each in registration.CLASSES if issubclass(each, bpy.types.Operator | bpy.types.PropertyGroup)]
)
def test_blender_has_every_declared_property_with_the_type_that_is_written(cls):
    expected = dict(ours(cls))
    assert {name: type_of(each) for name, each in of_blender(cls).items()} == {
        name: told for name, (told, _call) in expected.items()
    }


def test_classes_that_blender_shows_have_no_other_annotations_with_calls():
    """So those of panels, menus and file handlers, whose properties are Blender's own."""
    assert not [
        each
        for each in registration.CLASSES
        if not issubclass(each, bpy.types.Operator | bpy.types.PropertyGroup) and dict(ours(each))
    ]


def test_properties_that_were_shown_stay_when_shown_again():
    """As on enabling once more, or after another class with the same mixin."""
    for cls in registration.CLASSES:
        before = [dict(inspect.get_annotations(base)) for base in cls.__mro__]
        registration.show_properties(cls)
        assert [inspect.get_annotations(base) for base in cls.__mro__] == before
