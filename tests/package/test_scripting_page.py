"""docs/scripting.md is what `make docs` writes, and every public function and result is described in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools import scripting_reference
from tools.public_names import exported

ROOT = Path(__file__).resolve().parents[2]
NAMES = {name: scripting_reference.definition(name, path) for name, path in exported("api").items()}
FUNCTIONS = {name: node for name, node in NAMES.items() if isinstance(node, ast.FunctionDef)}
PARAMETERS, RETURNS, RAISES = "Parameters", "Returns", "Raises"


def test_the_page_is_what_make_docs_writes():
    page = scripting_reference.PAGE.read_text(encoding="utf-8")
    assert page == scripting_reference.page(page), "run `make docs`"


def test_the_page_keeps_what_is_written_by_hand():
    begin, end = scripting_reference.BEGIN, scripting_reference.END
    assert scripting_reference.page(f"before\n{begin}\nold\n{end}\nafter\n") == (
        f"before\n{begin}\n{scripting_reference.reference()}\n{end}\nafter\n"
    )


def test_docstrings_are_taken_apart():
    told = scripting_reference.told(
        "Do it.\n\nMore.\n\nParameters\n----------\na : (N, 3) numbers, metres, default None\n    One\n    line.\n"
        "b : int\n    Two.\n\nReturns\n-------\nstr\n    A text."
    )
    first, second = told.sections[PARAMETERS]
    assert told.text == "Do it.\n\nMore."
    assert first == ("a", "(N, 3) numbers, metres, default None", "One line.") and first.default == "None"
    assert second == ("b", "int", "Two.") and second.default is None
    assert told.sections[RETURNS] == [("str", "", "A text.")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_parameter_result_and_error_of_a_function_is_described(name):
    node = FUNCTIONS[name]
    told = scripting_reference.told(ast.get_docstring(node))
    entries = told.sections.get(PARAMETERS, [])
    assert [each.name for each in entries] == [each.arg for each in (*node.args.args, *node.args.kwonlyargs)]
    assert all(each.kind and each.meaning.endswith(".") for each in entries)
    assert (RETURNS in told.sections) == (ast.unparse(node.returns) != "None")
    for each in told.sections.get(RAISES, []):
        assert each.name in NAMES and each.meaning.endswith(".")
    assert f"#### {name}\n" in scripting_reference.PAGE.read_text(encoding="utf-8")
