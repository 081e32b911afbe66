"""Photos with pins: what is saved of them, on their cameras as ``Object.flame_photo``.

Places in a photo are saved in shares of its sides, so that they stay where they are when the picture is replaced by a
larger or smaller one of the same.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import bpy
import numpy as np
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..blender_pointers import shown_scene
from ..errors import ParameterError
from ..fitting.landmarks.views import UPRIGHT
from ..flame.landmarks import YAW_SIGN_SILHOUETTE, LandmarkEmbedding, contour_degrees, row_of_degrees
from ..flame.model import FlameModel
from ..flame.params import FlameParams
from ..geometry.camera import Camera
from ..geometry.rotations import matrix_from_axis_angle
from ..head import parameters
from ..head.create import landmark_set_of
from ..head.landmarks import embedding_of
from ..head.properties import flame_of
from ..landmark_files.observed import ObservedLandmarks
from ..observations import marks
from ..observations.landmark_sources import FoundLandmarks
from ..observations.photo_camera import camera_about, photo_of
from ..shading import pictures

NO_LANDMARK, NOWHERE = -1, -1
OWN: Any = {"HIDDEN"}  # no panel shows what is saved of pins
HOME = "flame_pins_home"  # of a head: identity, expression and jaw that are likeliest beside its pins
SAME_SHAPE = 1.02  # between the sides' ratios of a photo and of the one that the pins were placed on
FARTHEST = 1e7  # pixels from a photo's corner
ROUNDING = 1e-3  # of barycentric weights that were saved


class FLAME_PG_pin(bpy.types.PropertyGroup):
    """A place of a head's surface at a place of a photo."""

    number: Annotated[
        int,
        IntProperty(
            name="Number", description="The landmark's number; -1: any place", options=OWN, default=NO_LANDMARK
        ),
    ]
    place: Annotated[
        Sequence[float],
        FloatVectorProperty(
            name="Place", description="Where the pin is, in shares of the photo's sides", options=OWN, size=2
        ),
    ]
    home: Annotated[
        Sequence[float],
        FloatVectorProperty(
            name="Home", description="Where the fitted head had it, in shares of the photo's sides", options=OWN, size=2
        ),
    ]
    face: Annotated[
        int,
        IntProperty(
            name="Triangle", description="The model's triangle; -1: not known yet", options=OWN, default=NOWHERE
        ),
    ]
    barycentric: Annotated[
        Sequence[float],
        FloatVectorProperty(name="Barycentric", description="Where in the triangle the place is", options=OWN, size=3),
    ]
    held: Annotated[bool, BoolProperty(name="Held", description="A hand has put the pin there", options=OWN)]


class FLAME_PG_pinned_photo(bpy.types.PropertyGroup):
    """The pins of a camera's photo."""

    head: Annotated[
        bpy.types.Object | None,
        PointerProperty(
            name="Pinned Head Object", description="The head on the photo", options=OWN, type=bpy.types.Object
        ),
    ]
    fingerprint: Annotated[
        str,
        StringProperty(
            name="Pins' Model", description="SHA-256 of the model that the pins' triangles are of", options=OWN
        ),
    ]
    aspect: Annotated[
        float,
        FloatProperty(
            name="Aspect", description="Width by height of the photo that the pins were placed on", options=OWN
        ),
    ]
    pins: Annotated["bpy.types.bpy_prop_collection_idprop[FLAME_PG_pin]", CollectionProperty(type=FLAME_PG_pin)]


CLASSES = (FLAME_PG_pin, FLAME_PG_pinned_photo)


def register() -> None:
    """Attach the group; the classes are registered before."""
    objects: Any = bpy.types.Object
    objects.flame_photo = PointerProperty(name="FLAME Photo", type=FLAME_PG_pinned_photo)


def unregister() -> None:
    """Take it away; its data stays in the file."""
    objects: Any = bpy.types.Object
    del objects.flame_photo


@dataclass(frozen=True, eq=False, kw_only=True)
class Pin:
    """A place of the head's surface at a place of a photo.

    Attributes
    ----------
    pixel : (2,) float64, pixels
        Where the pin is, from the photo's top left corner, x right, y down.
    face : int, default -1
        The model's triangle; -1 while a landmark waits for its fit.
    barycentric : (3,) float64, default zeros
        Where in the triangle.
    number : int or None, default None
        The number of a landmark.
    held : bool, default True
        Whether a hand has put it there. Pins of a fit that were not touched hold their place on the head instead.
    home : (2,) float64 or None, pixels, default None
        Where the fit had the place of such a pin.
    """

    pixel: np.ndarray
    face: int = NOWHERE
    barycentric: np.ndarray | Sequence[float] = (0.0, 0.0, 0.0)
    number: int | None = None
    held: bool = True
    home: np.ndarray | None = None

    @property
    def aim(self) -> np.ndarray:
        """(2,) pixels: where a refit wants it."""
        return self.pixel if self.held or self.home is None else self.home


def pinned(camera: bpy.types.Object) -> FLAME_PG_pinned_photo:
    """What is saved of a camera's pins."""
    known: Any = camera
    return known.flame_photo


def photos_of(head: bpy.types.Object) -> list[bpy.types.Object]:
    """The cameras with pins of a head that are in the scene, by name: it may be renamed, they may be deleted."""
    objects = (obj for obj in shown_scene().objects if obj.type == "CAMERA" and pinned(obj).head == head)
    return sorted(objects, key=lambda obj: obj.name)


def pins_of(camera: bpy.types.Object) -> list[Pin]:
    """The pins of a camera's photo. Raises ParameterError where the photo is gone, or another."""
    sides, found = sides_of(camera), []
    for pin in pinned(camera).pins:
        number = None if pin.number == NO_LANDMARK else pin.number
        found.append(
            Pin(
                pixel=np.array(pin.place, np.float64) * sides,
                face=pin.face,
                barycentric=np.array(pin.barycentric, np.float64),
                number=number,
                held=pin.held,
                home=np.array(pin.home, np.float64) * sides,
            )
        )
    return found


def keep_pins(camera: bpy.types.Object, pins: Iterable[Pin], head: bpy.types.Object | None) -> None:
    """Save these pins of the camera's photo, of this head, in place of those there were.

    Raises ParameterError for a camera of another file.
    """
    if not _is_own(camera):
        raise ParameterError(f"{camera.name} comes from another file, so that no pins are kept with it: append it.")
    photo, sides = pinned(camera), np.array(pictures.size_of(photo_of(camera)), np.float64)
    photo.pins.clear()
    photo.head, photo.aspect = head, sides[0] / sides[1]
    photo.fingerprint = "" if head is None else flame_of(head).fingerprint
    for pin in pins:
        item = photo.pins.add()
        item.number = NO_LANDMARK if pin.number is None else pin.number
        item.place, item.home = (
            (pin.pixel / sides).tolist(),
            ((pin.aim if pin.home is None else pin.home) / sides).tolist(),
        )
        item.face, item.barycentric, item.held = int(pin.face), [float(part) for part in pin.barycentric], pin.held


def is_anothers(camera: bpy.types.Object, head: bpy.types.Object | None) -> bool:
    """Whether the camera's photo has pins of another head that is there."""
    owner = pinned(camera).head
    return owner is not None and owner != head and bool(owner.users_collection) and len(pinned(camera).pins) > 0


def waits(camera: bpy.types.Object) -> bool:
    """Whether landmarks of the camera's photo wait for a fit, which tells where on the head they are."""
    return any(pin.face == NOWHERE for pin in pinned(camera).pins)


def numbered(camera: bpy.types.Object) -> bool:
    """Whether landmarks are pinned on the camera's photo, so that a head can be fitted to them."""
    return any(pin.number != NO_LANDMARK for pin in pinned(camera).pins)


def picked(camera: bpy.types.Object, model: FlameModel) -> FoundLandmarks:
    """The landmarks that are pinned on the camera's photo, as rows of the model's usual set.

    Raises FlameError where there are none, or others than the model's.
    """
    name = landmark_set_of(model)
    embedding = embedding_of(model, name)
    rows = marks.row_of_number(embedding)
    pins = {pin.number: pin for pin in pins_of(camera) if pin.number is not None}
    unknown = sorted(set(pins) - set(rows))
    if unknown or not pins:
        found = f"number {unknown[0]}" if unknown else "none"
        raise ParameterError(
            f"{camera.name}: expected landmarks of the {embedding.count} of {name!r} on its photo, found {found}; pick "
            "them again."
        )
    pixels = np.array([pin.pixel for pin in pins.values()])
    return FoundLandmarks(embedding, ObservedLandmarks(pixels, np.array([rows[number] for number in pins])), name)


def sides_of(camera: bpy.types.Object) -> np.ndarray:
    """(2,) width and height of the camera's photo. Raises ParameterError where it is gone, or another than before."""
    width, height = pictures.size_of(photo_of(camera))
    if not has_its_shape(camera):
        raise ParameterError(
            f"{camera.name}: expected a photo {pinned(camera).aspect:.3g} times as wide as high, which its pins were "
            f"placed on, found {width} x {height} pixels; choose that photo again, or remove the pins."
        )
    return np.array([width, height], np.float64)


def has_its_shape(camera: bpy.types.Object) -> bool:
    """Whether the camera's photo has the proportions of the one that its pins were placed on."""
    width, height = pictures.size_of(photo_of(camera))
    aspect = pinned(camera).aspect
    return aspect <= 0 or 1 / SAME_SHAPE < width / height / aspect < SAME_SHAPE


def checked_pins(head: bpy.types.Object, camera: bpy.types.Object, n_faces: int) -> list[Pin]:
    """The pins of a head's photo that are on its surface. Raises ParameterError where they cannot be the head's."""
    photo = pinned(camera)
    if not len(photo.pins):
        return []
    if photo.fingerprint != flame_of(head).fingerprint:
        raise ParameterError(
            f"{camera.name}: its pins are of another model than {head.name}; fit the photo with this head, or remove "
            "the pins."
        )
    pins = [pin for pin in pins_of(camera) if pin.face != NOWHERE]
    for pin in pins:
        check_pin(pin, n_faces, head.name, camera.name)
    return pins


def check_pin(pin: Pin, n_faces: int, head: str, camera: str) -> None:
    """Raise ParameterError for a pin that is not on one of the ``n_faces`` triangles of a head, or nowhere."""
    weights, pixel = np.asarray(pin.barycentric, np.float64), np.asarray(pin.aim, np.float64)
    shaped = weights.shape == (3,) and pixel.shape == (2,)
    sound = shaped and abs(weights.sum() - 1) < ROUNDING and bool((np.abs(pixel) < FARTHEST).all())
    if not (0 <= pin.face < n_faces and sound):
        raise ParameterError(
            f"{camera}: expected pins on the {n_faces} triangles of {head}, found one on triangle {pin.face} with "
            f"weights {weights.tolist()} at pixel {pixel.tolist()}; remove the pins."
        )


def remove_pins(head: bpy.types.Object) -> None:
    """Take the pins off all photos of the head."""
    for camera in photos_of(head):
        photo = pinned(camera)
        photo.pins.clear()
        photo.head, photo.aspect, photo.fingerprint = None, 0.0, ""
    if head.get(HOME) is not None:
        del head[HOME]


def camera_of_photo(head: bpy.types.Object, camera: bpy.types.Object) -> Camera:
    """The camera in FLAME's axes of the head, for pixels of its photo. Raises ParameterError."""
    return camera_about(head, camera, pictures.size_of(photo_of(camera)), shown_scene())


def places_of(
    embedding: LandmarkEmbedding, camera: Camera, global_rotation: np.ndarray, neck: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (L,) and barycentric weights (L, 3) of landmarks, the contour where this camera sees the outline."""
    triangles, barycentric = embedding.static_faces, embedding.static_barycentric
    if embedding.contour_faces is None or embedding.contour_barycentric is None:
        return triangles, barycentric
    turned = UPRIGHT @ camera.rotation @ matrix_from_axis_angle(global_rotation) @ matrix_from_axis_angle(neck)
    row = row_of_degrees(contour_degrees(turned, YAW_SIGN_SILHOUETTE))
    return (
        np.concatenate([embedding.contour_faces[row], triangles]),
        np.concatenate([embedding.contour_barycentric[row], barycentric]),
    )


def landmark_pins(head: bpy.types.Object, camera: Camera, found: FoundLandmarks, vertices: np.ndarray) -> list[Pin]:
    """Pins of landmarks where a fitted head, at ``vertices`` (V, 3) in FLAME's axes, has them before a camera."""
    model, params = parameters.require_evaluator(flame_of(head)).model, parameters.get_params(head)
    triangles, barycentric = places_of(found.embedding, camera, params.global_rotation, params.neck)
    rows = found.observed.indices
    points = np.einsum("pc,pci->pi", barycentric[rows], vertices[model.faces[triangles[rows]]])
    homes = camera.project(points)
    numbers = [int(found.embedding.names[row].partition(" ")[0]) for row in rows]
    return [
        Pin(pixel=pixel, face=int(triangles[row]), barycentric=barycentric[row], number=number, held=False, home=home)
        for pixel, row, number, home in zip(found.observed.points, rows, numbers, homes, strict=True)
    ]


def keep_landmarks(
    head: bpy.types.Object, cameras: Sequence[bpy.types.Object], found: Sequence[FoundLandmarks]
) -> None:
    """Let the landmarks that a head was fitted to stay as pins of their photos."""
    if not cameras:
        return
    vertices = parameters.evaluate(head)
    for camera, landmarks in zip(cameras, found, strict=True):
        if not _is_own(camera):  # which keeps none, as Edit Pins says
            continue
        same = pinned(camera).head == head and has_its_shape(camera)
        others = [pin for pin in pins_of(camera) if pin.number is None] if same else []
        try:
            about = camera_of_photo(head, camera)
        except ParameterError:  # of a head that is scaled unevenly, which pins cannot move: they say so
            others, pins = [], []
        else:
            pins = landmark_pins(head, about, landmarks, vertices)
        keep_pins(camera, [*pins, *others], head)
    keep_home(head)


def _is_own(camera: bpy.types.Object) -> bool:
    """Whether the camera is this file's: Blender adds nothing to lists of an override."""
    return camera.library is None and camera.override_library is None


def keep_home(head: bpy.types.Object) -> None:
    """Remember the head's face as what is likeliest beside its pins."""
    params = parameters.get_params(head)
    head[HOME] = [*params.shape.tolist(), *params.expression.tolist(), *params.jaw.tolist()]


def home_of(head: bpy.types.Object, now: FlameParams) -> FlameParams:
    """What the head has ``now``, with that face; as it is where none is known of the head's model."""
    kept, n_identity = head.get(HOME), now.shape.shape[-1]
    if kept is None or len(kept) != n_identity + now.expression.shape[-1] + 3:
        return now
    values = np.array(kept, np.float64)
    if not np.isfinite(values).all():
        return now
    return dataclasses.replace(now, shape=values[:n_identity], expression=values[n_identity:-3], jaw=values[-3:])
