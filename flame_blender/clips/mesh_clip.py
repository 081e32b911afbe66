"""A mesh sequence on a head: played from a cache, solved for parameters and keyed, or its template over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..bake import cache
from ..errors import FlameError, ParameterError
from ..files.pc2 import pc2_file
from ..fitting.meshes.registered import RegisteredFit, fitting_registered
from ..geometry.axes import to_blender
from ..geometry.frame import USUAL
from ..head import live, mesh, models
from ..head.frame import frame_of
from ..head.parameters import get_own_params
from ..head.properties import head_of
from ..head.templates.template_sequence import REMOVE_FIRST, require_own_template
from ..head.under_work import HeadUnderWork, head_under_work
from ..keyframes import animation
from ..long_work import Options, choice, part_of
from ..mesh_looks.bringing import BroughtLooks, bring, coarse_of, read_ahead
from ..model_files.library import ModelEntry
from ..plain_text import as_name
from ..sequences.meshes import MeshSequence, first_file, loading_meshes
from ..sequences.sequence import FlameSequence, Found
from ..sequences.sound_files import sound_beside
from . import scene_time, template_clip
from .sound import add_sound

FRAMES_AT_ONCE = 64
TEMPLATE = "Each mesh is the head's rest shape: identity, expression and pose act on it, and are keyed as ever."
IDENTITY_ON_TOP = "The head's identity is not zero: it is added to the meshes, which have one of their own."


@dataclass(frozen=True, eq=False)
class MeshClip:
    """What became of meshes over time.

    Attributes
    ----------
    obj : bpy.types.Object
        The head or plain mesh that shows them.
    meshes : MeshSequence
        What was read, metres, FLAME's axes.
    solved : FlameSequence or None
        The parameters, where they were solved.
    errors_mm : (N,) float64 or None, millimetres
        Mean distance of each frame's vertices from the file's, where they were solved.
    warnings : tuple of str
        What was assumed or left out, one sentence each.
    template : bool, default False
        The meshes are the head's rest shape, on which identity, expression and pose act.
    looks : BroughtLooks or None
        Texture, normal map, colours, detail mesh and displacement of the file; None where they were not asked for.
    scene_end : int or None, default None
        Where the scene ends now, if that was moved.
    """

    obj: bpy.types.Object
    meshes: MeshSequence
    solved: FlameSequence | None = None
    errors_mm: np.ndarray | None = None
    warnings: tuple[str, ...] = ()
    template: bool = False
    looks: BroughtLooks | None = None
    scene_end: int | None = None

    def summary(self) -> tuple[str, ...]:
        """Lines for a person: what was recognised, how well it was solved, and what was assumed."""
        meshes = self.meshes
        rate = f" at {meshes.fps:g} fps" if meshes.fps else ""
        lines = [f"{meshes.source}: {len(meshes)} frames{rate}, {meshes.vertices.shape[1]} vertices."]
        if self.errors_mm is not None:
            worst = int(self.errors_mm.argmax())
            lines.append(
                f"Vertices are off by {self.errors_mm.mean():.3g} mm on average, most in frame {worst} of the clip "
                f"({self.errors_mm[worst]:.3g} mm)."
            )
        elif self.template:
            lines.append(TEMPLATE)
        elif head_of(self.obj) is None:
            lines.append("No installed model has as many vertices: a plain mesh with the file's faces plays it.")
        return (*lines, *self.warnings, *meshes.notes)


@dataclass(frozen=True, eq=False)
class _Task:
    """Meshes on their way to the head of ``work``; ``rate`` meshes a frame; ``cache_file`` where it was chosen."""

    source: Path
    meshes: MeshSequence
    work: HeadUnderWork
    start_frame: float
    rate: float
    cache_file: Path | None = None

    def file(self, name: str) -> Path:
        """Where the vertices are written. Raises FlameError."""
        return self.cache_file or cache.cache_path(name, self.source.parent)


@dataclass(frozen=True, kw_only=True)
class MeshClipOptions(Options):
    """The keywords of :func:`import_meshes`, for :func:`importing_meshes`.

    Attributes
    ----------
    start_frame : float, default 1.0
        Where the first mesh goes.
    fps : float or None, frames per second, default None
        The frame rate of the meshes, where the file tells none or a wrong one.
    frame_rate : str, default "SCENE_FOLLOWS"
        "SCENE_FOLLOWS": the scene takes theirs; "RESAMPLE": they are played at their own in the scene's.
    solve : bool, default False
        Solve them for parameters, which are keyed, instead of playing them from a cache.
    as_template : bool, default False
        Let each mesh replace the template of the head's model, as VOCA's edit_sequences.py does: identity, expression
        and pose act on it.
    sound : bool, default True
        Put a sound file that lies beside them into the sequencer.
    scene_end : bool, default True
        Let the scene end no earlier than the clip, and with it where the scene is as new and nothing else moves.
    looks : bool, default True
        Take over texture, normal map and colours of the file, its detail mesh and its displacement.
    cache_file : str, Path or None, default None
        The .pc2 that the vertices are written to, and played from; None is one in ``flame_cache`` beside the .blend or,
        before that is saved, beside the meshes. What is solved needs none.
    """

    start_frame: float = 1.0
    fps: float | None = None
    frame_rate: str = choice(scene_time.SCENE_FOLLOWS, scene_time.RESAMPLE)
    solve: bool = False
    as_template: bool = False
    sound: bool = True
    scene_end: bool = True
    looks: bool = True
    cache_file: str | Path | None = None


def importing(
    source: Path,
    active: bpy.types.Object | None,
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    options: MeshClipOptions,
) -> Generator[float, None, MeshClip]:
    """Put the meshes of a file or folder on ``active`` if it has as many vertices, else on a new head or mesh.

    Yields the share that is done. Closed early, or on a FlameError, nothing has changed.
    """
    if options.solve and options.as_template:
        raise ParameterError("solve and as_template: expected one of them at most, found both.")
    if options.solve and options.cache_file is not None:
        raise ParameterError("solve and cache_file: expected one of them at most, found both: parameters need no file.")
    start_frame, scene_follows = options.start_frame, options.frame_rate == scene_time.SCENE_FOLLOWS
    chosen, source = source, coarse_of(source) if options.looks else source
    meshes = yield from part_of(loading_meshes(source), 0.0, 0.5)
    looks = read_ahead(chosen, first_file(source)) if options.looks else None
    meshes = dataclasses.replace(meshes, fps=options.fps or meshes.fps)
    scenes_fps = scene.render.fps / scene.render.fps_base
    rate = meshes.fps / scenes_fps if meshes.fps and not scene_follows else 1.0
    meshes = without_teeth(active, meshes)
    obj = active if _fits(active, meshes) else None
    blocked = live.blocked(obj) if obj is not None else None
    if blocked is not None:
        raise FlameError(blocked)
    untouched = scene_time.is_untouched(scene)
    with head_under_work(obj, scene, collection) as work:
        task = _Task(source, meshes, work, start_frame, rate, Path(options.cache_file) if options.cache_file else None)
        way = _solving if options.solve else _as_template if options.as_template else _caching
        made = yield from part_of(way(task), 0.5, 1.0)
        if looks is not None:
            brought = bring(made.obj, looks)
            made = dataclasses.replace(made, looks=brought, warnings=(*made.warnings, *brought.notes))
        if scene_follows:
            scene_time.follow_rate(scene, meshes.fps)
        if options.scene_end:
            end = scene_time.make_room(scene, start_frame, len(meshes) / rate, shorten=untouched)
            made = dataclasses.replace(made, scene_end=end)
        sound = sound_beside(source) if options.sound else None
        if sound is None:
            return made
        return dataclasses.replace(made, warnings=(*made.warnings, *add_sound(scene, sound, start_frame)))


def without_teeth(active: bpy.types.Object | None, meshes: MeshSequence) -> MeshSequence:
    """FLAME's own vertices of meshes with VHAP's teeth, where there is a head or a model of as many."""
    own = meshes.without_teeth()
    known = _fits(active, meshes) or entry_for(None, meshes) is not None
    return own if not known and (_fits(active, own) or entry_for(None, own) is not None) else meshes


def _solving(task: _Task) -> Generator[float, None, MeshClip]:
    """Parameters of the meshes, keyed."""
    meshes, work = task.meshes, task.work
    entry = entry_for(work.head, meshes)
    evaluator = models.evaluator(entry.fingerprint) if entry is not None else None
    if entry is None or evaluator is None:
        raise FlameError(_no_model(task, "to solve for parameters"))
    if work.head is not None:
        require_own_template(work.head, REMOVE_FIRST)
    fit = yield from fitting_registered(evaluator, meshes.vertices)
    work.remember()
    work.finish()
    obj = work.of_model(entry)
    clip = _solved(meshes, fit, entry)
    keyed = animation.at_frame_rate(clip, clip.fps / task.rate) if clip.fps else clip
    warnings = animation.write_clip(obj, keyed, task.start_frame)
    cache.detach(obj)
    return MeshClip(obj, meshes, clip, 1000 * fit.errors, warnings)


def _caching(task: _Task) -> Generator[float, None, MeshClip]:
    """The meshes in a point cache that the object plays."""
    source, meshes, work = task.source, task.meshes, task.work
    entry = entry_for(work.head, meshes)
    if entry is None and meshes.faces is None:
        raise FlameError(_no_model(task, "for the file has no faces"))
    frame = USUAL if work.head is None else frame_of(work.head)
    path = task.file(source.stem)
    with pc2_file(path, meshes.vertices.shape[1], len(meshes), task.start_frame, 1 / task.rate) as write:
        for start in range(0, len(meshes), FRAMES_AT_ONCE):
            part = meshes.vertices[start : start + FRAMES_AT_ONCE]
            write(frame.to_object(part))
            yield (start + len(part)) / len(meshes)
    work.finish()
    if entry is not None:
        obj = work.of_model(entry)
    else:
        obj = work.head or plain_object(meshes, as_name(source.stem), work.collection)
    cache.attach(obj, path, task.start_frame, task.rate)
    obj.update_tag()
    return MeshClip(obj, meshes)


def _as_template(task: _Task) -> Generator[float, None, MeshClip]:
    """The meshes as the template of a head, over time."""
    source, meshes, work = task.source, task.meshes, task.work
    entry = entry_for(work.head, meshes)
    if entry is None:
        raise FlameError(_no_model(task, "whose template they replace"))
    path = task.file(f"{source.stem}_template")
    yield from template_clip.writing(path, meshes.vertices, task.start_frame, task.rate)
    work.finish()
    obj = work.of_model(entry)
    template_clip.attach(obj, path, len(meshes), task.start_frame, task.rate)
    told = (IDENTITY_ON_TOP,) if get_own_params(obj).shape.any() else ()
    return MeshClip(obj, meshes, warnings=told, template=True)


def _no_model(task: _Task, why: str) -> str:
    return (
        f"{task.source}: expected an installed model with {task.meshes.vertices.shape[1]} vertices, {why}, found none; "
        "install the FLAME file that it was made with."
    )


def _fits(obj: bpy.types.Object | None, meshes: MeshSequence) -> bool:
    return obj is not None and head_of(obj) is not None and len(mesh.mesh_of(obj).vertices) == meshes.vertices.shape[1]


def entry_for(obj: bpy.types.Object | None, meshes: MeshSequence) -> ModelEntry | None:
    """The head's model, or one with as many vertices: the one for new heads before the others."""
    head = head_of(obj)
    if head is not None:
        return models.find(head.fingerprint)
    n_vertices = meshes.vertices.shape[1]
    entries = (models.for_new_heads(), *models.entries())
    return next((entry for entry in entries if entry.n_vertices == n_vertices), None)


def _solved(meshes: MeshSequence, fit: RegisteredFit, entry: ModelEntry) -> FlameSequence:
    found = Found(entry.n_identity, entry.n_expression, "solved from vertices")
    return FlameSequence(fit.params, fps=meshes.fps, source=meshes.source, release=entry.release, found=found)


def plain_object(meshes: MeshSequence, name: str, collection: bpy.types.Collection) -> bpy.types.Object:
    """A mesh of the sequence's own faces, smooth, at its first frame."""
    plain = bpy.data.meshes.new(name)
    faces = [] if meshes.faces is None else meshes.faces.tolist()
    plain.from_pydata(to_blender(meshes.vertices[0]).tolist(), [], faces)
    plain.shade_smooth()
    obj = bpy.data.objects.new(name, plain)
    collection.objects.link(obj)
    return obj
