"""Many files fitted one after the other, without the scene: parameters and a report beside each other in a folder."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FlameError, ParameterError
from ..files.whole_files import check_writable, whole_files
from ..fitting.reports.outcome import Fit
from ..fitting.solver.preview import no_preview
from ..flame.params import FlameParams
from ..long_work import part_of
from ..sequences.project_npz import save_sequence
from ..sequences.sequence import FlameSequence, Found
from .head_to_fit import head_to_fit
from .kinds import KINDS
from .options import FileFitOptions
from .prepared import Prepared


def fitting(
    paths: list[Path], out_folder: Path, options: FileFitOptions
) -> Generator[float, None, list[dict[str, Any]]]:
    """Fit each file; what each JSON holds.

    Raises ParameterError for choices that are wrong for all of them, WriteError where the folder cannot be written to.
    """
    kinds = {kind.KEY.lower(): (kind, kind.from_file) for kind in KINDS if kind.from_file is not None}
    if options.kind not in kinds:
        raise ParameterError(f"kind: expected one of {', '.join(map(repr, kinds))}, found {options.kind!r}.")
    (kind, from_file), to = kinds[options.kind], head_to_fit(None, options.model)
    options_of = [from_file(path, options) for path in paths]
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
            ready = kind.prepare(options_of[index], to, no_preview)
            fit = yield from part_of(ready.steps, begin, end)
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
