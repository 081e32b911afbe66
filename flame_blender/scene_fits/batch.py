"""Many files fitted one after the other, without the scene: parameters and a report beside each other in a folder."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FlameError, ParameterError
from ..files.mesh_file import read_mesh
from ..files.whole_files import check_writable, whole_files
from ..fitting.reports.outcome import Fit
from ..fitting.solver.preview import no_preview
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..long_work import part_of
from ..observations.landmark_sources import file_beside, in_photo, in_space
from ..observations.scans import WorldScan
from ..sequences.project_npz import save_sequence
from ..sequences.sequence import FlameSequence, Found
from . import at_landmarks, at_mesh, at_photo, at_scan
from .at_photo import size_of
from .choices import Choices
from .prepared import Prepared

KINDS = ("landmarks", "photo", "mesh", "scan", "basel")


@dataclass(frozen=True, eq=False)
class Options:
    """What holds for all files: the arguments of ``api.fit_files``."""

    kind: str
    landmarks: Path | None
    correspondence: Path | None
    choices: Choices
    with_offsets: bool = False
    focal: float | None = None


def fitting(paths: list[Path], out_folder: Path, options: Options) -> Generator[float, None, list[dict[str, Any]]]:
    """Fit each file; what each JSON holds.

    Raises ParameterError for choices that are wrong for all of them, WriteError where the folder cannot be written to.
    """
    if options.kind not in KINDS:
        raise ParameterError(f"kind: expected one of {', '.join(map(repr, KINDS))}, found {options.kind!r}.")
    if options.kind == "basel" and options.correspondence is None:
        raise ParameterError("Basel meshes need the file BFM_to_FLAME_corr.npz; without it fit them as scans.")
    names = [path.stem.casefold() for path in paths]  # on Windows and macOS A.json is a.json
    twice = sorted({path.stem for path, name in zip(paths, names, strict=True) if names.count(name) > 1})
    if twice:
        raise ParameterError(f"Reports are named after the files, but several are called {twice[0]!r}: rename them.")
    for path in paths:
        check_writable(out_folder / f"{path.stem}.json")
    reports = []
    for index, path in enumerate(paths):
        begin, end = index / len(paths), (index + 1) / len(paths)
        report: dict[str, Any] = {"file": str(path), "fitted": False}
        try:
            ready = _PREPARE[options.kind](path, options)
            fit = yield from part_of(ready.start(no_preview), begin, end)
        except (FlameError, OSError) as error:
            report["error"] = str(error)
            fit = None
        with whole_files(out_folder / f"{path.stem}.json") as folder:
            if fit is not None:
                report |= _written(folder / f"{path.stem}.npz", fit, ready)
            text = json.dumps(report, indent=1, ensure_ascii=False)
            (folder / f"{path.stem}.json").write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"))
        reports.append(report)
        yield end
    return reports


def _written(path: Path, fit: Fit, ready: Prepared) -> dict[str, Any]:
    params = fit.params
    one_frame = {name: getattr(params, name) for name in ("shape", "offsets", "eyelids")}
    moving = {
        name: getattr(params, name)[None]
        for name in ("expression", "global_rotation", "neck", "jaw", "left_eye", "right_eye", "translation")
    }
    entry, placement = ready.entry, ready.placement
    found = Found(params.shape.shape[-1], params.expression.shape[-1])
    clip = FlameSequence(
        FlameParams(**one_frame, **moving),
        source=fit.report.kind,
        camera=fit.camera,
        release=entry.release,
        found=found,
    )
    save_sequence(clip.with_notes(*fit.report.notes, *ready.all_notes), path)
    told: dict[str, Any] = {"fitted": True, "parameters": path.name, "model": entry.name, "scale": fit.scale}
    if placement is not None:
        told["taken_to_be_in"] = placement.told
        told["head_to_file"] = np.array(placement.head_matrix(fit.scale)).tolist()
    if fit.camera is not None:
        told["focal_pixels"] = np.asarray(fit.camera.intrinsics).ravel()[:2].tolist()
    return told | {"report": fit.report.as_dict()}


def _model(options: Options) -> FlameModel:
    return options.choices.evaluator.model


def _to_landmarks(path: Path, options: Options) -> Prepared:
    return at_landmarks.prepared(in_space(path, _model(options)), options.choices)


def _to_photo(path: Path, options: Options) -> Prepared:
    beside = file_beside(path, options.landmarks)
    if beside is None:
        raise ParameterError(f"{path}: expected its landmarks in a file of the same name, found none.")
    size = size_of(path)
    return at_photo.prepared(
        [at_photo.Photo(in_photo(beside, _model(options), size), *size, path, options.focal)], options.choices
    )


def _to_mesh(path: Path, options: Options) -> Prepared:
    return at_mesh.prepared(at_mesh.vertices_of(path), options.choices)


def _to_basel(path: Path, options: Options) -> Prepared:
    return at_mesh.prepared_basel(at_mesh.vertices_of(path), options.correspondence, options.choices)


def _to_scan(path: Path, options: Options) -> Prepared:
    file, beside = read_mesh(path, with_faces=True), file_beside(path, options.landmarks)
    found = None if beside is None else in_space(beside, _model(options))
    seen = WorldScan.of_mesh(file.vertices, file.faces)
    return at_scan.prepared(seen, options.choices, found, at_scan.ScanOptions(options.with_offsets))


_PREPARE = {
    "landmarks": _to_landmarks, "photo": _to_photo, "mesh": _to_mesh, "scan": _to_scan, "basel": _to_basel,
}  # fmt: skip
