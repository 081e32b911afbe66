"""Contact sheets of the recipes in examples/, in few and small pictures, for docs/datasets.md.

make data-set-pictures
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sheet import save_picture
from studio import api

contact_sheets = importlib.import_module("bl_ext.user_default.flame_blender.datasets.contact_sheet")

RECIPES = Path(__file__).resolve().parents[2] / "examples" / "recipes"
SIZES = {  # samples, width and height, Cycles' samples
    "landmarks": (12, 128, 128, 24),
    "segmentation": (6, 160, 160, 32),
    "gaze": (12, 160, 96, 24),
    "expression_clips": (3, 112, 112, 24),
    "multi_view": (2, 144, 144, 24),
}


def main(out: Path) -> None:
    """A sheet for each recipe."""
    with tempfile.TemporaryDirectory() as name:
        for recipe in SIZES:
            folder = Path(name)
            path = folder / f"{recipe}.toml"
            path.write_text(smaller(recipe), encoding="utf-8")
            api.render_shards(path, folder / recipe)
            sheet = contact_sheets.contact_sheet(folder / recipe, SIZES[recipe][0])
            pixels = np.ones((*sheet.shape[:2], 4), np.float32)
            pixels[..., :3] = sheet[::-1] / 255
            save_picture(pixels, out / f"data_set_{recipe}.jpg")


def smaller(recipe: str) -> str:
    """The text of a recipe for as many samples, and as large pictures, as a sheet has."""
    text = (RECIPES / f"{recipe}.toml").read_text(encoding="utf-8")
    count, width, height, samples = SIZES[recipe]
    values = {"count": count, "shard_size": count, "width": width, "height": height, "samples": samples}
    for key, value in values.items():
        text = re.sub(rf"^{key} = \d+", f"{key} = {value}", text, flags=re.MULTILINE)
    return text


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
