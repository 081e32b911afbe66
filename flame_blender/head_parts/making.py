"""The parts of the built-in head for another model: what of them that model lacks."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..correspondence.rest_skin import RestSkin
from ..errors import ModelError
from ..flame.controls import Controls
from ..flame.eyeballs import eyeballs_of, parts_of
from ..flame.model import FlameModel
from .following import JAW
from .lid_parts import GRIDS, LidParts, parts_on_lids
from .mouth import Mouth, Rows, fitting_mouth
from .parts import MATERIALS, HeadParts

TEETH, GUMS, TONGUE, LASHES, TEAR, CARUNCLE = range(len(MATERIALS))
AROUND, MOST = 0.005, 0.8  # metres about what a part would fill; share of a part of the model's own that lies in there
NONE = np.zeros((0, 3))
NO_ROWS = np.zeros(0, int)
NO_MOUTH = Mouth(NO_ROWS, NONE, np.zeros(0), NO_ROWS, NO_ROWS, NONE, np.zeros((0, 0, 3)), ())
NO_LIDS = LidParts(NO_ROWS, NONE, NONE, NONE, np.zeros((2, 0)), NO_ROWS, NONE)


def making_parts(
    source: FlameModel, target: FlameModel, controls: Controls, correspondence: Correspondence
) -> Generator[float, None, HeadParts]:
    """Teeth, gums, tongue and lashes of ``source`` for ``target``; yields the share that is done.

    ``controls`` are the target's and the correspondence tells where its skin lies on the source's. What the target
    brings of these itself is left out. Raises ModelError where that is all of it, or the source has none.
    """
    polygons, materials = _polygons_of(source)
    skin = RestSkin(target)
    mouth_ids = _vertices_of(polygons[materials < LASHES])
    lid_ids = {name: _vertices_of(polygons[materials == MATERIALS.index(name)]) for name in GRIDS}
    lashes = lid_ids["lashes"]
    others = _other_parts(skin)
    mouth, lids = NO_MOUTH, NO_LIDS
    if len(mouth_ids) and not _brings(target, others, correspondence.warp(source.v_template[mouth_ids])):
        rows = _rows_of(source, mouth_ids, polygons, materials)
        mouth = yield from fitting_mouth(source, mouth_ids, rows, skin, controls, correspondence)
    if len(lashes) and not _brings(target, others, correspondence.warp(source.v_template[lashes])):
        lids = parts_on_lids(source, lid_ids, skin, correspondence)
    if not len(mouth.ids) + len(lids.ids):
        raise ModelError("model: expected one that lacks teeth or lashes, found one that brings them.")
    yield 0.95
    return _joined(source.n_vertices, polygons, materials, mouth, lids)


def _joined(n_source: int, polygons: np.ndarray, materials: np.ndarray, mouth: Mouth, lids: LidParts) -> HeadParts:
    order = np.concatenate([mouth.ids, lids.ids])
    places = np.full(n_source + 1, -1)  # the last for the -1 of a triangle
    places[order] = np.arange(len(order))
    kept = places[polygons]
    whole = kept[:, 0] >= 0
    vertices = np.concatenate([mouth.vertices, lids.vertices])
    floats = {
        "vertices": vertices, "jaw": mouth.jaw, "near_points": mouth.near_points, "weights": lids.weights,
        "lashes": lids.lashes, "moves": mouth.moves,
    }  # fmt: skip
    rows = {
        "polygons": kept[whole], "materials": materials[whole], "ring": mouth.ring, "near": mouth.near,
        "corners": lids.corners, "beside": lids.beside, "roots": lids.roots,
    }  # fmt: skip
    arrays = {name: each.astype(np.float32) for name, each in floats.items()}
    arrays |= {name: each.astype(np.int32) for name, each in rows.items()}
    return HeadParts(**arrays, names=mouth.names)


def _vertices_of(polygons: np.ndarray) -> np.ndarray:
    """The vertices of polygons, each once, by their numbers."""
    return np.setdiff1d(polygons, [-1])


def _polygons_of(source: FlameModel) -> tuple[np.ndarray, np.ndarray]:
    """The source's polygons (Q, 4) that are parts, and rows (Q,) of MATERIALS."""
    display = source.display
    if display is None or display.polygon_materials is None:
        return np.zeros((0, 4), int), NO_ROWS
    row_of = np.array([MATERIALS.index(name) if name in MATERIALS else -1 for name in display.material_names])
    materials = row_of[display.polygon_materials]
    return display.polygons[materials >= 0], materials[materials >= 0]


def _rows_of(source: FlameModel, ids: np.ndarray, polygons: np.ndarray, materials: np.ndarray) -> Rows:
    """Which of the mouth's vertices ``ids`` (M,) are whose."""
    places = np.full(source.n_vertices, -1)
    places[ids] = np.arange(len(ids))
    teeth, tongue = (np.setdiff1d(polygons[materials == which], [-1]) for which in (TEETH, TONGUE))
    jaw = source.weights[ids, JAW]
    faces = places[source.faces[np.isin(source.faces[:, 0], teeth)]]
    below = jaw[faces[:, 0]] > 0.5
    return Rows(jaw, faces[~below], faces[below], np.isin(ids, tongue))


def _other_parts(skin: RestSkin) -> list[np.ndarray]:
    """Vertices of each connected part of the target that is neither skin nor eyeball."""
    model = skin.model
    known = [skin.ids, *(ball.vertices for ball in eyeballs_of(model.v_template, model.faces) or ())]
    parts = parts_of(model.faces, model.n_vertices)
    others = np.setdiff1d(np.unique(model.faces), np.concatenate(known))
    return [others[parts[others] == part] for part in np.unique(parts[others])]


def _brings(target: FlameModel, others: list[np.ndarray], places: np.ndarray) -> bool:
    """Whether some part of the target's own lies where the source's would."""
    low, high = places.min(0) - AROUND, places.max(0) + AROUND
    inside = ((target.v_template >= low) & (target.v_template <= high)).all(1)
    return any(inside[each].mean() > MOST for each in others)
