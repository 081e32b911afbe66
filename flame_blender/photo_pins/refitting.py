"""A head that answers to its pins, and photos that are added to a pinned head."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from .. import fitting
from ..blender_pointers import there
from ..clips import clip_camera
from ..errors import LandmarkError, ParameterError
from ..fitting.landmarks.definitions import DefinitionSpread
from ..fitting.landmarks.pinned import PinnedFit, PinnedView, fit_pins
from ..fitting.solver.graduated import RIGID
from ..flame.evaluator import FlameEvaluator
from ..flame.landmarks import landmark_points
from ..flame.params import FlameParams, padded
from ..geometry.camera import Camera
from ..geometry.rigid import rigid_alignment
from ..head import live, parameters
from ..head.create import landmark_set_of
from ..head.frame import standing
from ..head.landmarks import embedding_of
from ..head.properties import flame_of
from ..landmark_files.plausible import what_looks_wrong
from ..observations import marks
from ..observations.photo_camera import file_of
from ..scene_fits import pinned_photos
from ..scene_fits.kinds.photo import likely_focal
from ..scene_fits.photo_cameras import FITTED
from ..scene_fits.pinned_photos import Pin
from ..scene_fits.properties import BOTH, EXPRESSION, IDENTITY, fitted_of

VARIED = {BOTH: ("shape", "expression", "jaw"), IDENTITY: ("shape",), EXPRESSION: ("expression", "jaw")}


@dataclass(frozen=True, eq=False)
class Refitted:
    """How a head answered to its pins.

    Attributes
    ----------
    params : FlameParams
        What the head has now.
    errors : dict of bpy.types.Object to (P,) float64, pixels
        For each camera how far off its pins the head's places are, without those that give way to another photo's.
    """

    params: FlameParams
    errors: dict[bpy.types.Object, np.ndarray]


def refit(
    head: bpy.types.Object, varies: str = BOTH, *, move_cameras: bool = False, find_focal: bool = False
) -> Refitted:
    """Draw the head to its pins from where it is. Raises FlameError before anything has changed."""
    if varies not in VARIED:
        raise ParameterError(f"varies: expected one of {', '.join(VARIED)}, found {varies!r}.")
    evaluator = _ready(head)
    n_faces = len(evaluator.model.faces)
    pins = {camera: pinned_photos.checked_pins(head, camera, n_faces) for camera in pinned_photos.photos_of(head)}
    # a landmark that a hand has put somewhere in one photo is not held where it was seen by the others
    put = {pin.number for each in pins.values() for pin in each if pin.held and pin.number is not None}
    pins = {camera: [pin for pin in each if pin.held or pin.number not in put] for camera, each in pins.items()}
    pins = {camera: each for camera, each in pins.items() if each}
    if not pins:
        raise ParameterError(f"{head.name} has no pins: fit it to a photo, or click places on it.")
    views = [_view(head, camera, each) for camera, each in pins.items()]
    start = parameters.get_params(head)
    likely = pinned_photos.home_of(head, start)
    found = fit_pins(
        evaluator, views, start, vary=VARIED[varies], likely=likely, move_cameras=move_cameras, find_focal=find_focal
    )
    _set(head, found, VARIED[varies], list(pins) if move_cameras or find_focal else [])
    return Refitted(parameters.get_params(head), dict(zip(pins, found.errors, strict=True)))


def adding_photo(
    head: bpy.types.Object, camera: bpy.types.Object, focal: float | None = None
) -> Generator[float, None, Refitted]:
    """Find where another photo of a pinned head was taken, by its landmarks, and fit the head to all of its photos.

    One face: identity, expression and jaw are the same in all. Where its ``focal`` length is given, pixels, all keep
    theirs; None has them found. Yields the share that is done; raises FlameError, and like when it is closed early
    nothing has changed then.
    """
    evaluator = _ready(head)
    model, start = evaluator.model, parameters.get_params(head)
    found = pinned_photos.picked(camera, model)
    wrong = what_looks_wrong(found.observed, landmark_points(model.v_template, model.faces, found.embedding))
    if wrong:
        raise LandmarkError(" ".join(wrong))
    width, height = (int(side) for side in pinned_photos.sides_of(camera))
    likely = None if focal else likely_focal(file_of(camera), width, height)
    view = fitting.View(found.observed, width, height, focal, likely_focal=likely)
    steps = fitting.fitting_landmarks_2d(evaluator, found.embedding, [view], vary=RIGID, start=start)
    fit = yield from steps
    about = _about(evaluator, start, fit.params, there(fit.camera, "the camera of a fit"))
    pins = {camera: pinned_photos.landmark_pins(head, about, found, evaluator.vertices(start))}
    for other in pinned_photos.photos_of(head):
        if other != camera:
            pins[other] = pinned_photos.checked_pins(head, other, len(model.faces))
    count = len(pins)
    views = [
        _loose_view(model, about if each == camera else pinned_photos.camera_of_photo(head, each), pins[each], count)
        for each in pins
    ]
    both = fit_pins(evaluator, views, start, vary=VARIED[BOTH], move_cameras=True, find_focal=focal is None)
    _set(head, both, VARIED[BOTH], list(pins))
    _keep_homes(head, pins)
    fitted = fitted_of(head)
    if camera not in [each.camera for each in fitted.cameras]:
        fitted.cameras.add().camera = camera
    camera[FITTED] = head
    return Refitted(parameters.get_params(head), dict(zip(pins, both.errors, strict=True)))


def hold_where_seen(head: bpy.types.Object) -> None:
    """Let the head as it is be what its pins that were not dragged hold on to."""
    n_faces = len(_ready(head).model.faces)
    cameras = pinned_photos.photos_of(head)
    _keep_homes(head, {camera: pinned_photos.checked_pins(head, camera, n_faces) for camera in cameras})


def seen(head: bpy.types.Object, camera: Camera, pins: Sequence[Pin], vertices: np.ndarray) -> np.ndarray:
    """(P, 2) pixels: where the head, at ``vertices`` (V, 3) in FLAME's axes, has the places of pins."""
    faces = parameters.require_evaluator(flame_of(head)).model.faces
    triangles = np.array([pin.face for pin in pins], int)
    weights = np.array([pin.barycentric for pin in pins], np.float64).reshape(-1, 3)
    return camera.project(np.einsum("pc,pci->pi", weights, vertices[faces[triangles]]))


def _ready(head: bpy.types.Object) -> FlameEvaluator:
    evaluator = parameters.require_evaluator(parameters.require_head(head))
    parameters.require_own(head)
    why = live.blocked(head)
    if why is not None:
        raise ParameterError(why)
    there(bpy.context.view_layer, "a view layer").update()  # or what a script has moved is where it was
    return evaluator


def _view(head: bpy.types.Object, camera: bpy.types.Object, pins: Sequence[Pin]) -> PinnedView:
    """Pins that stay where they are, but for those that a hand has put elsewhere."""
    return PinnedView(
        pinned_photos.camera_of_photo(head, camera),
        np.array([pin.face for pin in pins], int),
        np.array([pin.barycentric for pin in pins], np.float64).reshape(-1, 3),
        np.array([pin.aim for pin in pins], np.float64).reshape(-1, 2),
        np.array([pin.held for pin in pins], bool),
    )


def _loose_view(model: Any, camera: Camera, pins: Sequence[Pin], count: int) -> PinnedView:
    """Landmarks of one of ``count`` photos that may be as far off as definitions differ; other pins hold their place.

    By how much definitions differ is the same in each photo, so that many tell no more of it than one.
    """
    embedding = embedding_of(model, landmark_set_of(model))
    rows = marks.row_of_number(embedding)
    loose = [pin for pin in pins if not pin.held and pin.number in rows]
    spread = DefinitionSpread.of(
        embedding, np.array([rows[pin.number] for pin in loose if pin.number is not None], int)
    )
    ordered = [pin for pin in pins if pin.held] + loose
    return PinnedView(
        camera,
        np.array([pin.face for pin in ordered], int),
        np.array([pin.barycentric for pin in ordered], np.float64).reshape(-1, 3),
        np.array([pin.pixel for pin in ordered], np.float64).reshape(-1, 2),
        np.array([pin.held for pin in ordered], bool),
        spread.times(count**0.5),
    )


def _about(evaluator: FlameEvaluator, before: FlameParams, after: FlameParams, camera: Camera) -> Camera:
    """The camera that sees a head as ``camera`` sees it once it is turned and moved from ``before`` to ``after``."""
    one, other = (evaluator.vertices(params).astype(np.float64) for params in (before, after))
    rotation, translation = rigid_alignment(one, other)
    return dataclasses.replace(
        camera,
        rotation=camera.rotation @ rotation,
        translation=camera.rotation @ translation + camera.translation,
    )


def _set(head: bpy.types.Object, found: PinnedFit, vary: Sequence[str], cameras: Sequence[bpy.types.Object]) -> None:
    """Give the head what was found, and put the cameras there that may move: in the order of the views."""
    start, own = parameters.get_params(head), parameters.get_own_params(head)
    fields: dict[str, Any] = {}
    for name in vary:  # what named controls add stays: the head's own take up the difference
        after, before = getattr(found.params, name), getattr(start, name)
        fields[name] = getattr(own, name) + (padded(name, after, before.shape[-1]) - before)
    parameters.set_params(head, {**fields, parameters.CONTROLS: parameters.scores_of(flame_of(head))})
    stand = standing(head)
    for obj, camera in zip(cameras, found.cameras, strict=False):
        clip_camera.aim(obj, camera, stand)


def _keep_homes(head: bpy.types.Object, pins: dict[bpy.types.Object, list[Pin]]) -> None:
    there(bpy.context.view_layer, "a view layer").update()
    vertices = parameters.evaluate(head)
    for camera, each in pins.items():
        kept = each
        if each:
            homes = seen(head, pinned_photos.camera_of_photo(head, camera), each, vertices)
            kept = [dataclasses.replace(pin, home=home) for pin, home in zip(each, homes, strict=True)]
        pinned_photos.keep_pins(camera, kept, head)
    pinned_photos.keep_home(head)
