"""The pages that users read, and the pieces of code in them."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHAPES = re.compile(r"^(\w+(?:, \w+)*) = [^#\n]*# (\(.*)$", re.MULTILINE)
FILE = re.compile(r"[\w/-]+\.\w{2,5}")
INSTALLED = "bl_ext.user_default.flame_blender"


class Snippet(NamedTuple):
    """The code of one fence; ``language`` is what the fence says, ``line`` where the code begins."""

    page: Path
    line: int
    language: str
    code: str

    @property
    def name(self) -> str:
        """For the ids of tests."""
        return f"{self.page.name}:{self.line}"

    @property
    def in_blender(self) -> bool:
        """Whether it is a script for Blender."""
        return INSTALLED in self.code or "import bpy" in self.code

    def files(self) -> set[str]:
        """The names of files and folders in its strings, read or written."""
        texts = [node.value for node in ast.walk(ast.parse(self.code)) if isinstance(node, ast.Constant)]
        return {text for text in texts if isinstance(text, str) and FILE.fullmatch(text)}

    def run(self, folder: Path) -> dict[str, Any]:
        """Run it as a script in ``folder``, the working directory; its variables, of the shapes that it tells."""
        script = folder / "my_script.py"
        script.write_text("\n" * (self.line - 1) + self.code, encoding="utf-8")
        found = runpy.run_path(str(script), run_name="__main__")
        for names, comment in SHAPES.findall(self.code):
            shapes = re.findall(r"\(([\w, ]+)\)", comment)
            for name, shape in zip(names.split(", "), shapes, strict=True):
                assert _is_shape(found[name].shape, shape.split(", ")), f"{name}: ({shape}), found {found[name].shape}"
        missing = {name for name in self.files() if not (folder / name).exists()}
        assert not missing, f"neither laid out nor written: {missing}"
        return found


def _is_shape(shape: tuple[int, ...], told: list[str]) -> bool:
    return len(shape) == len(told) and all(
        not word.isdigit() or size == int(word) for size, word in zip(shape, told, strict=True)
    )


def snippets(language: str) -> Iterator[Snippet]:
    """Those of one language, of every page."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            if fence[1] == language:
                yield Snippet(page, text.count("\n", 0, fence.start(2)) + 1, language, fence[2])
