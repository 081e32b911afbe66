"""Avatars of LAM (He et al. 2025, "LAM: Large Avatar Model", aigc3d/LAM): a folder or a zip.

``offset.ply`` has a splat for each vertex of FLAME subdivided once by PyTorch3D: the vertices, then one for each edge
in the order of its two numbers, the smaller first; with or without GaussianAvatars' teeth. Its x y z are metres off
the vertex at rest, its f_dc_* colours from 0 to 1. ``skin.glb`` has the person's subdivided mesh, ``vertex_order.json``
the order between the two. In which sense, and in which axes and unit, is told by the mesh itself: a vertex of an edge
lies in its middle, and a person's mesh near FLAME's template.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import AvatarError, ModelError
from ..files.archive import open_file
from ..files.file_budget import budget_of
from ..files.json_text import parse_json
from ..files.meshes.glb_file import read_positions
from ..flame.model import FLAME_TOPOLOGY, FlameModel
from . import teeth
from .harmonics import CONSTANT, GREY
from .splat_files import read_splats
from .splats import Splats
from .triangle_frames import bound

OFFSETS, SKIN, ORDER = "offset.ply", "skin.glb", "vertex_order.json"
MAX_JSON_BYTES = 1 << 24  # what is beyond is cut off, and what is left no whole JSON
MIDDLE = 1e-4  # of the mesh's size: how far the vertex of an edge may be off its middle, by six digits of an FBX
ALIKE = 0.05  # of the mesh's size: how far a person is off the template, in the mean
OWN_SHAPE = "The splats stand about the head's own shape: {}."


@dataclass(frozen=True, eq=False)
class LamFiles:
    """What was read: ``offsets`` (splats whose centres are off vertices), the skin's meshes and the order of them."""

    path: Path
    offsets: Splats
    skins: tuple[np.ndarray, ...] = ()
    order: np.ndarray | None = None
    trouble: str = f"no {SKIN} lies with them"


class LamAvatar(NamedTuple):
    """Splats bound to a model's triangles; ``offsets`` (V, 3) metres of the person's shape, where that is told.

    With splats on teeth those of the 120 vertices of teeth come after the model's own.
    """

    splats: Splats
    offsets: np.ndarray | None
    note: str


def read_lam(cloud: Path) -> LamFiles:
    """What lies with an ``offset.ply``. Raises AvatarError for splats that are none of LAM's."""
    splats = read_splats(cloud)
    if splats.triangles is not None or splats.degree:
        raise AvatarError(
            f"{cloud}: expected LAM's offsets, found bound splats or harmonics of degree {splats.degree}."
        )
    colours = (splats.harmonics - GREY) / np.float32(CONSTANT)
    splats = Splats(splats.centres, splats.scales, splats.rotations, splats.opacities, colours)
    skin, order = cloud.with_name(SKIN), cloud.with_name(ORDER)
    if not skin.is_file():
        return LamFiles(cloud, splats)
    try:
        return LamFiles(cloud, splats, tuple(read_positions(skin)), _order(order) if order.is_file() else None)
    except ModelError as error:
        return LamFiles(cloud, splats, trouble=str(error).rstrip("."))


def on_model(files: LamFiles, model: FlameModel, at_rest: np.ndarray) -> LamAvatar:
    """The splats in the frames of a model's triangles; ``at_rest`` (V, 3) is the shape where the files tell none.

    Raises AvatarError for a model that has another number of vertices and edges.
    """
    toothed = (model.n_vertices, len(model.faces)) == FLAME_TOPOLOGY
    choices = [model.faces]
    if toothed:
        choices.append(np.concatenate([model.faces, teeth.triangles(model.n_vertices)]))
    for faces in choices:
        edges = edges_of(faces)
        n_vertices = int(faces.max()) + 1
        if n_vertices + len(edges) != len(files.offsets):
            continue
        with_teeth = n_vertices > model.n_vertices
        template = model.v_template if not with_teeth else _toothed(model.v_template)
        own, note = _person(files, template, edges)
        vertices = own if own is not None else _toothed(at_rest) if with_teeth else at_rest
        triangles, centres = _triangles(faces, edges), np.concatenate([vertices, vertices[edges].mean(1)])
        splats = files.offsets
        standing = Splats(
            (centres + splats.centres).astype(np.float32),
            splats.scales,
            splats.rotations,
            splats.opacities,
            splats.harmonics,
        )
        placed = bound(standing, vertices, faces, triangles)
        person = None if own is None else (own - template).astype(np.float32)
        return LamAvatar(placed, person, note)
    known = ", ".join(f"{int(faces.max()) + 1 + len(edges_of(faces)):,}" for faces in choices)
    raise AvatarError(
        f"expected {known} splats, one for each vertex and edge of the head's mesh, found {len(files.offsets):,}; "
        "choose a head of a FLAME file."
    )


def edges_of(faces: np.ndarray) -> np.ndarray:
    """(E, 2) the edges of triangles, each once, in the order of their numbers, the smaller first."""
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    found: np.ndarray = np.unique(sides, axis=0)
    return found


def _triangles(faces: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(V + E,) for each vertex and each edge a triangle that has it: the first."""
    n_vertices, backwards = int(faces.max()) + 1, np.arange(len(faces))[::-1]
    of_vertices = np.zeros(n_vertices, np.int32)
    of_edges = np.zeros(len(edges), np.int32)
    keys = edges[:, 0].astype(np.int64) * n_vertices + edges[:, 1]
    for corner in range(3):
        side = np.sort(faces[:, [corner, (corner + 1) % 3]], axis=1).astype(np.int64)
        of_vertices[faces[backwards, corner]] = backwards
        of_edges[np.searchsorted(keys, side[:, 0] * n_vertices + side[:, 1])[backwards]] = backwards
    return np.concatenate([of_vertices, of_edges])


def _toothed(vertices: np.ndarray) -> np.ndarray:
    return np.concatenate([vertices, teeth.teeth_of(np.asarray(vertices, np.float32))])


def _order(path: Path) -> np.ndarray:
    with open_file(path) as file, budget_of(path):
        value = parse_json(file.read(MAX_JSON_BYTES), str(path))
    try:
        order = np.array(value)
        if order.ndim != 1 or order.dtype.kind != "i":
            raise ValueError
    except ValueError:
        raise ModelError(f"{path}: expected a list of whole numbers, found another value.") from None
    return order.astype(np.int64)


def _person(files: LamFiles, template: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray | None, str]:
    """(V, 3) the person's vertices in FLAME's axes and metres; else None, and a sentence that says why."""
    if not files.skins:
        return None, OWN_SHAPE.format(files.trouble)
    count, n_vertices = len(files.offsets), len(template)
    for skin in (each for each in files.skins if len(each) == count):
        for ordered in _ordered(skin, files.order):
            middles = ordered[edges].mean(1)
            size = np.ptp(ordered[:n_vertices], axis=0).max()
            if np.abs(ordered[n_vertices:] - middles).max() < MIDDLE * size:
                person = _in_metres(ordered[:n_vertices].astype(np.float64), template.astype(np.float64))
                if person is not None:
                    return person, ""
    return None, OWN_SHAPE.format(f"the meshes of {SKIN} are in no order that {ORDER} explains")


def _ordered(skin: np.ndarray, order: np.ndarray | None) -> list[np.ndarray]:
    """The skin as it is, and by its order told in either sense."""
    if order is None or not np.array_equal(np.sort(order), np.arange(len(skin))):
        return [skin]
    return [skin[order], skin[np.argsort(order)], skin]


def _in_metres(vertices: np.ndarray, template: np.ndarray) -> np.ndarray | None:
    """A person's vertices turned by right angles and scaled by a power of ten so that they lie on the template."""
    middle, mean = vertices.mean(0), template.mean(0)
    left, stretch, right = np.linalg.svd((template - mean).T @ (vertices - middle))
    turn = np.round(left @ np.diag([1, 1, np.sign(np.linalg.det(left @ right))]) @ right)
    scale = 10.0 ** np.round(np.log10(stretch.sum() / max(np.square(vertices - middle).sum(), 1e-30)))
    if not np.array_equal(turn @ turn.T, np.eye(3)):
        return None
    found: np.ndarray = scale * vertices @ turn.T
    off = np.linalg.norm(found - template, axis=1).mean()
    return found if off < ALIKE * np.ptp(template, axis=0).max() else None
