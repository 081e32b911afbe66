"""The user's installed FLAME files: recognised by content, converted once to plain .npz, kept in one folder.

The folder holds ``models/<name>.npz`` and, for the FLAME topology, ``landmarks/<set>.npz``, ``regions.npz`` and
``template.npz``. Released files are read only while installing; after that only these are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .archive import read_npz
from .embeddings import load_landmarks
from .errors import ModelError
from .landmarks import LandmarkEmbedding
from .loading import load_model
from .model import DisplayMesh, FlameModel
from .recognise import recognise
from .regions import load_regions
from .saving import save_arrays, save_model
from .template import load_template

FLAME_TOPOLOGY = (5023, 9976)
READABLE_SUFFIXES = {".pkl", ".npz", ".npy", ".obj"}
IBUG, MEDIAPIPE = "ibug", "mediapipe"
MEDIAPIPE_COUNT = 105


@dataclass(frozen=True)
class ModelEntry:
    """An installed model as a list shows it: read without loading the arrays."""

    name: str
    path: Path
    fingerprint: str
    release: str
    n_vertices: int
    n_identity: int
    n_expression: int


@dataclass(frozen=True)
class Library:
    """The files under ``folder``. Nothing is cached here: every call looks at the folder."""

    folder: Path

    def models(self) -> tuple[ModelEntry, ...]:
        """The installed models by name; files that are none are left out."""
        return tuple(entry for path in sorted((self.folder / "models").glob("*.npz")) if (entry := model_entry(path)))

    def install(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Install files, and all recognised files of folders; one sentence for each file taken.

        Raises ModelError for a named file that is no FLAME file, and when a folder holds none.
        """
        told = []
        for path in map(Path, paths):
            told += self._install_folder(path) if path.is_dir() else [self._install_file(path)]
        return tuple(told)

    def _install_folder(self, folder: Path) -> list[str]:
        told = []
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in READABLE_SUFFIXES and recognise(path) is not None:
                told.append(self._install_file(path))
        if not told:
            raise ModelError(f"{folder}: expected FLAME files (models, landmarks, masks, template .obj), found none.")
        return told

    def _install_file(self, path: Path) -> str:
        found = recognise(path)
        kind = None if found is None else found.kind
        if kind == "model":
            return self._install_model(path)
        if kind == "landmarks":
            return self._install_landmarks(path)
        if kind == "regions":
            regions = load_regions(path, FLAME_TOPOLOGY[0])
            save_arrays(self.folder / "regions.npz", regions)
            return f"{path.name}: {len(regions)} regions installed."
        if kind == "template":
            return self._install_template(path)
        looks = "nothing known" if found is None else found.description
        raise ModelError(
            f"{path}: expected a FLAME model, landmarks, masks or a template .obj, found {looks}; choose another file."
        )

    def _install_model(self, path: Path) -> str:
        model = load_model(path)
        for entry in self.models():
            if entry.fingerprint == model.fingerprint:
                return f"{path.name}: the model is already installed as {entry.name!r}."
        name = _free_name(path.stem, {entry.name for entry in self.models()})
        save_model(model, self.folder / "models" / f"{name}.npz")
        counts = f"{model.n_identity} + {model.n_expression} coefficients"
        return f"{path.name}: model {name!r} installed (release {model.release}, {counts})."

    def _install_landmarks(self, path: Path) -> str:
        embedding = load_landmarks(path)
        embedding.validate(FLAME_TOPOLOGY[1])
        name = MEDIAPIPE if len(embedding.static_faces) == MEDIAPIPE_COUNT else IBUG
        known = self._landmark_sets().get(name)
        if known is not None:
            embedding = _merged(known, embedding)
        save_arrays(self.folder / "landmarks" / f"{name}.npz", _embedding_arrays(embedding))
        contour = "" if embedding.contour_faces is None else " with the sliding contour"
        return f"{path.name}: {name} landmarks installed ({embedding.count} points{contour})."

    def _install_template(self, path: Path) -> str:
        template = load_template(path)
        if (len(template.vertices), len(template.faces)) != FLAME_TOPOLOGY:
            found = f"{len(template.vertices)} vertices, {len(template.faces)} triangles"
            raise ModelError(f"{path}: expected a template of {FLAME_TOPOLOGY} vertices and triangles, found {found}.")
        if template.uv_coords is None or template.uv_faces is None:
            raise ModelError(f"{path}: expected texture coordinates (vt lines), found none; choose a template with UVs.")
        arrays = {"faces": template.faces, "uv_coords": template.uv_coords, "uv_faces": template.uv_faces}
        save_arrays(self.folder / "template.npz", arrays)
        return f"{path.name}: UVs installed ({len(template.uv_coords)} points)."

    def remove(self, name: str) -> None:
        """Delete the installed copy of a model. Raises ModelError when there is none of that name."""
        path = self.folder / "models" / f"{name}.npz"
        if name not in {entry.name for entry in self.models()}:
            raise ModelError(f"{self.folder}: expected an installed model named {name!r}, found none.")
        path.unlink()

    def load(self, entry: ModelEntry) -> FlameModel:
        """The model, with what is installed for its topology: landmarks, regions and UVs."""
        model = load_model(entry.path)
        if (model.n_vertices, len(model.faces)) != FLAME_TOPOLOGY:
            return model
        more: dict = {"landmarks": {**self._landmark_sets(), **model.landmarks}}
        if not model.regions:
            more["regions"] = self._regions()
        if model.display is None:
            more["display"] = self._display(model)
        return dataclasses.replace(model, **more)

    def _landmark_sets(self) -> dict[str, LandmarkEmbedding]:
        paths = sorted((self.folder / "landmarks").glob("*.npz"))
        return {path.stem: LandmarkEmbedding(**read_npz(path)) for path in paths}

    def _regions(self) -> Mapping[str, np.ndarray]:
        path = self.folder / "regions.npz"
        return read_npz(path) if path.exists() else {}

    def _display(self, model: FlameModel) -> DisplayMesh | None:
        path = self.folder / "template.npz"
        if not path.exists():
            return None
        template = read_npz(path)
        if not np.array_equal(template["faces"], model.faces):
            return None
        return DisplayMesh(model.faces, template["uv_coords"], template["uv_faces"])

    def missing(self) -> tuple[str, ...]:
        """What could still be installed, one phrase each."""
        sets = self._landmark_sets()
        ibug = sets.get(IBUG)
        absent = (
            ("a FLAME model (generic_model.pkl, flame2023.pkl, flame2023_Open.pkl)", not self.models()),
            ("68 landmarks (landmark_embedding.npy, flame_static_embedding.pkl)", ibug is None),
            ("the sliding contour (flame_dynamic_embedding.npy)", ibug is not None and ibug.contour_faces is None),
            ("MediaPipe landmarks (mediapipe_landmark_embedding.npz)", MEDIAPIPE not in sets),
            ("regions (FLAME_masks.pkl)", not (self.folder / "regions.npz").exists()),
            ("UVs (head_template.obj)", not (self.folder / "template.npz").exists()),
        )
        return tuple(what for what, is_missing in absent if is_missing)


def model_entry(path: Path) -> ModelEntry | None:
    """What the project's .npz at ``path`` says of itself, or None when it is not one. Reads a few hundred bytes."""
    try:
        said = read_npz(path, only=("fingerprint", "release", "n_identity", "n_expression", "parents", "weights_shape"))
    except ModelError:
        return None
    return said and None


def _free_name(stem: str, taken: set[str]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def _merged(known: LandmarkEmbedding, new: LandmarkEmbedding) -> LandmarkEmbedding:
    """``new``, completed by the part that only ``known`` has: RingNet keeps points and contour in two files."""
    if new.contour_faces is None and len(new.static_faces) == 51:
        return new.with_contour(known)
    if not len(new.static_faces):
        return known.with_contour(new)
    return new


def _embedding_arrays(embedding: LandmarkEmbedding) -> dict[str, np.ndarray]:
    fields = {field.name: getattr(embedding, field.name) for field in dataclasses.fields(embedding)}
    return {name: value for name, value in fields.items() if value is not None}
