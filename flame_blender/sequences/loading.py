"""load_sequence: one clip out of a file, or out of a folder with a file or a folder for each frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from pathlib import Path

import numpy as np

from ..flame.archive import FilePath
from ..flame.errors import SequenceError
from ..flame.steps import result_of
from .choices import AUTO, Choices
from .contents import Contents, open_arrays, open_contents
from .frame_names import check_numbers, natural_order
from .joining import join
from .meshes import holds_meshes
from .readers import READERS, vhap
from .sequence import FlameSequence
from .transforms_json import with_camera_beside

FRAME_SUFFIXES = frozenset({".npz", ".npy", ".pkl", ".pickle", ".frame", ".pt", ".pth", ".json"})
FRAME_FOLDERS = ("flame_param", "checkpoint", "params")  # where VHAP, the metrical tracker and RingNet put frames
NOT_FRAMES = frozenset({"canonical_flame_param"})
NO_FRAMES_START = "transforms"  # of the names of a data set's cameras
ARRAYS_OF_A_FRAME = ("exp", "shape", "pose", "jawpose", "globalpose", "tex", "detail", "cam", "lightcode")  # EMOCA's
IDENTITY_OF_A_FRAME = ("identity",)  # MICA's


def load_sequence(path: FilePath, pose_layout: str = AUTO, body_rotation: bool = False) -> FlameSequence:
    """Read a clip, told by the content of its files; numbers are as the tool wrote them.

    A folder of per-frame files is one clip, in natural order; their numbers must rise evenly. ``pose_layout`` and
    ``body_rotation`` decide what some files leave open, see :class:`.choices.Choices`. Raises SequenceError in
    one sentence naming the file, the key, what was expected and found.
    """
    return result_of(loading_sequence(path, Choices(pose_layout, body_rotation)))


def loading_sequence(path: FilePath, choices: Choices | None = None) -> Generator[float, None, FlameSequence]:
    """:func:`load_sequence` in steps: yields the share that is done, 0 to 1."""
    path, choices = Path(path), choices or Choices()
    try:
        if path.is_dir():
            clip = yield from _loading_folder(path, choices)
        else:
            clip = read_contents(dataclasses.replace(open_contents(path), choices=choices))
        return _with_unused(clip, choices)
    except OSError as error:
        raise SequenceError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except MemoryError as error:
        raise SequenceError(f"{path}: expected a clip that fits in memory, but there is not enough of it.") from error


def read_contents(contents: Contents) -> FlameSequence:
    """What the first reader that recognises the contents makes of them."""
    for reader in READERS:
        if reader.recognises(contents):
            return reader.read(contents)
    if isinstance(contents.value, np.ndarray) and contents.value.ndim in (2, 3) and contents.value.dtype.kind == "f":
        raise SequenceError(
            f"{contents.source}: expected parameters of a FLAME head, found an array {contents.value.shape}; if they "
            "are vertices, use Import FLAME Meshes."
        )
    found = ", ".join(str(key)[:40] for key in list(contents.fields)[:12])
    raise SequenceError(
        f"{contents.source}: expected parameters of a FLAME head, found "
        f"{f'the keys {found}' if found else f'a {contents.kind} of something else'}; choose another file."
    )


def _with_unused(clip: FlameSequence, choices: Choices) -> FlameSequence:
    """The clip with a note for each choice that its file did not leave open."""
    if choices.pose_layout != AUTO and not clip.found.layouts:
        clip = clip.with_notes(f"The pose layout {choices.pose_layout} is not used: the file tells its own.")
    if choices.body_rotation and not clip.found.body:
        clip = clip.with_notes("The body's rotation is not used: the file holds no body that could turn the head.")
    return clip


def _loading_folder(folder: Path, choices: Choices) -> Generator[float, None, FlameSequence]:
    for name in FRAME_FOLDERS:
        if (folder / name).is_dir():
            folder = folder / name
            break
    if _holds_arrays(folder):
        return read_contents(_open_frame(folder, choices))
    frames = [each for each in folder.iterdir() if not each.name.startswith(".") and _is_frame(each)]
    if not frames and holds_meshes(folder):
        raise SequenceError(f"{folder}: expected parameters, found meshes; use Import FLAME Meshes for them.")
    if not frames:
        raise SequenceError(f"{folder}: expected a file for each frame, found none; choose another folder.")
    frames.sort(key=lambda each: natural_order(each.name))
    suffixes = sorted({each.suffix.lower() for each in frames if each.is_file()})
    if len(suffixes) > 1 or any(each.is_dir() != frames[0].is_dir() for each in frames):
        found = " and ".join(suffixes) if len(suffixes) > 1 else "files and folders"
        raise SequenceError(f"{folder}: expected frames of one kind, found {found}; choose one file or another folder.")
    if len(frames) > 1:
        check_numbers(folder, [each.name if each.is_dir() else each.stem for each in frames])
    parts = []
    for index, frame in enumerate(frames):
        parts.append(read_contents(_open_frame(frame, choices)))
        yield (index + 1) / len(frames)
    clip = join(parts, str(folder))
    return with_camera_beside(clip, folder, [each.stem for each in frames]) if clip.source == vhap.SOURCE else clip


def _is_frame(path: Path) -> bool:
    if path.is_dir():
        return _holds_arrays(path)
    named = path.stem not in NOT_FRAMES and not path.stem.startswith(NO_FRAMES_START)
    return path.suffix.lower() in FRAME_SUFFIXES and named


def _holds_arrays(folder: Path) -> bool:
    """Whether it is EMOCA's or MICA's folder of one frame."""
    return any((folder / f"{name}.npy").is_file() for name in (ARRAYS_OF_A_FRAME[0], *IDENTITY_OF_A_FRAME))


def _open_frame(path: Path, choices: Choices) -> Contents:
    in_folder = (*ARRAYS_OF_A_FRAME, *IDENTITY_OF_A_FRAME)
    found = open_arrays(path, in_folder) if path.is_dir() else open_contents(path)
    return dataclasses.replace(found, choices=choices)
