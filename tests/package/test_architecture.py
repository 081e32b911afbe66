"""docs/architecture.md and its picture are the code's: every room has a line, the picture is drawn from the imports."""

from __future__ import annotations

import re
from pathlib import Path

from tools.architecture import drawn, fewest, rows_of
from tools.rooms import LAYER_OF, arrows

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"


def test_the_picture_is_of_these_imports():
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "run make architecture"


def test_every_room_has_a_line_in_the_tree():
    tree = PAGE.read_text(encoding="utf-8").split("```")[1]
    named = set(re.findall(r"\b([a-z_]+)(?:/|\.py)(?=\s)", tree)) | {"__init__"}
    assert {room.split("/")[-1] for room in LAYER_OF} <= named


def test_what_follows_from_other_imports_is_left_out():
    graph = {"top": {"middle", "low"}, "middle": {"low"}, "low": set(), "apart": {"low"}}
    assert fewest(graph) == {"top": {"middle"}, "middle": {"low"}, "low": set(), "apart": {"low"}}


def test_every_import_points_down():
    rows = {room: number for number, row in enumerate(rows_of(arrows())) for room in row}
    assert all(rows[goal] < rows[room] for room, goals in arrows().items() for goal in goals)
