"""load_sequence: one clip out of a file, or out of a folder with a file or a folder for each frame."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Generator, Mapping
from pathlib import Path

import numpy as np

from ..errors import ModelError, SequenceError
from ..files.archive import FilePath
from ..files.file_budget import budget_of
from ..files.natural_order import natural_order
from ..long_work import result_of
from .choices import AUTO, Choices
from .contents import (
    MAX_TOLD,
    SCORES_INSTEAD,
    Contents,
    names_scores,
    open_arrays,
    open_contents,
    shortened_key,
    told,
)
from .frame_names import check_numbers, left_out_of_folder, strangers
from .joining import join
from .meshes import holds_meshes
from .readers import READERS, mica, vhap
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
            with budget_of(path):
                clip = read_contents(dataclasses.replace(open_contents(path), choices=choices))
        return _with_unused(clip, choices)
    except ModelError as error:
        raise SequenceError(str(error)) from error
    except OSError as error:
        raise SequenceError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except MemoryError as error:
        raise SequenceError(f"{path}: expected a clip that fits in memory, but there is not enough of it.") from error


def read_contents(contents: Contents) -> FlameSequence:
    """What the first reader that recognises the contents makes of them."""
    for reader in READERS:
        if reader.recognises(contents):
            return _with_left_out(reader.read(contents), contents)
    records = _records(contents)
    if records:
        clip = join([read_contents(record) for record in records], contents.source)
        return clip.with_notes(f"A frame for each of {len(records)} records.")
    raise SequenceError(
        f"{contents.source}: expected parameters of a FLAME head, found {told(contents.value)}; {_advice(contents)}."
    )


def _records(contents: Contents) -> list[Contents]:
    """The items of a list, or of a dict in the natural order of its keys, where a reader recognises each of them."""
    value = contents.value
    items: list[tuple[object, object]] = []
    if isinstance(value, list):
        items = list(enumerate(value))
    elif isinstance(value, Mapping):
        items = sorted(value.items(), key=lambda item: natural_order(str(item[0])))
    if not items or not all(isinstance(item, Mapping) for _, item in items):
        return []
    records = [contents.inner(key, item) for key, item in items]
    return records if all(any(reader.recognises(record) for reader in READERS) for record in records) else []


def _with_left_out(clip: FlameSequence, contents: Contents) -> FlameSequence:
    """The clip with a note of the keys that its reader took nothing of."""
    names = contents.left_out() if isinstance(contents.value, Mapping | list) else ()
    if not names:
        return clip
    more = f" and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
    return clip.with_notes(f"Left out of the file: {', '.join(map(shortened_key, names[:MAX_TOLD]))}{more}.")


def _advice(contents: Contents) -> str:
    value = contents.value
    if names_scores(value):
        return SCORES_INSTEAD
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        if value.ndim in (2, 3):
            return "if they are vertices, use Import FLAME Meshes"
        if value.ndim == 1 and value.size == mica.MAX_IDENTITY:
            return "if it is an identity, name the file identity.npy"
    return "choose another file"


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
    frames, others = _frames(folder)
    if len(frames) > 1:
        check_numbers(folder, [each.name if each.is_dir() else each.stem for each in frames])
    parts = []
    for index, frame in enumerate(frames):
        with budget_of(frame):
            parts.append(read_contents(_open_frame(frame, choices)))
        yield (index + 1) / len(frames)
    clip = join(parts, str(folder))
    if others:
        clip = clip.with_notes(left_out_of_folder(others))
    return with_camera_beside(clip, folder, [each.stem for each in frames]) if clip.source == vhap.SOURCE else clip


def _frames(folder: Path) -> tuple[list[Path], list[str]]:
    """The frames in their order, and the names of what looks like frames but is of another kind or name."""
    entries = [each for each in folder.iterdir() if not each.name.startswith(".")]
    found = sorted((each for each in entries if _is_frame(each)), key=lambda each: natural_order(each.name))
    if not found and holds_meshes(folder):
        raise SequenceError(f"{folder}: expected parameters, found meshes; use Import FLAME Meshes for them.")
    if not found:
        names = sorted(each.name for each in entries)
        what = f"none among {', '.join(map(shortened_key, names[:MAX_TOLD]))}" if names else "an empty folder"
        raise SequenceError(f"{folder}: expected a file for each frame, found {what}; choose another folder.")
    kinds = Counter("folders" if each.is_dir() else each.suffix.lower() for each in found)
    (kind, count), *rest = kinds.most_common()
    if rest and rest[0][1] == count:
        told_kinds = " and ".join(sorted(kinds))
        raise SequenceError(
            f"{folder}: expected frames of one kind, found {told_kinds}; choose one file or another folder."
        )
    frames = [each for each in found if ("folders" if each.is_dir() else each.suffix.lower()) == kind]
    odd = strangers([each.name if each.is_dir() else each.stem for each in frames])
    kept = [each for each in frames if (each.name if each.is_dir() else each.stem) not in odd]
    return kept, sorted({each.name for each in found} - {each.name for each in kept})


def _is_frame(path: Path) -> bool:
    if path.is_dir():
        try:
            return _holds_arrays(path)
        except OSError:  # a folder that cannot be looked into is none of the frames
            return False
    named = path.stem not in NOT_FRAMES and not path.stem.startswith(NO_FRAMES_START)
    return path.suffix.lower() in FRAME_SUFFIXES and named


def _holds_arrays(folder: Path) -> bool:
    """Whether it is EMOCA's or MICA's folder of one frame."""
    return any((folder / f"{name}.npy").is_file() for name in (ARRAYS_OF_A_FRAME[0], *IDENTITY_OF_A_FRAME))


def _open_frame(path: Path, choices: Choices) -> Contents:
    in_folder = (*ARRAYS_OF_A_FRAME, *IDENTITY_OF_A_FRAME)
    found = open_arrays(path, in_folder) if path.is_dir() else open_contents(path)
    return dataclasses.replace(found, choices=choices)
