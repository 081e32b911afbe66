"""The project's own .npz of a clip: plain arrays, read back bit for bit. The only place that knows its keys."""

from __future__ import annotations

import numpy as np

from ..errors import ParameterError, SequenceError
from ..files.archive import FilePath
from ..files.npz_file import save_arrays
from ..files.raw_arrays import shortened
from ..flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams
from ..geometry.camera import Camera
from .contents import Contents
from .sequence import FlameSequence, Found

FORMAT = "flame_blender sequence 1"
_PARAMS = (*COEFFICIENT_FIELDS, *VECTOR_FIELDS, "offsets", "eyelids")
_UNTURNED = "eyelids_unturned"
_TEXTS = ("source", "release")
_CAMERA = "camera/"
_CAMERA_ARRAYS = ("intrinsics", "rotation", "translation")


def save_sequence(sequence: FlameSequence, path: FilePath) -> None:
    """Write the clip to ``path`` in one step; ``load_sequence`` gives every number and text back exactly.

    Raises WriteError when it cannot be written; what was there stays.
    """
    arrays = {"format": np.array(FORMAT)}
    arrays |= {name: getattr(sequence.params, name) for name in _PARAMS if getattr(sequence.params, name) is not None}
    if sequence.params.eyelids_unturned:
        arrays[_UNTURNED] = np.array(True)
    arrays |= {name: np.array(getattr(sequence, name)) for name in _TEXTS}
    arrays["notes"] = np.array(sequence.notes, np.str_)
    arrays["found_counts"] = np.array([sequence.found.identity, sequence.found.expression], np.int64)
    arrays["found_pose"] = np.array(sequence.found.pose)
    if sequence.fps is not None:
        arrays["fps"] = np.array(sequence.fps, np.float64)
    if sequence.camera is not None:
        arrays |= {f"{_CAMERA}{name}": getattr(sequence.camera, name) for name in _CAMERA_ARRAYS}
        arrays[f"{_CAMERA}size"] = np.array([sequence.camera.width, sequence.camera.height], np.int64)
        arrays[f"{_CAMERA}image_paths"] = np.array(sequence.camera.image_paths, np.str_)
        arrays[f"{_CAMERA}orthographic"] = np.array(sequence.camera.orthographic)
    save_arrays(path, arrays)


def recognises(contents: Contents) -> bool:
    """Whether it is an .npz of :func:`save_sequence`."""
    value = contents.fields.get("format")
    return (
        isinstance(value, np.ndarray) and value.dtype.kind == "U" and str(value).startswith(FORMAT.rpartition(" ")[0])
    )


def read(contents: Contents) -> FlameSequence:
    """The clip that was saved. SequenceError naming the file and the key."""
    if str(contents.take("format")) != FORMAT:
        found = shortened(str(contents.fields["format"]))
        raise SequenceError(f"{contents.source}: format must be {FORMAT!r}, found {found}; update the add-on.")
    n_identity, n_expression = _array(contents, "found_counts", "iu", (2,)).tolist()
    try:
        return FlameSequence(
            params=FlameParams(
                **{name: contents.take(name) for name in _PARAMS if contents.has(name)},
                eyelids_unturned=contents.has(_UNTURNED) and bool(_array(contents, _UNTURNED, "b", ())),
            ),
            fps=float(_array(contents, "fps", "f", ())) if contents.has("fps") else None,
            source=_text(contents, "source"),
            camera=_camera(contents) if contents.has(f"{_CAMERA}intrinsics") else None,
            release=_text(contents, "release"),
            notes=_texts(contents, "notes"),
            found=Found(n_identity, n_expression, _text(contents, "found_pose")),
        )
    except (ParameterError, SequenceError) as error:
        text = str(error)
        raise SequenceError(text if text.startswith(contents.source) else f"{contents.source}: {text}") from error


def _camera(contents: Contents) -> Camera:
    width, height = _array(contents, f"{_CAMERA}size", "iu", (2,)).tolist()
    arrays = {name: _array(contents, f"{_CAMERA}{name}", "f") for name in _CAMERA_ARRAYS}
    paths = _texts(contents, f"{_CAMERA}image_paths")
    orthographic = bool(_array(contents, f"{_CAMERA}orthographic", "b", ()))
    return Camera(**arrays, width=width, height=height, image_paths=paths, orthographic=orthographic)


def _array(contents: Contents, key: str, kinds: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    value = contents.take(key)
    right = isinstance(value, np.ndarray) and value.dtype.kind in kinds and shape in (None, value.shape)
    if not isinstance(value, np.ndarray) or not right:
        expected = "an array" if shape is None else f"an array of shape {shape}"
        raise SequenceError(f"{contents.source}: {key} must be {expected}, found {shortened(value)}.")
    return value


def _text(contents: Contents, key: str) -> str:
    return str(_array(contents, key, "U", ()))


def _texts(contents: Contents, key: str) -> tuple[str, ...]:
    value = _array(contents, key, "U")
    if value.ndim != 1:
        raise SequenceError(f"{contents.source}: {key} must be a list of texts, found {shortened(value)}.")
    return tuple(value.tolist())
