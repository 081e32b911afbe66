"""A film of a head or of a file, with its sound, in one call."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..errors import FlameError, ParameterError
from ..files.whole_files import check_writable, whole_files
from ..long_work import Options, choice, number, part_of
from ..sequences.sound_files import sound_beside
from .cut import CONTAINERS, new_cut, put_sound, write_film
from .own_data import own_data
from .stage import AUTO, CYCLES, EEVEE, add_camera, light, new_scene
from .still import render_still
from .subject import Subject, add_subject, file_over_frames, head_over_frames

READING, RENDERED = 0.1, 0.97  # shares of the work
NO_RATE = "The file tells no frame rate: the scene's, {:g} frames a second, is taken."
SILENT = "this Blender was built without sound, so the film is silent."


@dataclass(frozen=True, kw_only=True)
class FilmOptions(Options):
    """The keywords of :func:`film`, for :func:`filming`.

    Attributes
    ----------
    sound : str, Path or None, default None
        The sound, which begins with a file's first frame, filmed or not, or with the first that is filmed of a head.
        None is that which lies beside a file, and none of a head.
    frames : (int, int) or None, default None
        First and last; None is the scene's range, and of a file all of its frames, which count from 1.
    fps : float or None, frames per second, default None
        None is the file's own rate, or the scene's.
    width : int, pixels, default 800
        An even number.
    height : int, pixels, default 800
        An even number.
    uv_template : str, Path or None, default None
        Of a file: an .obj in its topology with faces and UVs, such as VOCA's texture_mesh.obj.
    texture : str, Path or None, default None
        Of a file: a picture for these UVs, or for those of an installed model of as many vertices.
    engine : str, default "AUTO"
        "CYCLES", "EEVEE", or "AUTO": Cycles where there is no window, and so perhaps no graphics, else Eevee.
    samples : int, default 32
        Of a pixel.
    """

    sound: str | Path | None = None
    frames: tuple[int, int] | None = None
    fps: float | None = number(None, least=0.1, most=1000)
    width: int = number(800, least=16, most=16384)
    height: int = number(800, least=16, most=16384)
    uv_template: str | Path | None = None
    texture: str | Path | None = None
    engine: str = choice(AUTO, CYCLES, EEVEE)
    samples: int = number(32, least=1, most=65536)


@dataclass(frozen=True)
class Film:
    """A film that was written.

    Attributes
    ----------
    path : Path
        The file.
    n_frames : int
        How many pictures it has.
    fps : float, frames per second
        Its rate.
    sound : Path or None
        The sound that is in it.
    notes : tuple of str
        What was assumed, one sentence each.
    """

    path: Path
    n_frames: int
    fps: float
    sound: Path | None
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """One line for a person."""
        said = f"Wrote {self.path}: {self.n_frames} frames at {self.fps:g} fps, silent."
        if self.sound is not None:
            said = f"Wrote {self.path}: {self.n_frames} frames at {self.fps:g} fps, with {self.sound.name}."
        return " ".join((said, *self.notes))


def filming(
    scene: bpy.types.Scene, shown: bpy.types.Object | Path, path: Path, options: FilmOptions
) -> Generator[float, None, Film]:
    """Render a head of the scene, or a file, to a film; yields the share that is done.

    In a scene of its own, which is removed with all that came with it. Closed early, or on a FlameError, no film is
    written.
    """
    _check(shown, path, options)
    sound, left_out = _sound_of(shown, options)
    with tempfile.TemporaryDirectory(prefix="flame-film-") as name:
        folder = Path(name)
        reading = (
            file_over_frames(shown, options.frames, options.fps, folder)
            if isinstance(shown, Path)
            else head_over_frames(scene, shown, options.frames, folder)
        )
        subject = yield from part_of(reading, 0.0, READING)
        own_rate = options.fps or subject.fps
        fps = own_rate or scene.render.fps / scene.render.fps_base
        with own_data() as own:
            film = _set_up(subject, fps, options)
            cut = new_cut(film, len(subject.frames))
            if sound is not None:
                try:
                    put_sound(cut, sound, 2 - subject.frames[0] if isinstance(shown, Path) else 1)
                except FlameError as error:
                    if options.sound is not None:
                        raise
                    sound, left_out = None, (f"Left out: {error}",)
            own.collect()
            pictures = yield from part_of(_rendering(film, subject.frames, folder), READING, RENDERED)
            with whole_files(path) as place:
                write_film(cut, pictures, place / path.name)
    notes = (*left_out, *(() if own_rate else (NO_RATE.format(fps),)), *subject.notes)
    return Film(path, len(subject.frames), fps, sound, notes)


def _check(shown: bpy.types.Object | Path, path: Path, options: FilmOptions) -> None:
    suffix = path.suffix.lower()
    if suffix not in CONTAINERS:
        raise FlameError(f"{path}: expected a name ending in {', '.join(CONTAINERS)}, found {suffix or 'no ending'}.")
    built_with: Any = bpy.app.build_options
    if not built_with.codec_ffmpeg:
        raise FlameError(f"{path}: this Blender was built without FFmpeg, which films need; use another build.")
    for name in ("width", "height"):
        found = getattr(options, name)
        if int(found) != found or found % 2:
            raise ParameterError(f"{name}: expected an even number of pixels, which H.264 needs, found {found}.")
    if not isinstance(shown, Path) and (options.uv_template is not None or options.texture is not None):
        raise ParameterError("uv_template and texture: expected a file of meshes to put them on, found a head.")
    for name in ("uv_template", "texture", "sound"):
        given = getattr(options, name)
        if given is not None and not Path(given).is_file():
            raise FlameError(f"{given}: expected a file, found none; check the path ({name}).")
    check_writable(path)


def _sound_of(shown: bpy.types.Object | Path, options: FilmOptions) -> tuple[Path | None, tuple[str, ...]]:
    """The sound that is asked for, or lies beside the file; and what is left out."""
    sound = None if options.sound is None else Path(options.sound)
    if sound is None and isinstance(shown, Path):
        sound = sound_beside(shown)
    built_with: Any = bpy.app.build_options
    if sound is None or built_with.audaspace:
        return sound, ()
    if options.sound is not None:
        raise FlameError(f"{sound}: {SILENT} Leave the sound out, or use another build.")
    return None, (f"{sound.name} is left out: {SILENT}",)


def _set_up(subject: Subject, fps: float, options: FilmOptions) -> bpy.types.Scene:
    """The scene that renders the pictures."""
    film = new_scene((options.width, options.height), fps, options.engine, options.samples)
    objects = add_subject(
        subject,
        film.collection,
        None if options.uv_template is None else Path(options.uv_template),
        None if options.texture is None else Path(options.texture),
    )
    light(film, objects, subject.place)
    add_camera(film, objects, subject.place, subject.frames)
    return film


def _rendering(film: bpy.types.Scene, frames: range, folder: Path) -> Generator[float, None, list[Path]]:
    """A picture of each frame; yields the share that is done. Raises WriteError."""
    film.render.image_settings.file_format = "PNG"
    pictures = []
    for done, frame in enumerate(frames, 1):
        path = folder / f"{done:06d}.png"
        film.frame_set(frame)
        render_still(film, path)
        pictures.append(path)
        yield done / len(frames)
    return pictures
