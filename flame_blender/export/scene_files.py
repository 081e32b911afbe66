"""A moving head as GLB, FBX, USD or Alembic, by Blender's own exporters; each file is read back and compared."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import io
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils.kdtree import KDTree

from ..bake import cache, rig_hair
from ..bake.plain_copy import plain_copy_of
from ..bake.plain_rig import add_plain_rig
from ..bake.rig import lids_turn, motion_of
from ..bake.rig_mesh import LARGEST_VALUE
from ..bodies import welding
from ..errors import FlameError
from ..files.pc2 import pc2_file
from ..files.whole_files import check_writable, told, whole_files
from ..flame.evaluator import FlameEvaluator
from ..flame.params import FlameParams
from ..head import parameters
from ..head.active import select_only
from ..head.frame import frame_of
from ..head.mesh import mesh_of, read_positions
from ..head.mouth import mouth_object
from ..head.mouth.following_head import over_frames
from ..head.templates.template_sequence import EXPORT_INSTEAD, require_own_template
from ..keyframes import sampling
from ..long_work import Options, choice, part_of
from ..mesh_looks import detail_mesh
from .meshes import Written
from .plain_materials import plain_materials
from .scene_formats import FBX_OF_ENGINE, GENERIC, SETTINGS, UNITY, UNREAL, WAYS
from .temporary import undisturbed

TOLERANCE = 1e-4  # metres
COMPARED = 5  # frames
LAST_ERROR = ("last_exc", "last_type", "last_value", "last_traceback")  # of ``sys``
LEAST_VERTICES = 100  # fewer are a bone's shape, which Blender's glTF importer adds
HAIR, SEPARATORS = rig_hair.NAME, re.compile(r"[_.]+")  # files change names
SYSTEM_ERROR = re.compile(r"\[Errno (\d+)\]")
DETAIL_LEFT_OUT = (
    "The detail mesh is left out, for its shape keys would fill hundreds of megabytes: USD and Alembic hold it, and a "
    "normal map shows its wrinkles."
)
UNJOINED = "The neck's join to the body is left out: USD and Alembic keep it."
CLIPPED = (".glb", ".gltf")  # whose materials can be there or not, which needs no order of drawing
NO_ROOM = 1 << 16  # bytes: a disk with fewer is full
ALEMBIC_BYTES, ALEMBIC_HEADROOM = 16, 1 << 21  # of a position at one frame, 12 and a little; of faces and UVs


@dataclass(frozen=True, kw_only=True)
class SceneFileOptions(Options):
    """The keywords of :func:`export_scene`, for :func:`exporting_scene`.

    Attributes
    ----------
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    engine : str, default "GENERIC"
        "GENERIC", "UNITY" or "UNREAL": axes and scale of an .fbx.
    """

    frames: tuple[int, int] | None = None
    engine: str = choice(GENERIC, UNITY, UNREAL)


def exporting(
    scene: bpy.types.Scene, obj: bpy.types.Object, path: Path, options: SceneFileOptions
) -> Generator[float, None, Written]:
    """Write the moving head as the name says; yields the share that is done.

    .glb, .gltf and .fbx get a bone for each joint, skin weights and named shape keys; .usdc, .usda, .usd and .abc get
    the vertices of each frame, and those of a detail mesh. Raises FlameError, also where the file read
    back is off by more than 0.1 mm at one of five frames. The scene is as before.
    """
    suffix = path.suffix.lower()
    if suffix not in WAYS:
        raise FlameError(f"{path}: expected a name ending in {', '.join(WAYS)}, found {suffix or 'no ending'}.")
    rigged, operator, reader = WAYS[suffix]
    why = unavailable(suffix)
    if why is not None:
        raise FlameError(f"{path}: {why}")
    start, end = sampling.range_of(scene, options.frames)
    if end < start:
        raise FlameError(f"The frames to export must end where they start or later, found {start} to {end}.")
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    if rigged:
        require_own_template(obj, EXPORT_INSTEAD)
    check_writable(path)
    times = np.arange(start, end + 1, dtype=np.float64)
    values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), 0.0, 0.3)
    motion = motion_of(obj, values)
    params = motion.params
    cards = rig_hair.hair_cards(obj, evaluator, np.atleast_2d(params.shape)[0])
    notes = (*(_left_out(obj, params) if rigged else ()), *cards.notes)
    if rigged and params.shape.ndim == 2:
        raise FlameError(f"{obj.name}: expected one identity, found one that is animated; export USD or Alembic.")
    compared = np.unique(np.linspace(start, end, COMPARED).round().astype(int))
    # no yield from here on: in a window nobody must come upon what is only there for the file
    room = _room_for(path, len(times) * (evaluator.model.n_vertices + len(cards.uvs)))
    with whole_files(path, room) as place, tempfile.TemporaryDirectory() as folder, undisturbed(scene):
        file = place / path.name
        scene.frame_start, scene.frame_end = start, end
        if rigged:
            rig = add_plain_rig(obj, evaluator, motion, times, cards, clipped=suffix in CLIPPED)
            shown, mouth, hair = rig.skin, rig.mouth, rig.hair
            chosen = [rig.armature, shown]
        else:
            shown, mouth, hair = _cached(obj, evaluator, values, times, cards, Path(folder))
            chosen = [shown, *(detail_mesh.copied_onto(detail, shown) for detail in detail_mesh.details_of(obj))]
        n_details = len(chosen) - 1 if not rigged else 0
        chosen += [each for each in (mouth, hair) if each is not None]
        select_only(chosen)
        with ExitStack() as plain:
            for each in chosen:
                plain.enter_context(plain_materials(each, transmission=operator == "wm.usd_export"))
            _call(
                operator,
                file,
                SETTINGS[suffix](start, end) | (FBX_OF_ENGINE[options.engine] if suffix == ".fbx" else {}),
            )
        compared_with = sampling.params_of(obj, values[compared - start])
        if rigged and compared_with.eyelids is not None:
            compared_with = dataclasses.replace(compared_with, eyelids_unturned=False)
        expected = _expected(scene, obj, evaluator, compared_with, compared, as_joined=not rigged)
        count = n_details + (1 if mouth is None or len(mesh_of(mouth).vertices) <= LEAST_VERTICES else 2)
        off = _deviation(scene, file, reader, expected, compared, len(mesh_of(shown).vertices), count)
        if off > TOLERANCE:
            raise FlameError(f"{file}: read back the head is off by {1000 * off:.3g} mm; choose another format.")
    return Written((path,), 1000 * off, notes)


def _left_out(obj: bpy.types.Object, params: FlameParams) -> tuple[str, ...]:
    """What of the moving head a file with bones does not hold, a sentence each."""
    notes = lids_turn(params)
    notes += (UNJOINED,) if welding.NAME in obj.modifiers else ()
    return (*notes, DETAIL_LEFT_OUT) if detail_mesh.details_of(obj) else notes


def _room_for(path: Path, positions: int) -> int:
    """Bytes that must be there before Blender writes so many positions to ``path``, or 0.

    Its Alembic writer ends the whole program when the disk is full; the others report it.
    """
    return ALEMBIC_HEADROOM + ALEMBIC_BYTES * positions if path.suffix.lower() == ".abc" else 0


def unavailable(suffix: str) -> str | None:
    """Why this Blender cannot write such files, in a sentence; None when it can."""
    _, operator, reader = WAYS[suffix]
    for name in (operator, reader):
        if not _exists(name):
            return f"this Blender has no {name}, which {suffix} needs; enable its add-on or use another build."
    return None


def _exists(name: str) -> bool:
    group, _, operator = name.partition(".")
    return operator in dir(getattr(bpy.ops, group))


def _call(name: str, path: Path, settings: dict[str, Any]) -> None:
    """Run an exporter or importer quietly, with those of the settings that this Blender's has."""
    group, _, operator = name.partition(".")
    function = getattr(getattr(bpy.ops, group), operator)
    known = function.get_rna_type().properties.keys()
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Blender's own scripts' concern
            function(filepath=str(path), **{key: value for key, value in settings.items() if key in known})
    except RuntimeError as error:
        for kept in LAST_ERROR:  # the traceback that Blender printed; it holds the exporter's file open
            vars(sys).pop(kept, None)
        lines = str(error).removeprefix("Error: ").strip().splitlines()
        *_, reason = [line for line in lines if not line.startswith("Location: ")]  # of a traceback the last line
        number = _system_error(path, reason)
        if number:
            with told(path):
                raise OSError(number, os.strerror(number)) from error
        why = reason.rstrip(".")
        raise FlameError(f"{path}: {name} failed ({why}); choose another name, folder or format.") from error


def _system_error(path: Path, reason: str) -> int:
    """The number of the system's error that an exporter met, or 0; USD's do not tell a full disk from others."""
    found = SYSTEM_ERROR.search(reason)
    if found is not None:
        return int(found[1])
    return errno.ENOSPC if shutil.disk_usage(path.parent).free < NO_ROOM else 0


def _cached(
    obj: bpy.types.Object,
    evaluator: FlameEvaluator,
    values: np.ndarray,
    times: np.ndarray,
    hair: rig_hair.HairCards,
    folder: Path,
) -> tuple[bpy.types.Object, bpy.types.Object | None, bpy.types.Object | None]:
    """Plain copies of the head, of its mouth and lashes where they are shown, and cards of its hair where it has some.

    They play their vertices from caches, which lie in the folder.
    """
    made, frame = mouth_object.shown(obj), frame_of(obj)
    shown, mouth = _plain_object(obj), None if made is None else _plain_object(made)
    cards = rig_hair.add_cards(obj, hair, read_positions(mesh_of(obj))) if len(hair.triangles) else None
    there = {number: copy for number, copy in enumerate((shown, mouth, cards)) if copy is not None}
    files = {number: folder / f"{number}.pc2" for number in there}
    with ExitStack() as stack:
        writers = {
            number: stack.enter_context(
                pc2_file(files[number], len(mesh_of(copy).vertices), len(times), float(times[0]), 1.0)
            )
            for number, copy in there.items()
        }
        for first in range(0, len(times), 64):
            part = values[first : first + 64]
            vertices = frame.to_object(evaluator.vertices(sampling.params_of(obj, part)))
            writers[0](vertices)
            if made is not None:
                writers[1](over_frames(obj, made, evaluator, part, vertices))
            if 2 in writers:
                writers[2](np.stack([hair.positions(each, frame) for each in vertices]))
    for number, copy in there.items():
        cache.attach(copy, files[number], float(times[0]))
        if number:
            copy.parent = shown
    return shown, mouth, cards


def _plain_object(obj: bpy.types.Object) -> bpy.types.Object:
    """Without modifiers but the join to a body."""
    copy = plain_copy_of(obj, obj.users_collection[0])
    for modifier in [each for each in copy.modifiers if each.name != welding.NAME]:
        copy.modifiers.remove(modifier)
    return copy


def _expected(
    scene: bpy.types.Scene,
    obj: bpy.types.Object,
    evaluator: FlameEvaluator,
    params: FlameParams,
    frames: np.ndarray,
    *,
    as_joined: bool,
) -> list[np.ndarray]:
    """(V, 3) float64 in the world at each frame: what the layer computes, where the head stands then.

    ``as_joined``: with its neck as a body that it is on has it.
    """
    shapes = []
    in_object = frame_of(obj).to_object(evaluator.vertices(params))
    for frame, vertices in zip(frames.tolist(), in_object, strict=True):
        scene.frame_set(frame)
        matrix = np.array(obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world, np.float64)
        points = vertices @ matrix[:3, :3].T + matrix[:3, 3]
        shapes.append(welding.joined(obj, points) if as_joined else points)
    return shapes


def _world_shapes(scene: bpy.types.Scene, obj: bpy.types.Object, frames: np.ndarray) -> list[np.ndarray]:
    """(V, 3) float64 in the world at each frame, as Blender evaluates it."""
    shapes = []
    for frame in frames.tolist():
        scene.frame_set(frame)
        evaluated: Any = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
        positions = np.empty((len(evaluated.data.vertices), 3), np.float32)
        evaluated.data.vertices.foreach_get("co", positions.ravel())
        matrix = np.array(evaluated.matrix_world, np.float64)
        shapes.append(positions @ matrix[:3, :3].T + matrix[:3, 3])
    return shapes


def _deviation(
    scene: bpy.types.Scene,
    path: Path,
    reader: str,
    expected: list[np.ndarray],
    frames: np.ndarray,
    n_vertices: int,
    n_meshes: int = 1,
) -> float:
    """Metres by which the head of the imported file is off at most; vertices that were split are matched by place.

    It is the largest of so many meshes, or the one of as many vertices.
    """
    before = set(scene.objects)
    with undisturbed(scene):
        _call(reader, path, {"use_anim": True, "anim_offset": 0.0, "merge_vertices": True})
        found = [
            obj
            for obj in scene.objects
            if obj not in before and isinstance(obj.data, bpy.types.Mesh) and len(obj.data.vertices) > LEAST_VERTICES
        ]
        found = [obj for obj in found if HAIR not in SEPARATORS.sub(" ", obj.name)]
        if len(found) != n_meshes:
            raise FlameError(
                f"{path}: read back it holds {len(found)} meshes, expected {n_meshes}; choose another format."
            )
        found.sort(key=lambda each: (len(mesh_of(each).vertices) != n_vertices, -len(mesh_of(each).vertices)))
        _widen_sliders(found[0])
        shapes = _world_shapes(scene, found[0], frames)
    in_order = np.inf
    if len(shapes[0]) == n_vertices:
        in_order = max(float(np.abs(shape - wanted).max()) for shape, wanted in zip(shapes, expected, strict=True))
    if in_order <= TOLERANCE:
        return in_order
    return min(in_order, _matched_deviation(np.stack(shapes), np.stack(expected)))


def _widen_sliders(obj: bpy.types.Object) -> None:
    """Blender's glTF importer gives sliders the range of the first frame, to which it would clamp all others."""
    keys = mesh_of(obj).shape_keys
    for key in keys.key_blocks if keys is not None else ():
        key.slider_min, key.slider_max = -LARGEST_VALUE, LARGEST_VALUE


def _matched_deviation(found: np.ndarray, expected: np.ndarray) -> float:
    """For (F, N, 3) and (F, V, 3): how far the paths of vertices over all frames are from their nearest, both ways."""
    worst = 0.0
    for points, others in ((found, expected), (expected, found)):
        tree = KDTree(others.shape[1])
        for index, point in enumerate(others[0]):
            tree.insert(point, index)
        tree.balance()
        for index, point in enumerate(points[0]):
            near: Any = [each for _, each, _ in tree.find_range(point, TOLERANCE)] or [tree.find(point)[1]]
            away = np.abs(others[:, near] - points[:, index, None]).max(axis=(0, 2))
            worst = max(worst, float(away.min()))
    return worst
