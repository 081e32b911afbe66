"""Renders docs/images/voca_edit.jpg: one mesh of a speaking sequence as a head's rest shape, and what is keyed on it.

make voca-picture
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from labels import add_label, frame_label
from sheet import beside, rendered, save_picture
from studio import api, make_studio

evaluator = importlib.import_module("bl_ext.user_default.flame_blender.flame.evaluator")
params = importlib.import_module("bl_ext.user_default.flame_blender.flame.params")

TILE, SAMPLES, FRAMES = (300, 380), 24, 24
MIDDLE = 12  # the frame that is shown: the mouth is open and the lids are shut


def main(out: Path) -> None:
    """Write the picture."""
    scene: Any = make_studio()
    scene.render.resolution_x, scene.render.resolution_y = TILE
    scene.cycles.samples = SAMPLES
    label, head = add_label(scene), api.add_head(api.BUILT_IN)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sentence.npy"
        np.save(path, speech(head))
        api.import_meshes(path, head, as_template=True, frame_rate="RESAMPLE", fps=scene.render.fps)
        tiles = [tile(scene, label, "the frame's mesh")]
        api.add_blinks(head, at=[MIDDLE])
        tiles.append(tile(scene, label, "+ blink"))
        api.set_arkit(head, api.get_arkit(head) | {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "browInnerUp": 0.8})
        api.set_params(head, shape=[2.5, -1.5])
        for frame, names in ((MIDDLE, ("controls", "identity")),):
            api.keyframe(head, frame, names)
        tiles.append(tile(scene, label, "+ expression, identity"))
        api.set_params(head, neck=(0.05, 0.5, 0.0))
        tiles.append(tile(scene, label, "+ head pose"))
    save_picture(beside(tiles), out)


def speech(head: bpy.types.Object) -> np.ndarray:
    """(FRAMES, V, 3): a person's unposed meshes, as VOCA makes them, whose mouth opens and shuts."""
    model = api.model(head)
    opening = 0.5 * np.sin(np.linspace(0, np.pi, FRAMES))
    shape = np.random.default_rng(11).normal(size=model.n_identity)
    jaw = np.stack([opening * 0.5, 0 * opening, 0 * opening], 1)
    return evaluator.FlameEvaluator(model).vertices(params.FlameParams(shape=shape, jaw=jaw))


def tile(scene: bpy.types.Scene, label: bpy.types.Object, said: str) -> np.ndarray:
    """One head, with what it shows beneath it."""
    scene.frame_set(MIDDLE)
    frame_label(scene, label, said)
    return rendered(scene)


if __name__ == "__main__":
    main(Path(sys.argv[-1]).resolve())
