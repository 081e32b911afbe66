"""The user's installed FLAME files: recognised by content, converted once to plain .npz, kept in one folder.

The folder holds ``models/<name>.npz`` and, for the FLAME topology, ``landmarks/<set>.npz``, ``regions.npz``,
``eyelids.npz`` and ``template.npz``; ``textures/<name>`` is a folder for each texture model. Released files are read
only while installing; after that only these are.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import FlameError, ModelError, WriteError
from ..files.archive import read_npz
from ..files.json_text import parse_json
from ..files.meshes.template import load_template
from ..files.raw_arrays import shortened
from ..files.whole_files import told, write_whole
from ..flame.landmarks import LandmarkEmbedding
from ..flame.model import FLAME_TOPOLOGY, FlameModel
from ..long_work import part_of, result_of
from ..plain_text import as_name
from .embeddings import load_landmarks
from .eyelids import by_side, load_eyelid
from .free_names import free_name
from .installable import READABLE_SUFFIXES, files_in, may_be_read, stamp
from .landmark_sets import CONTOUR, FILES_OF_SET, IBUG, MEDIAPIPE, sets_of
from .loading import load_model
from .recognise import EYELID, LANDMARKS, MODEL, REGIONS, TEMPLATE, TEXTURE, Recognised, recognise
from .regions import load_regions_of
from .saving import save_model
from .texture_files import TextureFiles
from .topology_files import TopologyFiles

INSTALLABLE_FILES = "a FLAME model, landmarks, masks, eyelids, a template .obj or a texture model"
CHOICE = "model_for_new_heads.txt"
MOST_NAMED = 5  # files that are of no use, in one sentence
VHAP_VERTICES = 5143  # FLAME's and 120 of teeth behind them
LOOKED_AT = "looked_at.json"
_SAID_OF_A_MODEL = {
    "fingerprint": ("U", 0, "one text"),
    "release": ("U", 0, "one text"),
    "n_identity": ("iu", 0, "one whole number"),
    "n_expression": ("iu", 0, "one whole number"),
    "weights": ("f", 2, "a table of numbers"),
}


@dataclass(frozen=True)
class ModelEntry:
    """An installed model as a list shows it: read without loading the arrays.

    Attributes
    ----------
    name : str
        By which it is chosen.
    path : Path
        Its file.
    fingerprint : str
        SHA-256 of its arrays, by which heads know it.
    release : str
        Of which release it is, such as "FLAME 2020".
    n_vertices : int
        Vertices.
    n_identity : int
        Identity coefficients.
    n_expression : int
        Expression coefficients.
    """

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
    """What came of installing.

    Attributes
    ----------
    told : tuple of str
        A sentence for each file that was taken.
    left_out : str, default ""
        A sentence naming those that were not.
    """

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
        """One sentence for each installed file that cannot be used."""
        return (*self._looked_through()[1], *self.topology.damaged(), *self.textures.damaged())

    @property
    def topology(self) -> TopologyFiles:
        """What is there beside models."""
        return TopologyFiles(self.folder)

    @property
    def textures(self) -> TextureFiles:
        """The texture models."""
        return TextureFiles(self.folder)

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

        Every file is tried, whatever is wrong with others. Raises FlameError where none of them could be installed.
        """
        paths = [Path(path) for path in paths]
        told: list[str] = []
        refused: dict[Path, FlameError] = {}
        files = [file for path in paths for file in (files_in(path, refused) if os.path.isdir(path) else [path])]
        for done, file in enumerate(files):
            try:
                told.append((yield from part_of(self._installing(file), done / len(files), (done + 1) / len(files))))
            except FlameError as error:
                refused[file] = error
            yield (done + 1) / len(files)
        if told:
            return Installed(tuple(told), _left_out(refused))
        unwritten = next((error for error in refused.values() if isinstance(error, WriteError)), None)
        if unwritten is not None:
            raise unwritten
        if len(refused) == 1 and not os.path.isdir(paths[0]):
            raise next(iter(refused.values()))
        where = ", ".join(map(str, paths))
        found = f"only {_named(refused)}" if refused else "none"
        raise ModelError(f"{where}: expected {INSTALLABLE_FILES}, found {found}.")

    def _installing(self, path: Path) -> Generator[float, None, str]:
        found = recognise(path)
        if found is not None and found.kind == TEXTURE:
            return (yield from self.textures.installing(path))
        return self._install_file(path, found)

    def _install_file(self, path: Path, found: Recognised | None) -> str:
        kind = None if found is None else found.kind
        takers: dict[str | None, Callable[[Path], str]] = {
            MODEL: self._install_one_model,
            LANDMARKS: self._install_landmarks,
            REGIONS: self._install_regions,
            TEMPLATE: self._install_template,
            EYELID: self._install_eyelid,
            **self.topology.takers_of_bodies(),
        }
        if kind not in takers:
            looks = "nothing known" if found is None else found.description
            raise UselessFileError(path, looks)
        return takers[kind](path)

    def _install_one_model(self, path: Path) -> str:
        entry = self.install_model(path)
        counts = f"{entry.n_identity} + {entry.n_expression} coefficients"
        return f"{path.name}: installed as model {entry.name!r} (release {entry.release}, {counts})."

    def install_model(self, path: Path) -> ModelEntry:
        """Convert a model file, or find it when its arrays are installed already. Raises ModelError or WriteError."""
        model = load_model(path)
        known = self.models()
        same = next((entry for entry in known if entry.fingerprint == model.fingerprint), None)
        if same is not None:
            with contextlib.suppress(OSError):  # on a disk that is read only it stays where it was in the order
                os.utime(same.path)  # installed anew: now it is the last one
            return same
        folder = self.folder / "models"
        target = folder / f"{free_name(path.stem, [other.stem for other in folder.glob('*')])}.npz"
        save_model(model, target)
        return model_entry(target)

    def _install_landmarks(self, path: Path) -> str:
        embedding = load_landmarks(path)
        embedding.validate(FLAME_TOPOLOGY[1])
        self.topology.add_landmarks(embedding)
        sets = self._landmark_sets()
        if not sets:
            return f"{path.name}: sliding contour installed; it shows with fixed points: install {FILES_OF_SET[IBUG]}."
        there = (
            f"{name} ({each.count} points{'' if each.contour_faces is None else ' with the sliding contour'})"
            for name, each in sets.items()
        )
        return f"{path.name}: landmarks installed; the sets are now {', '.join(there)}."

    def _install_regions(self, path: Path) -> str:
        new, beyond = load_regions_of(path, FLAME_TOPOLOGY[0], VHAP_VERTICES)
        self.topology.add_regions(new)
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
        self.topology.set_uvs(template.faces, template.uv_coords, template.uv_faces)
        return f"{path.name}: UVs installed ({len(template.uv_coords)} points)."

    def _install_eyelid(self, path: Path) -> str:
        """Keep it in place of the same lid's; which side it is of is told by the template of the model that uses it."""
        count = self.topology.add_eyelid(load_eyelid(path))
        return f"{path.name}: eyelid installed{'' if count == 2 else ', one of two: install the other too'}."

    def install_new(self, paths: Iterable[Path]) -> tuple[list[str], list[str]]:
        """Install those of ``paths`` that were not looked at before; what was installed, and what is wrong.

        Files are known again by size and time, so that looking a second time costs nothing.
        """
        told: list[str] = []
        wrong: list[str] = []
        record = self.folder / LOOKED_AT
        looked_at = _record_in(record)
        for path in paths:
            if path.suffix.lower() not in READABLE_SUFFIXES or not may_be_read(path):
                continue
            if looked_at.get(str(path)) == stamp(path):
                continue
            looked_at[str(path)] = stamp(path)
            try:
                found = recognise(path)
                if found is not None and found.kind == TEXTURE:  # a minute's work, for which somebody must ask
                    wrong.append(f"{path}: a texture model is installed by Install FLAME Files alone.")
                    continue
                told.append(self._install_file(path, found))
            except WriteError as error:
                wrong.append(str(error))
                del looked_at[str(path)]  # nothing is wrong with the file: it is tried again
            except ModelError as error:
                wrong.append(str(error))
        if looked_at != _record_in(record):
            try:
                write_whole(record, json.dumps(looked_at).encode("ascii"))
            except WriteError as error:
                wrong.append(str(error))
        return told, wrong

    def installed_last(self) -> ModelEntry | None:
        """The FLAME model that was installed last, by the time of its copy; None where there is none."""
        known = [entry for entry in self.models() if entry.n_vertices == FLAME_TOPOLOGY[0]]
        return max(known, key=lambda entry: (stamp(entry.path)[1], entry.name), default=None)

    def chosen(self) -> str | None:
        """Fingerprint of the model that was chosen for new heads, installed or not; None for whichever is the last."""
        try:
            return (self.folder / CHOICE).read_text(encoding="ascii", errors="replace").strip() or None
        except OSError:  # mostly none was made; one that cannot be read is none
            return None

    def choose(self, fingerprint: str | None) -> None:
        """Keep a choice for new heads, or forget it. Raises WriteError where it cannot be kept."""
        write_whole(self.folder / CHOICE, (fingerprint or "").encode("ascii"))

    def remove(self, name: str) -> None:
        """Delete the installed copy of a model. Raises ModelError when there is none of that name, and WriteError."""
        entry = next((entry for entry in self.models() if entry.name == name), None)
        if entry is None:
            raise ModelError(f"{self.folder}: expected an installed model named {name!r}, found none.")
        with told(entry.path):
            entry.path.unlink(missing_ok=True)

    def load(self, entry: ModelEntry) -> FlameModel:
        """The model, with what is installed for its topology: landmarks, regions and UVs."""
        model = load_entry(entry)
        if (model.n_vertices, len(model.faces)) != FLAME_TOPOLOGY:
            return model
        more: dict = {"landmarks": {**self._landmark_sets(), **model.landmarks}}
        if not model.regions:
            more["regions"] = self._regions()
        more["eyelid_shapes"] = by_side(self.topology.eyelids(), model.v_template)
        if model.display is None:
            more["display"] = self.topology.display(model)
        return dataclasses.replace(model, **more)

    def _landmark_sets(self) -> dict[str, LandmarkEmbedding]:
        return self.topology.landmark_sets()

    def _regions(self) -> Mapping[str, np.ndarray]:
        return self.topology.regions()

    def inventory(self) -> tuple[tuple[str, str, bool], ...]:
        """What can be installed besides models: what it is, the name its file usually has, whether it is there."""
        pieces = self.topology.landmark_pieces()
        sets = sets_of(pieces)
        return (
            ("68 landmarks", "landmark_embedding.npy", IBUG in sets),
            ("Sliding contour", "flame_dynamic_embedding.npy", CONTOUR in pieces),
            ("MediaPipe landmarks", "mediapipe_landmark_embedding.npz", MEDIAPIPE in sets),
            ("Regions", "FLAME_masks.pkl", bool(self._regions())),
            ("Eyelids", "l_eyelid.npy, r_eyelid.npy", len(self.topology.eyelids()) == 2),
            ("UVs", "head_template.obj", self.topology.has_uvs()),
            *self.topology.inventory_of_bodies(),
            ("Texture model", "FLAME_texture.npz", bool(self.textures.entries())),
        )


def model_entry(path: Path, name: str | None = None) -> ModelEntry:
    """What the project's .npz at ``path`` says of itself, in a few hundred bytes; named after the file by default.

    Raises ModelError when it is not such a file.
    """
    said = read_npz(path, only=_SAID_OF_A_MODEL.keys())
    absent = _SAID_OF_A_MODEL.keys() - said.keys()
    if absent:
        raise ModelError(f"{path}: expected a converted model, found no {', '.join(sorted(absent))}; install it again.")
    for key, (kinds, n_axes, expected) in _SAID_OF_A_MODEL.items():
        value = said[key]
        if not isinstance(value, np.ndarray) or value.dtype.kind not in kinds or value.ndim != n_axes:
            raise ModelError(f"{path}: {key} must be {expected}, found {shortened(value)}; install it again.")
    counts = int(said["n_identity"]), int(said["n_expression"])
    texts = str(said["fingerprint"]), str(said["release"])
    return ModelEntry(name or as_name(path.stem), path, *texts, len(said["weights"]), *counts)


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


def _record_in(path: Path) -> dict:
    """What was looked at; nothing where the record is not there, or damaged: then all is looked at again."""
    try:
        found = parse_json(path.read_bytes(), str(path))
    except (OSError, ModelError):
        return {}
    return found if isinstance(found, dict) else {}


def _left_out(refused: Mapping[Path, FlameError]) -> str:
    return f"Not installed: {_named(refused)}." if refused else ""


def _named(refused: Mapping[Path, FlameError]) -> str:
    """The first files with what is wrong with them, and how many more there are."""
    named = [
        f"{path.name} ({str(error).removeprefix(str(path)).lstrip(': ').rstrip('.')})"
        if not isinstance(error, UselessFileError)
        else f"{path.name} ({error.looks})"
        for path, error in list(refused.items())[:MOST_NAMED]
    ]
    more = len(refused) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
