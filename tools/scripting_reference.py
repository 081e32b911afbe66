"""Writes the reference in docs/scripting.md from the docstrings: what ``api`` has, and the other public names.

Read from the syntax trees, so that no Blender is needed. Docstrings have NumPy's sections; a parameter's line is
``name : type, shape, unit, default X``.

    python tools/scripting_reference.py
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Set
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.public_names import PACKAGE, WITHOUT_BLENDER, exported, tree_of  # noqa: E402  (found after the line above)

PAGE = ROOT / "docs" / "scripting.md"
BEGIN, END = "<!-- reference: written by `make docs` from the docstrings -->", "<!-- end of the reference -->"
MODULES = (
    "heads",
    "joined",
    "posing",
    "faces",
    "animating/boards",
    "animating/poses",
    "animating/face_files",
    "animating/control_rows",
    "animating/life",
    "models",
    "conversion",
    "looks",
    "grown/hair",
    "grown/avatars",
    "grown/avatar_edits",
    "skins",
    "clips",
    "bakes",
    "exports",
    "data_sets",
    "arkit",
    "fits",
    "photos",
    "animating/pins",
    "fitted",
)
SECTION = re.compile(r"^(Parameters|Attributes|Returns|Raises)\n-+\n", re.MULTILINE)
ROLE = re.compile(r":(\w+):`\.?(?:\w+\.)*(\w+)`")
CONSTANTS = (
    "`api.BUILT_IN` names the model that comes with the add-on, `api.LANDMARK_SUFFIXES` and `api.PARAMETER_SUFFIXES`",
    "the endings of exported files; `api.POSE_LAYOUTS` and `api.SIXD_LAYOUTS` tell the joints of each `pose_layout`.",
    "`api.HAIR_STYLES` has the styles of each keyword of `grow_hair`: what it takes, a label and what that is.",
    "`api.FIT_KINDS` has the modules of the kinds of fit, in the order of the Fit panel.",
)
OPTIONS = "Options"  # how the bases of what long work is asked for end
Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
Definitions = dict[str, tuple[Path, Definition]]


class Entry(NamedTuple):
    """One parameter, attribute, result or error; of the last two the type is the name."""

    name: str
    kind: str
    meaning: str

    @property
    def default(self) -> str | None:
        """As it is written after ``default``."""
        return self.kind.rpartition("default ")[2] if "default " in self.kind else None


class Told(NamedTuple):
    """A docstring: its text, and the entries of its sections."""

    text: str
    sections: dict[str, list[Entry]]


def told(docstring: str) -> Told:
    """Take a NumPy docstring apart."""
    text, *parts = SECTION.split(docstring)
    return Told(text.strip(), {name: list(_entries(body)) for name, body in zip(parts[::2], parts[1::2], strict=True)})


def _told_of(node: Definition) -> Told:
    return told("" if isinstance(node, ast.Assign | ast.AnnAssign) else ast.get_docstring(node) or "")


def _entries(body: str) -> Iterator[Entry]:
    for each in re.split(r"^(?=\S)", body, flags=re.MULTILINE)[1:]:
        first, _, meaning = each.partition("\n")
        name, _, kind = first.partition(" : ")
        yield Entry(name, kind, " ".join(meaning.split()))


def definition(name: str, path: Path) -> Definition:
    """Where a module defines a name."""
    for node in tree_of(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [getattr(target, "id", "") for target in targets]
        if isinstance(node, Definition) and name in (getattr(node, "name", ""), *names):
            return node
    raise LookupError(f"{path} has no {name}")


def in_markdown(text: str, links: Set[str] = frozenset()) -> str:
    """Roles become links or code, double backticks single ones."""

    def shown(role: re.Match[str]) -> str:
        if role[1] == "doc":
            return f"[{role[2]}.md]({role[2]}.md)"
        return _link(role[2]) if role[2] in links else f"`{role[2]}`"

    return ROLE.sub(shown, text).replace("``", "`")


def _link(name: str) -> str:
    return f"[`{name}`](#{name.lower()})"


def _linked_type(kind: str, links: Set[str]) -> str:
    return re.sub(r"[A-Z]\w+", lambda word: _link(word[0]) if word[0] in links else word[0], in_markdown(kind))


def _table(heading: str, entries: list[Entry], links: Set[str]) -> list[str]:
    rows = [
        f"| `{each.name}` | {_linked_type(each.kind, links)} | {in_markdown(each.meaning, links)} |" for each in entries
    ]
    return [f"| {heading} | | |", "| --- | --- | --- |", *rows, ""] if rows else []


def _call(name: str, node: ast.FunctionDef, parameters: list[Entry]) -> str:
    shown = [each.name if each.default is None else f"{each.name}={each.default}" for each in parameters]
    if node.args.kwonlyargs:
        shown.insert(len(node.args.args), "*")
    return f"`api.{name}({', '.join(shown)})`"


def _function(name: str, node: ast.FunctionDef, links: Set[str]) -> list[str]:
    found = _told_of(node)
    parameters, returns, raises = (found.sections.get(each, []) for each in ("Parameters", "Returns", "Raises"))
    lines = [f"#### {name}", "", _call(name, node, parameters), "", in_markdown(found.text, links), ""]
    lines += _table("parameter", parameters, links)
    lines += [f"- Returns {_linked_type(each.name, links)}: {in_markdown(each.meaning, links)}" for each in returns]
    lines += [f"- Raises `{each.name}`: {in_markdown(each.meaning, links)}" for each in raises]
    return [*lines, ""]


def _class(name: str, node: ast.ClassDef, links: Set[str]) -> list[str]:
    found = _told_of(node)
    lines = [f"#### {name}", "", in_markdown(found.text, links), ""]
    if not any(ast.unparse(each).endswith(OPTIONS) for each in node.bases):  # whose fields are told with the function
        lines += _table("field", found.sections.get("Attributes", []), links)
    methods = [each for each in node.body if isinstance(each, ast.FunctionDef) and ast.get_docstring(each)]
    methods = [each for each in methods if each.name[0] != "_"]
    return lines + [f"- `{_called(each)}`: {_first_sentence(each)}" for each in methods] + [""] * bool(methods)


def _called(node: ast.FunctionDef) -> str:
    """With the names of its arguments; a property without brackets."""
    if any(ast.unparse(each) == "property" for each in node.decorator_list):
        return node.name
    return f"{node.name}({', '.join(each.arg for each in node.args.args if each.arg not in ('self', 'cls'))})"


def _first_sentence(node: Definition) -> str:
    paragraph = " ".join(_told_of(node).text.partition("\n\n")[0].split())
    return in_markdown(re.split(r"(?<=[.;])\s", paragraph)[0].rstrip(".;"))


def reference() -> str:
    """The part of the page between the markers."""
    definitions = {name: (path, definition(name, path)) for name, path in exported("api").items()}
    others = {
        face: {name: definition(name, path) for name, path in sorted(exported(face).items())}
        for face in WITHOUT_BLENDER
    }
    detailed = {
        name: node
        for face in others.values()
        for name, node in face.items()
        if name not in definitions and isinstance(node, ast.ClassDef) and "Attributes" in _told_of(node).sections
    }
    described = {
        name
        for name, (path, node) in definitions.items()
        if path.stem != "errors" and isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    links = {*detailed, *described}
    return "\n".join(
        [*_functions(definitions, links), *_results(definitions, links), *_without_blender(others, detailed, links)]
    )


def _functions(definitions: Definitions, links: Set[str]) -> Iterator[str]:
    details, left = [], {path for path, node in definitions.values() if isinstance(node, ast.FunctionDef)}
    yield from ("", "## Functions", "")
    for module in MODULES:
        path = PACKAGE / "api" / f"{module}.py"
        left.remove(path)
        heading = (ast.get_docstring(tree_of(path)) or module).rstrip(".")
        found = [
            (name, node)
            for name, (file, node) in definitions.items()
            if file == path and isinstance(node, ast.FunctionDef)
        ]
        found.sort(key=lambda each: each[1].lineno)
        yield f"- {heading}: {', '.join(_link(name) for name, _ in found)}"
        details += [f"### {heading}", "", *(line for name, node in found for line in _function(name, node, links))]
    if left:
        raise LookupError(f"MODULES lacks {', '.join(path.stem for path in left)}")
    yield from ("", *details)


def _results(definitions: Definitions, links: Set[str]) -> Iterator[str]:
    classes = {name: (path, node) for name, (path, node) in definitions.items() if isinstance(node, ast.ClassDef)}
    yield from ("## Options, results and errors", "", *CONSTANTS, "")
    yield from ("| error | |", "| --- | --- |")
    for name, (path, node) in classes.items():
        if path.stem == "errors":
            yield f"| `{name}` | {_first_sentence(node)} |"
    yield ""
    for name, (path, node) in classes.items():
        if path.stem != "errors":
            yield from _class(name, node, links)


def _without_blender(
    others: dict[str, dict[str, Definition]], detailed: dict[str, ast.ClassDef], links: Set[str]
) -> Iterator[str]:
    yield from ("## Public names without Blender", "")
    for face, found in others.items():
        yield from (f"`from flame_blender.{face} import ...`", "", "| name | |", "| --- | --- |")
        for name, node in found.items():
            called = _called(node) if isinstance(node, ast.FunctionDef) else name
            linked = name in links and isinstance(node, ast.ClassDef)
            yield f"| {_link(name) if linked else f'`{called}`'} | {_first_sentence(node)} |"
        yield ""
    for name, node in detailed.items():
        yield from _class(name, node, links)


def page(text: str) -> str:
    """The page with its reference written anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{reference()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
