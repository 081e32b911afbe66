"""Rows of a live head's skin of a texture model, inside Blender."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from benchmarks.table import Row, within
from benchmarks.texture_rows import ALL_MS, SLIDER_MS, write_texture
from flame_blender import api
from flame_blender.blender_pointers import there
from flame_blender.head import models


def skin_rows(model: str | Path, medians: Callable[..., list[float]], steps: int = 60) -> list[Row]:
    """The picture of a live head after one texture coefficient, and after all of them, Blender's part included."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    head: Any = api.add_head(model)
    folder, layer = models.user_folder(), there(bpy.context.view_layer, "a view layer")
    mesh_model = api.model(head)
    write_texture(folder / "FLAME_texture.npz")
    rows = np.arange(len(mesh_model.v_template))
    uvs = {"vt": np.stack([rows / len(rows)] * 2, 1), "ft": mesh_model.faces}
    with zipfile.ZipFile(folder / "FLAME_texture.npz", "a") as archive:
        for name, values in uvs.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, values)
    api.set_texture(head, folder / "FLAME_texture.npz")
    numbers = np.random.default_rng(1).normal(size=len(head.flame.texture))

    def slide(frame: int) -> None:
        head.flame.texture[3].value = 0.01 * frame
        layer.update()

    def all_of_them(frame: int) -> None:
        api.set_texture(head, coefficients=numbers * frame / steps)

    one, whole = medians(slide, lambda _: None)[0], medians(all_of_them, lambda _: None)[0]
    return [
        within("skin after one texture coefficient", one, SLIDER_MS),
        within("... after all 200", whole, ALL_MS),
    ]
