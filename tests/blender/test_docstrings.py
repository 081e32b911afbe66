"""What api's docstrings tell of defaults and fields is what Python has."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys

import pytest

from flame_blender import api
from tools.scripting_reference import told

pytestmark = pytest.mark.oldest_and_newest
FUNCTIONS = [name for name in dir(api) if inspect.isfunction(getattr(api, name))]
RECORDS = [name for name in dir(api) if dataclasses.is_dataclass(getattr(api, name))]


@pytest.fixture(autouse=True)
def empty_scene() -> None:
    """Nothing here looks at one."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_defaults_are_those_of_the_code(name):
    function = getattr(api, name)
    entries = {each.name: each for each in told(inspect.getdoc(function)).sections.get("Parameters", [])}
    parameters = inspect.signature(function).parameters
    assert list(entries) == list(parameters)
    for each in parameters.values():
        text = entries[each.name].default
        if each.default is inspect.Parameter.empty:
            assert text is None
        elif text.isidentifier() and text.isupper():  # a constant of the function's module
            assert getattr(sys.modules[function.__module__], text) is each.default
        else:
            assert ast.literal_eval(text) == each.default and type(ast.literal_eval(text)) is type(each.default)


@pytest.mark.parametrize("name", RECORDS)
def test_each_field_of_a_result_is_described(name):
    found = getattr(api, name)
    entries = told(inspect.getdoc(found)).sections["Attributes"]
    assert [each.name for each in entries] == [each.name for each in dataclasses.fields(found)]
    assert all(each.kind and each.meaning.endswith(".") for each in entries)
