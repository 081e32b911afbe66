"""What is saved of fits.

``Scene.flame_fit`` are the choices of the Fit panel, ``Object.flame_fit`` the errors of a head's last fit.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..head.active import relate
from ..languages import CONTEXT
from ..observations import marks, scans
from . import guess
from .kinds import KINDS, kind_called
from .panel_settings import landmarks_of

if TYPE_CHECKING:
    from ..fitting.reports.outcome import FitReport

IDENTITY, EXPRESSION = "IDENTITY", "EXPRESSION"
VARIED = (
    (IDENTITY, "Identity", "Dragging changes who it is"),
    (EXPRESSION, "Expression", "Dragging changes the expression and opens the jaw"),
)
BOTH = "BOTH"
PINS_VARY = (
    (BOTH, "Identity and Expression", "Whatever is likeliest"),
    (IDENTITY, "Identity", "Who it is"),
    (EXPRESSION, "Expression", "The expression and the jaw"),
)


def _can_be_scan(_settings, obj: bpy.types.Object) -> bool:
    return scans.is_scan(obj)


def guess_again(settings, _context=None) -> None:
    """Say what units and axes the next fit would start from."""
    if "guess" in kind_called(settings.kind).FIELDS:
        settings.guess = guess.told(settings.scan, landmarks_of(settings), settings.units, settings.axes)


def _other_scan(settings, context) -> None:
    """Landmarks that were picked on another scan are none of this one's."""
    owner = None if settings.landmarks is None else settings.landmarks.get(marks.SCAN)
    if owner is not None and owner != settings.scan:
        settings.landmarks = None
    guess_again(settings, context)


def _other_photo(settings, _context) -> None:
    """Landmarks that were picked on another photo are none of this one's."""
    settings.photo_camera = None


class FLAME_PG_fit(bpy.types.PropertyGroup):
    """What the next fit takes."""

    kind: Annotated[
        str,
        EnumProperty(
            name="Fit To",
            description="What the head is fitted to",
            items=tuple((kind.KEY, kind.LABEL, kind.DESCRIPTION) for kind in KINDS),
            default=KINDS[0].KEY,
            update=guess_again,
            translation_context=CONTEXT,
        ),
    ]
    scan: Annotated[
        bpy.types.Object | None,
        PointerProperty(
            name="Scan",
            description="The object to fit to, which stays as it is",
            type=bpy.types.Object,
            poll=_can_be_scan,
            update=_other_scan,
        ),
    ]
    units: Annotated[
        str,
        EnumProperty(
            name="Units", description="What a length of 1 is there", items=guess.UNIT_ITEMS, update=guess_again
        ),
    ]
    axes: Annotated[
        str,
        EnumProperty(
            name="Axes", description="Which way the head stands there", items=guess.AXES_ITEMS, update=guess_again
        ),
    ]
    guess: Annotated[str, StringProperty(name="Guess", description="Units and axes that the fit will start from")]
    landmarks: Annotated[
        bpy.types.Collection | None,
        PointerProperty(
            name="Landmarks",
            translation_context=CONTEXT,
            description="A collection of empties named by landmark numbers ('36 right eye')",
            type=bpy.types.Collection,
            update=guess_again,
        ),
    ]
    landmark_file: Annotated[
        str,
        StringProperty(
            name="Landmark File",
            description="Landmarks of MeshLab, iBUG, dlib, MediaPipe, OpenPose, face-alignment and others; "
            "beside a scan in the scan's own coordinates. Goes before the empties",
            subtype="FILE_PATH",
            update=guess_again,
        ),
    ]
    photo: Annotated[
        str,
        StringProperty(
            name="Photo",
            description="The picture that the landmarks are of. Empty: the one behind the scene's camera",
            subtype="FILE_PATH",
            update=_other_photo,
        ),
    ]
    photo_camera: Annotated[
        bpy.types.Object | None,
        PointerProperty(
            name="Photo's Camera",
            description="The camera that shows the photo while its landmarks are picked",
            type=bpy.types.Object,
        ),
    ]
    pins_vary: Annotated[
        str,
        EnumProperty(
            name="Pins Change",
            description="What of the head answers to pins that are dragged",
            items=PINS_VARY,
            default=BOTH,
            translation_context=CONTEXT,
        ),
    ]
    pins_move_camera: Annotated[
        bool,
        BoolProperty(name="Move Cameras", description="Pins that are dragged move the photos' cameras, too"),
    ]
    pins_find_focal: Annotated[
        bool,
        BoolProperty(name="Find Focal Length", description="Pins that are dragged change the cameras' lenses, too"),
    ]
    lens: Annotated[
        float,
        FloatProperty(
            name="Lens",
            description="Focal length of the photo's camera for a 36 mm wide sensor, millimetres. 0: estimated from "
            "the landmarks, and from the photo's EXIF where it tells one",
            default=0.0,
            min=0.0,
            soft_max=200.0,
        ),
    ]
    cameras: Annotated[
        bpy.types.Collection | None,
        PointerProperty(
            name="Cameras",
            translation_context=CONTEXT,
            description="A collection of two cameras or more, each with its photo as background image; the landmarks "
            "are in a file of the photo's name beside it",
            type=bpy.types.Collection,
        ),
    ]
    mesh_file: Annotated[
        str,
        StringProperty(
            name="Mesh File", description="An .obj, .ply or .npy instead of the object", subtype="FILE_PATH"
        ),
    ]
    correspondence: Annotated[
        str,
        StringProperty(
            name="Correspondence",
            description="BFM_to_FLAME_corr.npz. Without it the nearest surface is taken",
            subtype="FILE_PATH",
        ),
    ]
    fit_scale: Annotated[
        bool,
        BoolProperty(
            name="Any Size", description="The head may be scaled as a whole: for scans whose size is not true"
        ),
    ]
    with_offsets: Annotated[
        bool,
        BoolProperty(
            name="Offsets", description="What the model cannot show becomes offsets of the vertices, smoothly"
        ),
    ]
    looks: Annotated[
        bool,
        BoolProperty(
            name="Looks",
            description="Take over texture, normal map and colours of the file, its detail mesh and its displacement",
            default=True,
        ),
    ]
    new_head: Annotated[
        bool,
        BoolProperty(name="New Head", description="Add a head for the fit, even if a head is active", default=False),
    ]


class FLAME_PG_fitted_camera(bpy.types.PropertyGroup):
    """One of the cameras that see a head."""

    camera: Annotated[
        bpy.types.Object | None,
        PointerProperty(
            name="Fitted Camera", description="A camera that the head's photo was taken with", type=bpy.types.Object
        ),
    ]


class FLAME_PG_fitted(bpy.types.PropertyGroup):
    """What is known of a head's last fit, and how it answers to dragged landmarks."""

    kind: Annotated[
        str, StringProperty(name="Fitted To", description="What the head was fitted to; empty before any fit")
    ]
    unit: Annotated[str, StringProperty(name="Unit", description="Of the errors: mm or px")]
    count: Annotated[int, IntProperty(name="Points", description="How many points were measured")]
    steps: Annotated[int, IntProperty(name="Steps", description="Steps that the solver took")]
    mean: Annotated[float, FloatProperty(name="Mean", description="Mean error", precision=3)]
    median: Annotated[
        float,
        FloatProperty(
            name="Median", translation_context=CONTEXT, description="Half of the points are off by less", precision=3
        ),
    ]
    percentile_95: Annotated[
        float, FloatProperty(name="95 %", description="95 of 100 points are off by less", precision=3)
    ]
    largest: Annotated[float, FloatProperty(name="Largest", description="The largest error", precision=3)]
    notes: Annotated[str, StringProperty(name="Notes", description="What was assumed, or looks doubtful")]
    metres: Annotated[
        float,
        FloatProperty(name="Metres", description="Metres in a unit of the world, where it was fitted", default=1.0),
    ]
    scan: Annotated[
        bpy.types.Object | None,
        PointerProperty(
            name="Fitted Scan", description="The object that the head was fitted to", type=bpy.types.Object
        ),
    ]
    cameras: Annotated[
        "bpy.types.bpy_prop_collection_idprop[FLAME_PG_fitted_camera]",
        CollectionProperty(
            name="Fitted Cameras",
            description="The cameras that the head's photos were taken with",
            type=FLAME_PG_fitted_camera,
        ),
    ]
    reshape: Annotated[
        bool,
        BoolProperty(
            name="Reshape by Dragging",
            description="When a landmark empty of this head has been dragged, the head changes so that it goes there",
        ),
    ]
    reshape_varies: Annotated[
        str,
        EnumProperty(
            name="Changes",
            description="What dragging changes",
            items=VARIED,
            default=IDENTITY,
            translation_context=CONTEXT,
        ),
    ]


CLASSES = (FLAME_PG_fit, FLAME_PG_fitted_camera, FLAME_PG_fitted)


def register() -> None:
    """Attach the groups; the classes are registered before."""
    scenes: Any = bpy.types.Scene
    objects: Any = bpy.types.Object
    scenes.flame_fit = PointerProperty(name="FLAME Fit", type=FLAME_PG_fit)
    objects.flame_fit = PointerProperty(name="FLAME Fit", type=FLAME_PG_fitted)


def unregister() -> None:
    """Take them away; their data stays in the file."""
    scenes: Any = bpy.types.Scene
    objects: Any = bpy.types.Object
    del objects.flame_fit
    del scenes.flame_fit


def fitted_of(obj: bpy.types.Object) -> FLAME_PG_fitted:
    """What an object's last fit told; only a head's says anything."""
    known: Any = obj  # the stubs know Blender's own properties alone
    return known.flame_fit


def keep_report(
    head: bpy.types.Object,
    report: "FitReport",
    notes: tuple[str, ...],
    scan: bpy.types.Object | None,
    cameras: Iterable[bpy.types.Object],
    metres: float,
) -> None:
    """Leave the errors of a fit on the head, what it was fitted to, and which cameras took its photos."""
    fitted = fitted_of(head)
    fitted.kind, fitted.unit, fitted.count, fitted.steps = (
        report.kind,
        report.unit,
        len(report.errors),
        report.iterations,
    )
    fitted.mean, fitted.median = report.mean, report.median
    fitted.percentile_95, fitted.largest = report.percentile_95, report.largest
    fitted.notes, fitted.scan, fitted.metres = "\n".join((*report.notes, *notes)), scan, metres
    if scan is not None:
        relate(scan, head)
    fitted.cameras.clear()
    for camera in cameras:
        fitted.cameras.add().camera = camera


def cameras_of_fit(head: bpy.types.Object) -> list[bpy.types.Object]:
    """The cameras of the head's last fit that are still there."""
    return [each.camera for each in fitted_of(head).cameras if each.camera is not None]
