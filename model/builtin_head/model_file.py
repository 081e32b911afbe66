"""The built-in head as a FlameModel, and its file."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import STANDARD_DEVIATIONS, WEIGHT, Direction, DisplayMesh, FlameModel
from flame_blender.model_files.project_file import arrays_of

from .controls_table import controls
from .model_arrays import model_arrays
from .people import identity_mixing

RELEASE = "built-in"
IDENTITY_RANGE, EXPRESSION_RANGE = (-3.0, 3.0), (0.0, 1.0)
DISPLAY = ("polygons", "uv_coords", "uv_polygons", "polygon_materials", "material_names")
FLAME_ARRAYS = (
    "v_template", "faces", "shapedirs", "posedirs", "joint_regressor", "weights", "parents", "n_identity",
)  # fmt: skip


def build_model() -> FlameModel:
    """Generate the head; about a minute."""
    arrays = model_arrays()
    n_identity = arrays["n_identity"]
    directions = tuple(
        Direction(name, group, STANDARD_DEVIATIONS, IDENTITY_RANGE)
        if k < n_identity
        else Direction(name, group, WEIGHT, EXPRESSION_RANGE)
        for k, (name, group) in enumerate(arrays["names"])
    )
    model = FlameModel.from_arrays(
        **{key: arrays[key] for key in FLAME_ARRAYS},
        source=RELEASE,
        release=RELEASE,
        directions=directions,
        display=DisplayMesh(**{key: arrays[key] for key in DISPLAY}),
        regions=arrays["regions"],
        landmarks=_embeddings(arrays["landmarks"]),
        tool_landmarks=_embeddings(arrays["tool_landmarks"]),
        controls=controls([direction.name for direction in directions[n_identity:]]),
    )
    return replace(model, identity_mixing=identity_mixing(model))


def _embeddings(sets: dict[str, dict[str, np.ndarray]]) -> dict[str, LandmarkEmbedding]:
    return {name: LandmarkEmbedding(**fields) for name, fields in sets.items()}


def write_model(model: FlameModel, path: Path) -> None:
    """Write the project's .npz, deflated and without dates: equal models are equal files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key, array in arrays_of(model).items():
            member = zipfile.ZipInfo(f"{key}.npy")
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
