"""Writes the table of the 52 controls in docs/character.md: how well a FLAME file does each. `make control-table`.

    .envs/dev/bin/python tools/control_table.py out/face_like.npz

Where the file's landmarks lie is not told to it: what any file has alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flame_blender.assets import BUILT_IN_HEAD  # noqa: E402  (found after the line above)
from flame_blender.long_work import result_of  # noqa: E402
from flame_blender.model_controls.computed import ComputedControls  # noqa: E402
from flame_blender.model_controls.computing import computing_controls  # noqa: E402
from flame_blender.model_files.loading import load_model  # noqa: E402
from tests.fitting.surface_search import nearest_surface  # noqa: E402

PAGE = ROOT / "docs" / "character.md"
BEGIN, END = "<!-- controls: written by `make control-table` -->", "<!-- end of the controls -->"
HEAD = (
    "| control | explained | left, mean, mm | left, most, mm | wrong side | coefficient | eye open | lips | reach |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
)


def main(path: str) -> None:
    """Compute, and write the table between its marks."""
    model = load_model(path)
    computed = result_of(computing_controls(load_model(BUILT_IN_HEAD), model, nearest_surface))
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table_of(computed)}\n\n{END}{after}", encoding="utf-8")


def table_of(computed: ComputedControls) -> str:
    """One line for each control."""
    lines = [*HEAD]
    for name, each in zip(computed.controls.names, computed.qualities, strict=True):
        wrong = f"{each.wrong_side:.2f}" if name.endswith(("Left", "Right")) else ""
        lids = f"{each.eye_open:.2f}" if each.eye_open != 1.0 else ""
        lips = f"{each.lips_cross:.2f}" if each.lips_cross >= 0.005 else ""
        cells = (
            name, f"{each.explained:.2f}", f"{each.mean_residual:.2f}", f"{each.largest_residual:.1f}", wrong,
            f"{each.largest_coefficient:.1f}", lids, lips, each.reach,
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1])
