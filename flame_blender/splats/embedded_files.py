"""Avatars of SplattingAvatar (Shao et al. 2024, initialneil/SplattingAvatar, commit 12a44be) on FLAME.

Its checkpoint is a folder ``point_cloud/iteration_N`` with ``point_cloud.ply``, the splats as they stand about the
canonical mesh, ``embedding.json``, which names that mesh (``cano_mesh``) and the triangle of each splat
(``sample_fidxs``), and the mesh, ``embedding.obj``. The canonical mesh of heads is FLAME's, four times as large.

There a splat rides on a point of its triangle, along the smooth normal, turned as the vertices about it; here it keeps
its place, size and turn in the triangle's frame, as all avatars do.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import AvatarError, FlameError
from ..files.archive import open_file
from ..files.file_budget import budget_of
from ..files.json_text import parse_json
from ..files.meshes.mesh_file import read_mesh
from ..flame.model import FlameModel
from .splat_files import read_splats
from .splats import Splats
from .triangle_frames import bound

EMBEDDING = "embedding.json"
MAX_JSON_BYTES = 1 << 28  # what is beyond is cut off, and what is left no whole JSON
MESH, TRIANGLES = "cano_mesh", "sample_fidxs"


class Embedded(NamedTuple):
    """Splats bound to triangles of the mesh ``faces`` (F, 3)."""

    splats: Splats
    faces: np.ndarray


def read_embedded(cloud: Path) -> Embedded:
    """The splats of a .ply with an ``embedding.json`` beside it. Raises AvatarError."""
    told = cloud.with_name(EMBEDDING)
    try:
        with open_file(told) as file, budget_of(told):
            value = parse_json(file.read(MAX_JSON_BYTES), str(told))
        if not isinstance(value, dict) or not isinstance(value.get(MESH), str):
            raise AvatarError(f"{told}: expected {MESH} and {TRIANGLES} as SplattingAvatar writes them, found others.")
        # only beside it: a path in a stranger's file leads nowhere else
        mesh = read_mesh(told.with_name(Path(value[MESH].replace("\\", "/")).name), with_faces=True)
        splats = read_splats(cloud)
    except AvatarError:
        raise
    except FlameError as error:
        raise AvatarError(str(error)) from error
    triangles, faces = _whole_numbers(value.get(TRIANGLES)), mesh.faces
    if faces is None or triangles is None or len(triangles) != len(splats):
        found = "none" if triangles is None else str(len(triangles))
        raise AvatarError(f"{told}: expected a triangle for each of {len(splats)} splats, found {found}.")
    if triangles.min() < 0 or triangles.max() >= len(faces):
        raise AvatarError(
            f"{told}: expected triangles 0 to {len(faces) - 1}, found {triangles.min()} to {triangles.max()}."
        )
    return Embedded(bound(splats, mesh.vertices, faces, triangles.astype(np.int32)), faces)


def require_faces(embedded: Embedded, model: FlameModel) -> None:
    """Raise AvatarError for a model with other triangles than the avatar's mesh has."""
    if not np.array_equal(embedded.faces, model.faces):
        raise AvatarError(
            f"expected a head with the {len(embedded.faces):,} triangles that the avatar was trained on, found a model "
            f"with other {len(model.faces):,}; SplattingAvatar's heads need a FLAME file, its bodies have no head here."
        )


def _whole_numbers(value: object) -> np.ndarray | None:
    try:
        found = np.array(value)
    except ValueError:
        return None
    return found if found.ndim == 1 and found.dtype.kind == "i" else None
