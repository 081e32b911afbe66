"""The user's installed FLAME files: recognised by content, converted once to plain .npz, kept in one folder.

The folder holds ``models/<name>.npz`` and, for the FLAME topology, ``landmarks/<set>.npz``, ``regions.npz``,
``eyelids.npz`` and ``template.npz``. Released files are read only while installing; after that only these are.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .archive import read_npz
from .embeddings import load_landmarks
from .errors import ModelError
from .eyelids import by_side, load_eyelid, same_lid
from .landmark_sets import CONTOUR, FILES_OF_SET, IBUG, MEDIAPIPE, pieces_of, sets_of
from .landmarks import LandmarkEmbedding
from .loading import load_model
from .model import FLAME_TOPOLOGY, DisplayMesh, FlameModel
from .recognise import EYELID, LANDMARKS, MODEL, REGIONS, TEMPLATE, recognise
from .regions import load_regions_of
from .saving import save_arrays, save_model
from .steps import result_of
from .template import load_template

READABLE_SUFFIXES = {".pkl", ".npz", ".npy", ".obj", ".pt"}
INSTALLABLE_FILES = "a FLAME model, landmarks, masks, eyelids or a template .obj"
CHOICE = "model_for_new_heads.txt"
MOST_NAMED = 5  # files that are of no use, in one sentence
VHAP_VERTICES = 5143  # FLAME's and 120 of teeth behind them
_SAID_OF_A_MODEL = {"fingerprint", "release", "n_identity", "n_expression", "weights"}


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


class UselessFileError(ModelError):
    """A file that is none of those that can be installed; ``looks`` is what it is instead."""

    def __init__(self, path: Path, looks: str) -> None:
        super().__init__(f"{path}: expected {INSTALLABLE_FILES}, found {looks}; choose another file.")
        self.looks = looks


@dataclass(frozen=True)
class Installed:
    """What came of installing: a sentence for each file that was taken, and one naming those that were not, or ""."""

    told: tuple[str, ...]
    left_out: str = ""


@dataclass(frozen=True)
class Library:
    """The files under ``folder``. Nothing is cached here: every call looks at the folder."""

    folder: Path

    def models(self) -> tuple[ModelEntry, ...]:
        """The installed models by name; :meth:`damaged` tells of files that are none any more."""
        return self._looked_through()[0]

    def damaged(self) -> tuple[str, ...]:
        """One sentence for each installed model file that cannot be read."""
        return self._looked_through()[1]

    def _looked_through(self) -> tuple[tuple[ModelEntry, ...], tuple[str, ...]]:
        entries: list[ModelEntry] = []
        wrong: list[str] = []
        for path in sorted((self.folder / "models").glob("*.npz"), key=lambda path: path.stem):
            try:
                entries.append(model_entry(path))
            except ModelError as error:
                wrong.append(str(error))
        return tuple(entries), tuple(wrong)

    def install(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """:meth:`installing` at once: its sentences, the one that names what was not taken last."""
        done = result_of(self.installing(paths))
        return (*done.told, *([done.left_out] if done.left_out else []))

    def installing(self, paths: Iterable[Path]) -> Generator[float, None, Installed]:
        """Install files, and what is of use in folders; yields the share that is done.

        Every file is tried, whatever is wrong with others. Raises ModelError where none of them could be installed.
        """
        paths = [Path(path) for path in paths]
        files = [file for path in paths for file in (_files_in(path) if path.is_dir() else [path])]
        told: list[str] = []
        refused: dict[Path, ModelError] = {}
        for done, file in enumerate(files):
            try:
                told.append(self._install_file(file))
            except ModelError as error:
                refused[file] = error
            yield (done + 1) / len(files)
        if told:
            return Installed(tuple(told), _left_out(refused))
        if len(refused) == 1 and not paths[0].is_dir():
            raise next(iter(refused.values()))
        where = ", ".join(map(str, paths))
        found = f"only {_named(refused)}" if refused else "none"
        raise ModelError(f"{where}: expected {INSTALLABLE_FILES}, found {found}.")

    def _install_file(self, path: Path) -> str:
        found = recognise(path)
        kind = None if found is None else found.kind
        takers: dict[str | None, Callable[[Path], str]] = {
            MODEL: self._install_one_model,
            LANDMARKS: self._install_landmarks,
            REGIONS: self._install_regions,
            TEMPLATE: self._install_template,
            EYELID: self._install_eyelid,
        }
        if kind not in takers:
            looks = "nothing known" if found is None else found.description
            raise UselessFileError(path, looks)
        try:
            return takers[kind](path)
        except OSError as error:
            why = error.strerror or error
            raise ModelError(f"{self.folder}: cannot be written ({why}); make room, or allow it.") from error

    def _install_one_model(self, path: Path) -> str:
        entry = self.install_model(path)
        counts = f"{entry.n_identity} + {entry.n_expression} coefficients"
        return f"{path.name}: installed as model {entry.name!r} (release {entry.release}, {counts})."

    def install_model(self, path: Path) -> ModelEntry:
        """Convert a model file, or find it when its arrays are installed already. Raises ModelError."""
        model = load_model(path)
        known = self.models()
        same = next((entry for entry in known if entry.fingerprint == model.fingerprint), None)
        if same is not None:
            os.utime(same.path)  # installed anew: now it is the last one
            return same
        name = _free_name(path.stem, {entry.name for entry in known})
        target = self.folder / "models" / f"{name}.npz"
        save_model(model, target)
        return model_entry(target)

    def _install_landmarks(self, path: Path) -> str:
        embedding = load_landmarks(path)
        embedding.validate(FLAME_TOPOLOGY[1])
        pieces = pieces_of(embedding)
        for name, piece in pieces.items():
            save_arrays(self.folder / "landmarks" / f"{name}.npz", _embedding_arrays(piece))
        sets = self._landmark_sets()
        if not sets:
            return f"{path.name}: sliding contour installed; it shows with fixed points: install {FILES_OF_SET[IBUG]}."
        there = (
            f"{name} ({each.count} points{'' if each.contour_faces is None else ' with the sliding contour'})"
            for name, each in sets.items()
        )
        return f"{path.name}: landmarks installed; the sets are now {', '.join(there)}."

    def _install_regions(self, path: Path) -> str:
        """Beside those that are there, in place of those of the same name."""
        new, beyond = load_regions_of(path, FLAME_TOPOLOGY[0], VHAP_VERTICES)
        save_arrays(self.folder / "regions.npz", {**self._regions(), **new})
        teeth = f", without {beyond} vertices of teeth that FLAME has not" if beyond else ""
        return f"{path.name}: {len(new)} regions installed{teeth}."

    def _install_template(self, path: Path) -> str:
        template = load_template(path)
        if (len(template.vertices), len(template.faces)) != FLAME_TOPOLOGY:
            found = f"{len(template.vertices)} vertices, {len(template.faces)} triangles"
            raise ModelError(f"{path}: expected a template of {FLAME_TOPOLOGY} vertices and triangles, found {found}.")
        if template.uv_coords is None or template.uv_faces is None:
            raise ModelError(
                f"{path}: expected texture coordinates (vt lines), found none; choose a template with UVs."
            )
        arrays = {"faces": template.faces, "uv_coords": template.uv_coords, "uv_faces": template.uv_faces}
        save_arrays(self.folder / "template.npz", arrays)
        return f"{path.name}: UVs installed ({len(template.uv_coords)} points)."

    def _install_eyelid(self, path: Path) -> str:
        """Keep it in place of the same lid's; which side it is of is told by the template of the model that uses it."""
        new = load_eyelid(path)
        others = [lid for lid in self._eyelids() if not same_lid(lid, new)]
        lids = [*others, new][-2:]
        save_arrays(self.folder / "eyelids.npz", {str(number): lid for number, lid in enumerate(lids)})
        return f"{path.name}: eyelid installed{'' if len(lids) == 2 else ', one of two: install the other too'}."

    def install_new(self, paths: Iterable[Path]) -> tuple[list[str], list[str]]:
        """Install those of ``paths`` that were not looked at before; what was installed, and what is wrong.

        Files are known again by size and time, so that looking a second time costs nothing.
        """
        told: list[str] = []
        wrong: list[str] = []
        record = self.folder / "looked_at.json"
        looked_at = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
        for path in paths:
            if path.suffix.lower() not in READABLE_SUFFIXES or not path.is_file():
                continue
            stamp = [path.stat().st_size, path.stat().st_mtime_ns]
            if looked_at.get(str(path)) == stamp:
                continue
            try:
                told.append(self._install_file(path))
            except ModelError as error:
                wrong.append(str(error))
            looked_at[str(path)] = stamp
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(json.dumps(looked_at), encoding="utf-8")
        return told, wrong

    def installed_last(self) -> ModelEntry | None:
        """The FLAME model that was installed last, by the time of its copy; None where there is none."""
        known = [entry for entry in self.models() if entry.n_vertices == FLAME_TOPOLOGY[0]]
        return max(known, key=lambda entry: (entry.path.stat().st_mtime_ns, entry.name), default=None)

    def chosen(self) -> str | None:
        """Fingerprint of the model that was chosen for new heads, installed or not; None for whichever is the last."""
        path = self.folder / CHOICE
        return path.read_text(encoding="ascii", errors="replace").strip() or None if path.is_file() else None

    def choose(self, fingerprint: str | None) -> None:
        """Keep a choice for new heads, or forget it. Raises ModelError where it cannot be kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / CHOICE).write_text(fingerprint or "", encoding="ascii")
        except OSError as error:
            raise ModelError(f"{self.folder / CHOICE}: cannot be written ({error.strerror or error}).") from error

    def remove(self, name: str) -> None:
        """Delete the installed copy of a model. Raises ModelError when there is none of that name."""
        path = self.folder / "models" / f"{name}.npz"
        if name not in {entry.name for entry in self.models()}:
            raise ModelError(f"{self.folder}: expected an installed model named {name!r}, found none.")
        path.unlink()

    def load(self, entry: ModelEntry) -> FlameModel:
        """The model, with what is installed for its topology: landmarks, regions and UVs."""
        model = load_entry(entry)
        if (model.n_vertices, len(model.faces)) != FLAME_TOPOLOGY:
            return model
        more: dict = {"landmarks": {**self._landmark_sets(), **model.landmarks}}
        if not model.regions:
            more["regions"] = self._regions()
        more["eyelid_shapes"] = by_side(self._eyelids(), model.v_template)
        if model.display is None:
            more["display"] = self._display(model)
        return dataclasses.replace(model, **more)

    def _landmark_sets(self) -> dict[str, LandmarkEmbedding]:
        return sets_of(self._landmark_pieces())

    def _landmark_pieces(self) -> dict[str, LandmarkEmbedding]:
        """By layout. ``ibug.npz``, one merged set, is what earlier versions kept: what is newer goes before it."""
        stored = {
            path.stem: LandmarkEmbedding(**read_npz(path)) for path in sorted((self.folder / "landmarks").glob("*.npz"))
        }
        merged = stored.pop(IBUG, None)
        return stored if merged is None else {**pieces_of(merged), **stored}

    def _regions(self) -> Mapping[str, np.ndarray]:
        path = self.folder / "regions.npz"
        return read_npz(path) if path.exists() else {}

    def _eyelids(self) -> list[np.ndarray]:
        path = self.folder / "eyelids.npz"
        return list(read_npz(path).values()) if path.exists() else []

    def _display(self, model: FlameModel) -> DisplayMesh | None:
        path = self.folder / "template.npz"
        if not path.exists():
            return None
        template = read_npz(path)
        if not np.array_equal(template["faces"], model.faces):
            return None
        quads = (np.pad(faces, ((0, 0), (0, 1)), constant_values=-1) for faces in (model.faces, template["uv_faces"]))
        polygons, uv_polygons = quads
        return DisplayMesh(polygons, template["uv_coords"], uv_polygons)

    def inventory(self) -> tuple[tuple[str, str, bool], ...]:
        """What can be installed besides models: what it is, the name its file usually has, whether it is there."""
        pieces = self._landmark_pieces()
        sets = sets_of(pieces)
        return (
            ("68 landmarks", "landmark_embedding.npy", IBUG in sets),
            ("Sliding contour", "flame_dynamic_embedding.npy", CONTOUR in pieces),
            ("MediaPipe landmarks", "mediapipe_landmark_embedding.npz", MEDIAPIPE in sets),
            ("Regions", "FLAME_masks.pkl", (self.folder / "regions.npz").exists()),
            ("Eyelids", "l_eyelid.npy, r_eyelid.npy", len(self._eyelids()) == 2),
            ("UVs", "head_template.obj", (self.folder / "template.npz").exists()),
        )


def model_entry(path: Path, name: str | None = None) -> ModelEntry:
    """What the project's .npz at ``path`` says of itself, in a few hundred bytes; named after the file by default.

    Raises ModelError when it is not such a file.
    """
    said = read_npz(path, only=_SAID_OF_A_MODEL)
    absent = _SAID_OF_A_MODEL - said.keys()
    if absent:
        raise ModelError(f"{path}: expected a converted model, found no {', '.join(sorted(absent))}; install it again.")
    counts = int(said["n_identity"]), int(said["n_expression"])
    return ModelEntry(
        name or path.stem, path, str(said["fingerprint"]), str(said["release"]), len(said["weights"]), *counts
    )


def load_entry(entry: ModelEntry) -> FlameModel:
    """The arrays behind an entry. Raises ModelError when they are no longer those that were installed."""
    model = load_model(entry.path)
    if model.fingerprint != entry.fingerprint:
        expected, found = entry.fingerprint[:8], model.fingerprint[:8]
        raise ModelError(
            f"{entry.path}: expected arrays with fingerprint {expected}, found {found}; the file was changed, "
            "install it again."
        )
    return model


def _files_in(folder: Path) -> list[Path]:
    """The files in a folder and in those below it whose endings can be a FLAME file's, in order."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in READABLE_SUFFIXES and path.is_file()]


def _left_out(refused: Mapping[Path, ModelError]) -> str:
    return f"Not installed: {_named(refused)}." if refused else ""


def _named(refused: Mapping[Path, ModelError]) -> str:
    """The first files with what is wrong with them, and how many more there are."""
    named = [
        f"{path.name} ({str(error).removeprefix(str(path)).lstrip(': ').rstrip('.')})"
        if not isinstance(error, UselessFileError)
        else f"{path.name} ({error.looks})"
        for path, error in list(refused.items())[:MOST_NAMED]
    ]
    more = len(refused) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _free_name(stem: str, taken: set[str]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def _embedding_arrays(embedding: LandmarkEmbedding) -> dict[str, np.ndarray]:
    fields = {field.name: getattr(embedding, field.name) for field in dataclasses.fields(embedding)}
    return {name: value for name, value in fields.items() if value is not None}
