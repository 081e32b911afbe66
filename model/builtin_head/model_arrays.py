"""From the sculpting frame to FLAME's arrays: metres, FLAME's origin, rounded so that rebuilds are equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from .correctives import corrective_at, pose_correctives
from .expression import expression_fields
from .identity import identity_fields
from .landmarks import embeddings
from .lids import LidMotion
from .mesh import MATERIALS
from .neutral import build_neutral
from .opening import OPEN
from .regions import regions
from .skinning import JAW, PARENTS, jaw_share, joint_regressor, skinning_weights
from .tool_landmarks import tool_embeddings
from .uv import unwrap

ORIGIN = np.array([0.0, 22.0, -40.0])  # mm; puts the pupils and the nose tip where FLAME's are
DECIMALS = {"length": 7, "weight": 6}


def model_arrays() -> dict[str, Any]:
    """Everything that FlameModel.from_arrays, DisplayMesh and Direction take, as plain arrays."""
    mesh = build_neutral()
    jaw = jaw_share(mesh)
    lids = LidMotion(mesh)
    identity = identity_fields(mesh, lids)
    weights = skinning_weights(mesh, jaw)
    correctives = pose_correctives(mesh, weights)
    expression = expression_fields(mesh, jaw, corrective_at(correctives, JAW, np.array([OPEN, 0.0, 0.0])))
    directions = np.stack([field.displacement for field in identity + expression], 2)
    uv_coords, uv_polygons = unwrap(mesh)
    return {
        "v_template": _metres(mesh.vertices + ORIGIN),
        "faces": mesh.triangles(),
        "shapedirs": _metres(directions),
        "posedirs": _metres(correctives),
        "joint_regressor": joint_regressor(mesh).round(9).astype(np.float32),
        "weights": _rounded_weights(weights),
        "parents": np.array(PARENTS, np.int32),
        "n_identity": len(identity),
        "names": [(field.name, field.group) for field in identity + expression],
        "polygons": mesh.polygon_array(),
        "uv_coords": uv_coords,
        "uv_polygons": uv_polygons,
        "polygon_materials": np.array(mesh.materials, np.int32),
        "material_names": MATERIALS,
        "regions": regions(mesh),
        "landmarks": embeddings(mesh, jaw),
        "tool_landmarks": tool_embeddings(mesh),
    }


def _metres(millimetres: np.ndarray) -> np.ndarray:
    rounded = np.round(millimetres / 1000, DECIMALS["length"])
    return (rounded + 0.0).astype(np.float32)


def _rounded_weights(weights: np.ndarray) -> np.ndarray:
    rounded = np.round(weights, DECIMALS["weight"])
    rounded[np.arange(len(rounded)), rounded.argmax(1)] += 1 - rounded.sum(1)
    return rounded.astype(np.float32)
