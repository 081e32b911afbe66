"""Any tool's clip to vertices, and to the add-on's own .npz, without Blender: pip install .

python examples/vertices_without_blender.py generic_model.pkl clip.npz out
"""

import sys
from pathlib import Path

import numpy as np

from flame_blender.flame import FlameEvaluator, load_model
from flame_blender.sequences import load_sequence, save_sequence

model, clip, out = load_model(sys.argv[1]), load_sequence(sys.argv[2]), Path(sys.argv[3])
print(f"{len(clip)} frames of {clip.source}", *clip.notes, sep="\n  ")
vertices = FlameEvaluator(model).vertices(clip.params)  # (frames, vertices, 3) metres, Y up
out.mkdir(parents=True, exist_ok=True)
np.save(out / "vertices.npy", vertices)
save_sequence(clip, out / "clip.npz")
