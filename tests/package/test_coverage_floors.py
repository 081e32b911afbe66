"""tools/coverage_floors.py: shares are of all files of a folder, and one below its floor ends with status 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import coverage_floors

ROOT = Path(__file__).resolve().parents[2]


def summary(lines: int, branches: int) -> dict:
    """Of a file of 100 lines and 50 branches."""
    counted = {"covered_lines": lines, "num_statements": 100, "covered_branches": branches, "num_branches": 50}
    return {"summary": {**counted, "percent_covered": 0.5, "percent_covered_display": "1"}}


def report_of(folder: Path, *files: tuple[int, int]) -> Path:
    """Every folder run wholly, and ``flame`` with these files too."""
    names = {f"flame_blender/{name}/whole.py": summary(100, 50) for name in coverage_floors.FLOORS}
    names |= {f"flame_blender/flame/{number}.py": summary(*counted) for number, counted in enumerate(files)}
    (folder / "coverage.json").write_text(json.dumps({"files": names}), encoding="utf-8")
    return folder / "coverage.json"


def test_a_folder_is_counted_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert coverage_floors.main(report_of(tmp_path, (98, 48))) == 0
    assert "flame: 99.0 % of lines (floor " in (shown := capsys.readouterr().out)
    assert "98.0 % of branches (floor " in shown


@pytest.mark.parametrize("counted", [(0, 50), (100, 0)])
def test_lines_or_branches_below_the_floor(tmp_path: Path, counted: tuple[int, int]):
    assert coverage_floors.main(report_of(tmp_path, counted)) == 1


def test_the_floors_are_of_the_folders_without_blender():
    assert all((ROOT / "flame_blender" / folder).is_dir() for folder in coverage_floors.FLOORS)
    assert all(min(floors) >= 90 for floors in coverage_floors.FLOORS.values())
