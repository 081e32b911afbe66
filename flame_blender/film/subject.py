"""What is filmed: the vertices of a head in the scene, or of a file of meshes or of parameters, over frames."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..bake import cache
from ..bake.plain_copy import plain_copy_of
from ..blender_pointers import there
from ..clips.mesh_clip import entry_for, plain_object, without_teeth
from ..clips.other_model import taking_over
from ..errors import ParameterError, SequenceError
from ..files.meshes.mesh_file import SUFFIXES
from ..files.pc2 import pc2_file
from ..flame.evaluator import FlameEvaluator
from ..geometry.axes import to_blender
from ..head import create, models, parameters
from ..head.folds import fold_modifier
from ..head.frame import frame_of, standing
from ..head.mesh import mesh_of
from ..head.mouth import mouth_object
from ..head.mouth.following_head import over_frames
from ..keyframes import sampling
from ..keyframes.animation import curves_of
from ..long_work import part_of
from ..mesh_looks import detail_mesh
from ..sequences.loading import loading_sequence
from ..sequences.meshes import MeshSequence, holds_meshes, loading_meshes
from .textured import textured

AT_ONCE = 64
NAME = "FLAME Film"
SKIN_CURVES = "flame.texture["
ONE_SKIN = (
    "The head's skin is that of the frame that is shown, in all of the film: render the scene itself for its keys."
)


@dataclass(frozen=True, eq=False)
class Played:
    """An object that is made for the film: of ``source``, or of the faces in ``meshes``; ``file`` has its vertices."""

    file: Path
    source: bpy.types.Object | None = None
    meshes: MeshSequence | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """What is filmed, written to files: ``frames`` of what ``played`` has, and ``place`` (4, 4) of the head.

    ``frames`` are those of the head's scene, by which what is keyed on its object moves too, or those of the file,
    counted from 1. ``fps`` is None where it is not told.
    """

    played: tuple[Played, ...]
    frames: range
    fps: float | None
    place: np.ndarray
    notes: tuple[str, ...] = ()


def head_over_frames(
    scene: bpy.types.Scene, obj: bpy.types.Object, frames: tuple[int, int] | None, folder: Path
) -> Generator[float, None, Subject]:
    """A head of the scene with its mouth and lashes; yields the share that is done. Raises FlameError."""
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    start, end = sampling.range_of(scene, frames)
    if end < start:
        raise ParameterError(f"The frames must end where they start or later, found {start} to {end}.")
    times = np.arange(start, end + 1, dtype=np.float64)
    values = yield from part_of(sampling.sampling(scene, obj, times.tolist()), 0.0, 0.5)
    there(bpy.context.view_layer, "a view layer").update()  # or a place that was just set is not known
    made = mouth_object.shown(obj)
    sources = [obj] if made is None else [obj, made]
    files = [folder / f"{number}.pc2" for number in range(len(sources))]
    with ExitStack() as stack:
        writers = [
            stack.enter_context(pc2_file(file, len(mesh_of(each).vertices), len(times), start, 1.0))
            for file, each in zip(files, sources, strict=True)
        ]
        for first in range(0, len(times), AT_ONCE):
            part = values[first : first + AT_ONCE]
            heads = frame_of(obj).to_object(evaluator.vertices(sampling.params_of(obj, part)))
            writers[0](heads)
            if made is not None:
                writers[1](over_frames(obj, made, evaluator, part, heads))
            yield 0.5 + 0.5 * min(first + AT_ONCE, len(times)) / len(times)
    played = tuple(Played(file, source) for file, source in zip(files, sources, strict=True))
    fps = scene.render.fps / scene.render.fps_base
    moves = any(curve.data_path.startswith(SKIN_CURVES) for curve in curves_of(obj) or ())
    notes = (ONE_SKIN,) if moves else ()
    return Subject(played, range(start, end + 1), fps, np.array(standing(obj), np.float64), notes)


def file_over_frames(
    path: Path, frames: tuple[int, int] | None, fps: float | None, folder: Path
) -> Generator[float, None, Subject]:
    """The meshes of a file or folder, or what a file of parameters shows; yields the share that is done.

    Raises FlameError.
    """
    meshes = yield from part_of(_reading(path), 0.0, 0.9)
    first, last = (1, len(meshes)) if frames is None else frames
    if not 1 <= first <= last <= len(meshes):
        raise ParameterError(f"frames: expected some of 1 to {len(meshes)}, those of {path}, found {first} to {last}.")
    meshes = without_teeth(None, meshes)
    meshes = replace(meshes, vertices=meshes.vertices[first - 1 : last])
    file = folder / "meshes.pc2"
    with pc2_file(file, meshes.vertices.shape[1], len(meshes), first, 1.0) as write:
        for start in range(0, len(meshes), AT_ONCE):
            write(to_blender(meshes.vertices[start : start + AT_ONCE]))
            yield 0.9 + 0.1 * min(start + AT_ONCE, len(meshes)) / len(meshes)
    played = (Played(file, None, meshes),)
    return Subject(played, range(first, last + 1), fps or meshes.fps, np.eye(4), meshes.notes)


def _reading(path: Path) -> Generator[float, None, MeshSequence]:
    """Meshes as they are, and parameters as meshes of the model for new heads. Raises SequenceError or ModelError."""
    if holds_meshes(path) or path.suffix.lower() in (*SUFFIXES, ".mat"):
        return (yield from loading_meshes(path))
    try:
        clip = yield from part_of(loading_sequence(path), 0.0, 0.5)
    except SequenceError as error:
        if path.suffix.lower() not in (".npy", ".npz", ".pkl", ".json"):
            raise
        try:
            return (yield from loading_meshes(path))
        except SequenceError:
            raise error from None
    entry = models.for_new_heads()
    evaluator = models.evaluator(entry.fingerprint)
    if evaluator is None:
        raise ParameterError(str(models.missing(entry.fingerprint, entry.name)))
    clip, trouble = yield from part_of(taking_over(clip, entry, convert=False), 0.5, 0.6)
    vertices = yield from part_of(_evaluated(evaluator, clip), 0.6, 1.0)
    notes = (f"The clip's parameters are shown by {entry.name}.", *trouble, *clip.notes)
    return MeshSequence(vertices, evaluator.model.faces, clip.fps, clip.source, notes)


def _evaluated(evaluator: FlameEvaluator, clip: Any) -> Generator[float, None, np.ndarray]:
    parts = []
    for start in range(0, len(clip), AT_ONCE):
        parts.append(evaluator.vertices(clip[start : start + AT_ONCE].params))
        yield min(start + AT_ONCE, len(clip)) / len(clip)
    return np.concatenate([np.atleast_3d(part).reshape(-1, evaluator.model.n_vertices, 3) for part in parts])


def add_subject(
    subject: Subject, collection: bpy.types.Collection, uv_template: Path | None, texture: Path | None
) -> list[bpy.types.Object]:
    """The objects of what is filmed, in the film's collection, playing their files; a head with its modifiers.

    Raises FlameError.
    """
    objects = []
    for played in subject.played:
        if played.meshes is None:
            obj = plain_copy_of(there(played.source, "what is filmed"), collection)
        else:
            obj = _of_file(played.meshes, collection, uv_template, texture)
        cache.attach(obj, played.file, subject.frames[0])
        objects.append(obj)
    if subject.played[0].source is not None:
        fold_modifier.add(objects[0], subject.played[0].source, cache.NAME)
    for mouth in objects[1:]:
        mouth.parent = objects[0]
    source = subject.played[0].source
    details = [] if source is None else detail_mesh.details_of(source)
    objects += [detail_mesh.copied_onto(detail, objects[0]) for detail in details]
    objects[0].hide_render = bool(details)
    return objects


def _of_file(
    meshes: MeshSequence, collection: bpy.types.Collection, uv_template: Path | None, texture: Path | None
) -> bpy.types.Object:
    """A head of a model with as many vertices, or a mesh of the file's faces; or of the template's, with its UVs."""
    if uv_template is not None or texture is not None:
        return textured(meshes, collection, uv_template, texture)
    entry = entry_for(None, meshes)
    if entry is not None:
        return create.add_head(entry, NAME, collection, with_landmarks=False)
    if meshes.faces is None:
        raise SequenceError(
            f"{meshes.source}: expected faces, or an installed model of {meshes.vertices.shape[1]} vertices, found "
            "neither; give uv_template, an OBJ with the faces."
        )
    return plain_object(meshes, NAME, collection)
