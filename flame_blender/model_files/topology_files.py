"""What is installed for the FLAME topology beside models: landmarks, regions, eyelids and UVs, each in a file.

A file that is damaged, or another's, counts as not there; :meth:`TopologyFiles.damaged` names it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..errors import ModelError
from ..files.archive import read_npz
from ..files.npz_file import save_arrays
from ..files.raw_arrays import fits, shape_text, shortened
from ..flame.landmarks import LandmarkEmbedding
from ..flame.model import FLAME_TOPOLOGY, DisplayMesh, FlameModel
from .body_expression import BodyExpression, checked_body_expression, load_body_expression
from .body_vertices import checked_body_vertices, load_body_vertices
from .eyelids import same_lid
from .landmark_sets import IBUG, pieces_of, sets_of
from .project_file import embedding_of
from .recognise import BODY_MODEL, BODY_VERTICES, looks_like_eyelid
from .regions import load_regions

N_VERTICES, N_FACES = FLAME_TOPOLOGY
Read = TypeVar("Read")


@dataclass(frozen=True)
class TopologyFiles:
    """``landmarks/<set>.npz``, ``regions.npz``, ``eyelids.npz`` and ``template.npz`` in ``folder``.

    Nothing is kept here: every call looks at the files. What adds to them raises WriteError.
    """

    folder: Path

    def landmark_sets(self) -> dict[str, LandmarkEmbedding]:
        """The sets that can be shown, put together of what there is."""
        return sets_of(self.landmark_pieces())

    def landmark_pieces(self) -> dict[str, LandmarkEmbedding]:
        """By layout. ``ibug.npz``, one merged set, is what earlier versions kept: what is newer goes before it."""
        found = {path.stem: _read(path, _landmarks) for path in self._landmark_paths()}
        stored = {name: embedding for name, embedding in found.items() if embedding is not None}
        merged = stored.pop(IBUG, None)
        return stored if merged is None else {**pieces_of(merged), **stored}

    def regions(self) -> Mapping[str, np.ndarray]:
        """Vertex ids by name."""
        return _read(self._path("regions"), _regions) or {}

    def eyelids(self) -> list[np.ndarray]:
        """The movement of each lid, (V, 3)."""
        return _read(self._path("eyelids"), _eyelids) or []

    def display(self, model: FlameModel) -> DisplayMesh | None:
        """The UVs on the model's faces; None where there are none, or the model has other faces."""
        template = _read(self._path("template"), _template)
        if template is None or not np.array_equal(template["faces"], model.faces):
            return None
        quads = (np.pad(faces, ((0, 0), (0, 1)), constant_values=-1) for faces in (model.faces, template["uv_faces"]))
        polygons, uv_polygons = quads
        return DisplayMesh(polygons, template["uv_coords"], uv_polygons)

    def body_vertices(self) -> np.ndarray | None:
        """(5023,) int64 which of a SMPL-X body's vertices are FLAME's; None where that is not installed."""
        return _read(self._path("body_vertices"), _body_vertices)

    def install_body_vertices(self, path: Path) -> str:
        """Keep them in place of those that are there; a sentence. Raises ModelError."""
        save_arrays(self._path("body_vertices"), {"ids": load_body_vertices(path)})
        return f"{path.name}: FLAME's vertices in SMPL-X installed."

    def body_expression(self) -> BodyExpression | None:
        """Of the SMPL-X model installed last; None without one."""
        return _read(self._path("body_expression"), _body_expression)

    def install_body_expression(self, path: Path) -> str:
        """Keep it in place of the one that is there; a sentence. Raises ModelError."""
        body = load_body_expression(path)
        save_arrays(self._path("body_expression"), {"template": body.template, "directions": body.directions})
        return f"{path.name}: SMPL-X's {body.directions.shape[2]} expression directions installed."

    def takers_of_bodies(self) -> dict[str | None, Callable[[Path], str]]:
        """What installs the files of a body, by their kinds."""
        return {BODY_VERTICES: self.install_body_vertices, BODY_MODEL: self.install_body_expression}

    def inventory_of_bodies(self) -> tuple[tuple[str, str, bool], ...]:
        """Of a body's files: what it is, the name it usually has, whether it is there."""
        return (
            ("Vertices in SMPL-X", "SMPL-X__FLAME_vertex_ids.npy", self.body_vertices() is not None),
            ("SMPL-X expression", "SMPLX_NEUTRAL.npz", self.body_expression() is not None),
        )

    def has_uvs(self) -> bool:
        """Whether UVs are there."""
        return _read(self._path("template"), _template) is not None

    def damaged(self) -> Iterator[str]:
        """One sentence for each file that is there and cannot be used."""
        readers: list[tuple[Path, Callable[[Path], object]]] = [(path, _landmarks) for path in self._landmark_paths()]
        readers += [(self._path(name), read) for name, read in _READERS.items()]
        for path, read in readers:
            try:
                read(path)
            except ModelError as error:
                if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                    yield str(error)

    def add_landmarks(self, embedding: LandmarkEmbedding) -> None:
        """In place of those of the same layout."""
        for name, piece in pieces_of(embedding).items():
            fields = {field.name: getattr(piece, field.name) for field in dataclasses.fields(piece)}
            arrays = {key: value for key, value in fields.items() if value is not None}
            save_arrays(self.folder / "landmarks" / f"{name}.npz", arrays)

    def add_regions(self, regions: Mapping[str, np.ndarray]) -> None:
        """Beside those that are there, in place of those of the same name."""
        save_arrays(self._path("regions"), {**self.regions(), **regions})

    def add_eyelid(self, lid: np.ndarray) -> int:
        """In place of the same lid's; how many there are now."""
        lids = [*(other for other in self.eyelids() if not same_lid(other, lid)), lid][-2:]
        save_arrays(self._path("eyelids"), {str(number): each for number, each in enumerate(lids)})
        return len(lids)

    def set_uvs(self, faces: np.ndarray, uv_coords: np.ndarray, uv_faces: np.ndarray) -> None:
        """Of a template, in place of those that are there."""
        save_arrays(self._path("template"), {"faces": faces, "uv_coords": uv_coords, "uv_faces": uv_faces})

    def _landmark_paths(self) -> list[Path]:
        return sorted((self.folder / "landmarks").glob("*.npz"))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.npz"


def _read(path: Path, read: Callable[[Path], Read]) -> Read | None:
    try:
        return read(path)
    except ModelError:  # not there, or ``damaged`` says what is wrong
        return None


def _landmarks(path: Path) -> LandmarkEmbedding:
    return embedding_of(read_npz(path), N_FACES, str(path))


def _regions(path: Path) -> dict[str, np.ndarray]:
    return load_regions(path, N_VERTICES)


def _eyelids(path: Path) -> list[np.ndarray]:
    lids = list(read_npz(path).values())
    if not all(isinstance(lid, np.ndarray) and looks_like_eyelid(lid) for lid in lids):
        raise ModelError(f"{path}: expected movements of eyelids, found others; install the eyelids again.")
    return lids


def _body_expression(path: Path) -> BodyExpression:
    return checked_body_expression(read_npz(path), str(path))


def _body_vertices(path: Path) -> np.ndarray:
    return checked_body_vertices(np.asarray(read_npz(path).get("ids")), str(path))


def _template(path: Path) -> dict[str, np.ndarray]:
    found = read_npz(path)
    for key, shape, kinds in (
        ("faces", (N_FACES, 3), "iu"),
        ("uv_faces", (N_FACES, 3), "iu"),
        ("uv_coords", (None, 2), "f"),
    ):
        value = found.get(key)
        if not isinstance(value, np.ndarray) or value.dtype.kind not in kinds or not fits(value.shape, shape):
            raise ModelError(
                f"{path}: {key} must be numbers of shape {shape_text(shape)}, found {shortened(value)}; "
                "install head_template.obj again."
            )
    corners = found["uv_faces"]
    if not 0 <= corners.min() <= corners.max() < len(found["uv_coords"]):
        raise ModelError(f"{path}: uv_faces must name rows of uv_coords; install head_template.obj again.")
    return found


_READERS: dict[str, Callable[[Path], object]] = {
    "regions": _regions,
    "eyelids": _eyelids,
    "template": _template,
    "body_vertices": _body_vertices,
    "body_expression": _body_expression,
}
