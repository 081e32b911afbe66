"""Pins of a fitted head: dragged, added and removed, each change one step that can be undone and done again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import shown_scene, there
from ..errors import ParameterError
from ..flame.params import FlameParams
from ..geometry.camera import Camera
from ..geometry.piercing import meetings
from ..head import parameters
from ..head.properties import flame_of
from ..head.under_work import FileBefore, set_all
from ..scene_fits import pinned_photos
from ..scene_fits.pinned_photos import Pin
from ..scene_fits.properties import BOTH
from . import refitting
from .photos import look_through

# what a refit may change of a camera and of its data
PLACES = ("rotation_mode", "location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle")
LENSES = ("sensor_fit", "sensor_width", "type", "lens", "ortho_scale", "shift_x", "shift_y")


@dataclass(frozen=True, eq=False)
class _State:
    """Pins by camera, the head's own parameters and scores, and where the cameras are."""

    pins: dict[str, list[Pin]]
    params: FlameParams
    scores: np.ndarray
    cameras: dict[str, list[tuple[Any, str, Any]]]


class PinEditing:
    """The pins of a head on its photos, while they are edited. Raises ParameterError where the head has no photo.

    ``camera`` is that of the photo that is shown. Pixels are the photo's, x right, y down.
    """

    def __init__(self, head: bpy.types.Object, camera: bpy.types.Object | None = None) -> None:
        self.head = head
        self.model = parameters.require_evaluator(parameters.require_head(head)).model
        parameters.require_own(head)
        self.cameras = [each for each in pinned_photos.photos_of(head) if not pinned_photos.waits(each)]
        if not self.cameras:
            raise ParameterError(f"{head.name} has no photo with pins: fit it to a photo first.")
        self.pins = {each.name: self._checked(each) for each in self.cameras}
        self.camera = camera if camera in self.cameras else self.cameras[0]
        if head.get(pinned_photos.HOME) is None:
            pinned_photos.keep_home(head)
        self._abouts: dict[str, Camera] = {}
        self._look()
        self._states, self._now = [self._state()], 0
        self._before = FileBefore(shown_scene())
        look_through(self.camera)

    @property
    def shown(self) -> list[Pin]:
        """The pins of the photo that is shown, in its order."""
        return self.pins[self.camera.name]

    @property
    def about(self) -> Camera:
        """The camera of that photo about the head, as both were after the last step."""
        name = self.camera.name
        if name not in self._abouts:  # asks Blender, which drawing had better not
            self._abouts[name] = pinned_photos.camera_of_photo(self.head, self.camera)
        return self._abouts[name]

    def show(self, by: int) -> None:
        """Go on to the next photo, or back."""
        self.camera = self.cameras[(self.cameras.index(self.camera) + by) % len(self.cameras)]
        look_through(self.camera)

    def seen(self) -> np.ndarray:
        """(P, 2) pixels: where the head has the places of the pins that are shown."""
        pins = self.shown
        return refitting.seen(self.head, self.about, pins, self.vertices) if pins else np.empty((0, 2))

    def wires(self) -> np.ndarray:
        """(E, 2, 2) pixels: the edges of the head's triangles that are turned to the camera."""
        pixels, faces = self.about.project(self.vertices), self.model.faces
        one, other = (pixels[faces[:, corner]] - pixels[faces[:, 0]] for corner in (1, 2))
        turned = one[:, 0] * other[:, 1] < one[:, 1] * other[:, 0]  # the photo's y goes down
        edges = np.sort(faces[turned][:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        return pixels[np.unique(edges, axis=0)]

    def place_under(self, pixel: np.ndarray) -> tuple[int, np.ndarray] | None:
        """Triangle and barycentric weights (3,) of the head's surface under a place of the photo; None beside it."""
        camera = self.about
        ray = np.array([*((np.asarray(pixel, np.float64) - camera.intrinsics[2:]) / camera.intrinsics[:2]), 1.0])
        start = -camera.translation @ camera.rotation
        along = ray @ camera.rotation
        if camera.orthographic:
            start, along = start + (ray * (1, 1, 0)) @ camera.rotation, camera.rotation[2]
        corners = self.vertices[self.model.faces].astype(np.float64)
        met, share = meetings(start, along, corners)
        met &= share > 0
        if not met.any():
            return None
        face = int(np.where(met, share, np.inf).argmin())
        place, sums = start + share[face] * along, np.vstack([corners[face].T, np.ones(3)])
        weights = np.linalg.lstsq(sums, [*place, 1.0], rcond=None)[0]
        weights = np.clip(weights, 0, None)
        return face, weights / weights.sum()

    def add(self, pixel: np.ndarray) -> int | None:
        """Pin the place of the head under a place of the photo; the pin's row, or None beside the head."""
        found = self.place_under(pixel)
        if found is None:
            return None
        self.shown.append(Pin(pixel=np.array(pixel, np.float64), face=found[0], barycentric=found[1]))
        return len(self.shown) - 1

    def drag(self, row: int, pixel: np.ndarray) -> None:
        """The pin follows the pointer."""
        self.shown[row] = dataclasses.replace(self.shown[row], pixel=np.array(pixel, np.float64), held=True)

    def call_off(self) -> None:
        """Forget what was dragged or added since the last step."""
        self._go_to(self._now)

    def settle(self) -> None:
        """Save the pins as they are, and leave the head as it is: one step."""
        self._keep()
        self._remember()

    def let_go(self, varies: str = BOTH, *, move_cameras: bool = False, find_focal: bool = False) -> None:
        """Save the pins and draw the head to them: one step. Raises FlameError; all is as before the step then."""
        self.follow(varies, move_cameras=move_cameras, find_focal=find_focal)
        self._remember()

    def follow(self, varies: str = BOTH, *, move_cameras: bool = False, find_focal: bool = False) -> None:
        """Draw the head to the pins on their way: what :meth:`let_go` does, without a step."""
        try:
            self._keep()
            if any(self.pins.values()):
                refitting.refit(self.head, varies, move_cameras=move_cameras, find_focal=find_focal)
        except BaseException:
            self._go_to(self._now)
            raise
        self._look()

    def remove(self, row: int) -> None:
        """Take a pin away; the head stays as it is: one step."""
        del self.shown[row]
        self.settle()

    def undo(self) -> bool:
        """Go one step back; whether there was one."""
        return self._step(-1)

    def redo(self) -> bool:
        """Go one step on again; whether there was one."""
        return self._step(1)

    def put_back(self) -> None:
        """Leave everything as it was before the first step."""
        self._go_to(0)
        self._before.put_back()

    @property
    def changed(self) -> bool:
        """Whether anything differs from before the first step."""
        return self._now > 0

    def _checked(self, camera: bpy.types.Object) -> list[Pin]:
        return pinned_photos.checked_pins(self.head, camera, len(self.model.faces))

    def _keep(self) -> None:
        for camera in self.cameras:
            pinned_photos.keep_pins(camera, self.pins[camera.name], self.head)

    def _look(self) -> None:
        there(bpy.context.view_layer, "a view layer").update()
        self.vertices, self._abouts = parameters.evaluate(self.head), {}

    def _remember(self) -> None:
        self._states = [*self._states[: self._now + 1], self._state()]
        self._now += 1

    def _step(self, by: int) -> bool:
        if not 0 <= self._now + by < len(self._states):
            return False
        self._now += by
        self._go_to(self._now)
        return True

    def _state(self) -> _State:
        head, cameras = flame_of(self.head), {}
        for camera in self.cameras:
            settings = [(camera, name) for name in PLACES] + [(camera.data, name) for name in LENSES]
            cameras[camera.name] = [(owner, name, _copied(getattr(owner, name))) for owner, name in settings]
        pins = {name: list(each) for name, each in self.pins.items()}
        return _State(pins, parameters.get_own_params(self.head), parameters.scores_of(head), cameras)

    def _go_to(self, number: int) -> None:
        state, self._now = self._states[number], number
        self.pins = {name: list(each) for name, each in state.pins.items()}
        set_all(self.head, state.params, state.scores)
        for camera in self.cameras:
            for owner, name, value in state.cameras[camera.name]:
                if _copied(getattr(owner, name)) != value:
                    setattr(owner, name, value)
        self._keep()
        self._look()


def _copied(value: Any) -> Any:
    """Of Blender's property, to be compared and put back."""
    return value if isinstance(value, str | float) else tuple(value)
