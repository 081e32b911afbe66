"""From the choices of the Fit panel to a fit, and why one cannot be made yet."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import bpy

from ..clips.clip_camera import SENSOR
from ..errors import ParameterError
from ..head.active import active_head
from ..observations.landmark_sources import FoundLandmarks, in_photo, in_space
from ..observations.scans import read_scan
from . import at_cameras, at_landmarks, at_mesh, at_photo, at_scan, properties, stage
from .choices import Choices, chosen
from .properties import BASEL, CAMERAS, LANDMARKS, MESH, PHOTO, SCAN, FLAME_PG_fit
from .stage import FittedHead

Steps = Generator[float, None, FittedHead]


def missing(settings: FLAME_PG_fit, kind: str) -> str | None:
    """What has to be chosen before a fit of this kind, for a button's tooltip; None when all is there."""
    landmarks = bool(settings.landmark_file) or bool(properties.picked(settings))
    if kind == SCAN and settings.scan is None:
        return "Choose a scan first"
    if kind == LANDMARKS and not landmarks:
        return "Pick landmarks on a scan, or choose empties or a landmark file, first"
    if kind == PHOTO and not settings.landmark_file:
        return "Choose the photo's landmark file first"
    if kind == CAMERAS and len(at_cameras.cameras_of(settings.cameras)) < at_cameras.LEAST:
        return "Choose a collection with two cameras or more first"
    if kind in (MESH, BASEL) and settings.scan is None and not settings.mesh_file:
        return "Choose a mesh or a mesh file first"
    return None


def steps(context: bpy.types.Context, kind: str) -> Steps:
    """The fit that the panel asks for. Raises FlameError where a choice is wrong, before anything is changed."""
    settings = context.scene.flame_fit
    reason = missing(settings, kind)
    if reason is not None:
        raise ParameterError(f"{reason}.")
    head = None if settings.new_head or context.object == settings.scan else active_head(context)
    if head is not None and head == settings.scan:
        head = None  # the scan stays as it is, even if it is a head
    choices = chosen(head, None, settings.units, settings.axes, settings.fit_scale)
    return _STEPS[kind](settings, choices)


def _to_scan(settings: FLAME_PG_fit, choices: Choices) -> Steps:
    found = _landmarks(settings, choices)
    ready = at_scan.prepared(read_scan(settings.scan), choices, found, at_scan.ScanOptions(settings.with_offsets))
    return stage.fitting(ready, choices, settings.scan)


def _to_landmarks(settings: FLAME_PG_fit, choices: Choices) -> Steps:
    found = _landmarks(settings, choices)
    if found is None:
        raise ParameterError("Expected landmarks, found none.")
    return stage.fitting(at_landmarks.prepared(found, choices), choices, settings.scan)


def _to_photo(settings: FLAME_PG_fit, choices: Choices) -> Steps:
    path = _path(settings.photo)
    if path is None:
        raise ParameterError("Choose the photo that the landmarks are of first.")
    size = at_photo.size_of(path)
    model = choices.evaluator.model
    found = in_photo(properties.landmark_path(settings), model, size)
    focal = settings.lens / SENSOR * size[0] if settings.lens else None
    return at_photo.fitting([at_photo.Photo(found, *size, path, focal)], choices)


def _to_cameras(settings: FLAME_PG_fit, choices: Choices) -> Steps:
    return at_cameras.fitting(at_cameras.cameras_of(settings.cameras), choices)


def _to_mesh(settings: FLAME_PG_fit, choices: Choices) -> Steps:
    source = _path(settings.mesh_file) or settings.scan
    return stage.fitting(at_mesh.prepared(at_mesh.vertices_of(source), choices), choices, _object(source))


def _to_basel(settings: FLAME_PG_fit, choices: Choices) -> Steps:
    correspondence = _path(settings.correspondence)
    if correspondence is None and settings.scan is None:
        raise ParameterError("Without BFM_to_FLAME_corr.npz a Basel mesh must be an object in the scene: import it.")
    if correspondence is None:
        return _to_scan(settings, choices)
    source = _path(settings.mesh_file) or settings.scan
    ready = at_mesh.prepared_basel(at_mesh.vertices_of(source), correspondence, choices)
    return stage.fitting(ready, choices, _object(source))


def _object(source: bpy.types.Object | Path) -> bpy.types.Object | None:
    return source if isinstance(source, bpy.types.Object) else None


_STEPS: dict[str, Callable[[FLAME_PG_fit, Choices], Steps]] = {
    SCAN: _to_scan,
    LANDMARKS: _to_landmarks,
    PHOTO: _to_photo,
    CAMERAS: _to_cameras,
    MESH: _to_mesh,
    BASEL: _to_basel,
}


def _landmarks(settings: FLAME_PG_fit, choices: Choices) -> FoundLandmarks | None:
    """Those of the file, else the empties; None where there are neither."""
    model = choices.evaluator.model
    path = properties.landmark_path(settings)
    if path is not None:
        return in_space(path, model, scan=settings.scan)
    empties = properties.picked(settings)
    return in_space(empties, model) if empties else None


def _path(text: str) -> Path | None:
    return Path(bpy.path.abspath(text)) if text else None
