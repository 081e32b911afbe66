"""What a file or a folder holds, as plain values, whatever tool wrote it: nothing runs, sizes come before memory."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError, SequenceError
from ..files.archive import FilePath, container, npz_shapes, open_file, read_any, read_npz
from ..files.file_budget import budget_of
from ..files.json_text import parse_json
from ..files.mat_file import MAT_START
from ..files.raw_arrays import shortened
from ..flame.controls import ARKIT_NAMES
from ..model_files.recognise import described
from .choices import Choices

MAX_JSON_BYTES = 1 << 26  # Python takes up to 24 bytes for each of a hostile text's
LARGE_FILE_BYTES = 1 << 22  # in smaller .npz files pictures are read with the rest
MAX_TOLD = 12  # keys
FOLDER = "folder"
SCORES_INSTEAD = "it holds ARKit scores: use Import ARKit Scores, or api.import_arkit"
MAX_LOOKED_AT, NAMES_WITHIN = 64, 4  # items and depth within which names of scores are looked for
_ARKIT_NAMES = frozenset(name.lower() for name in ARKIT_NAMES)
# Arrays that no reader wants; of an .npz they are not even unpacked.
PICTURES = frozenset({"images", "image", "img", "parsing", "rendered", "tex_extra", "albedos", "detail_images"})


@dataclass(frozen=True, eq=False)
class Contents:
    """``value`` is what the file holds; ``kind`` its container.

    The kinds are "npz", "npy", "pickle", "torch", "torch zip", "json", "mat" (not read: ``value`` is None) and
    "folder": one frame or clip spread over .npy files, a dict by their stems.
    """

    path: Path
    kind: str
    value: object
    parents: tuple[str, ...] = field(default=())  # the keys that lead here inside the file
    choices: Choices = field(default_factory=Choices)  # where the file leaves something open
    unopened: tuple[str, ...] = ()  # keys of pictures, not even unpacked
    taken: set[tuple[str, ...]] = field(default_factory=set)  # where the reader took numbers, for the whole file

    @property
    def source(self) -> str:
        """How errors name it."""
        return ": ".join([str(self.path), *(shortened(key) for key in self.parents)])

    @property
    def fields(self) -> Mapping:
        """``value`` where it is a dict, else nothing."""
        return self.value if isinstance(self.value, Mapping) else {}

    def has(self, *keys: str) -> bool:
        """Whether it is a dict with all these keys."""
        return all(key in self.fields for key in keys)

    def inner(self, key: object, value: object) -> Contents:
        """A part of it, which errors name by its key."""
        return dataclasses.replace(self, value=value, parents=(*self.parents, str(key)))

    def take(self, key: str) -> Any:
        """What lies under ``key``, or None, noted as read."""
        self.taken.add((*self.parents, key))
        return self.fields.get(key)

    def left_out(self) -> tuple[str, ...]:
        """The keys, of the file and of the dicts and lists that the reader looked into, that it took nothing of."""
        led_here = {path[:length] for path in self.taken for length in range(len(path))}
        found: dict[str, None] = {}

        def look(value: object, path: tuple[str, ...]) -> None:
            if path in self.taken:
                return
            if path not in led_here:
                found[path[-1] if path else "everything"] = None
                return
            items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
            for key, inside in items:
                look(inside, (*path, str(key)))

        look(self.value, self.parents)
        return (*found, *self.unopened)


def open_contents(path: FilePath) -> Contents:
    """Read ``path``, told by its content. SequenceError naming the file when it is damaged, unsafe or nothing known."""
    path = Path(path)
    try:
        with budget_of(path):
            return _open_file(path)
    except ModelError as error:
        raise SequenceError(str(error)) from error
    except MemoryError as error:
        raise SequenceError(
            f"{path}: expected a file that fits in memory, but there is not enough of it; close others."
        ) from error


def _open_file(path: Path) -> Contents:
    kind = container(path)
    if kind == "npz":
        if path.stat().st_size < LARGE_FILE_BYTES:
            return Contents(path, kind, read_npz(path))
        keys = npz_shapes(path).keys()
        unopened = tuple(sorted(keys & PICTURES))
        return Contents(path, kind, read_npz(path, only=keys - PICTURES), unopened=unopened)
    if kind is not None:
        return Contents(path, kind, _unwrapped(read_any(path)))
    with open_file(path) as file:
        start = file.read(256)
    if start.startswith(MAT_START):
        return Contents(path, "mat", None)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*[\[{]", start):
        return Contents(path, "json", _read_json(path))
    scores = any(name.encode("ascii") in start.lower() for name in _ARKIT_NAMES)
    advice = SCORES_INSTEAD if scores else "choose another file"
    raise SequenceError(f"{path}: expected parameters of a FLAME head, found {described(path)}; {advice}.")


def names_scores(value: object, depth: int = NAMES_WITHIN) -> bool:
    """Whether the keys or texts of a value, or of the first of its items, are names of ARKit's scores."""
    if isinstance(value, str):
        return value.lower() in _ARKIT_NAMES
    if not depth or not isinstance(value, Mapping | list):
        return False
    if isinstance(value, list):
        return any(names_scores(item, depth - 1) for item in value[:MAX_LOOKED_AT])
    items = list(value.items())[:MAX_LOOKED_AT]
    return any(names_scores(key) or names_scores(item, depth - 1) for key, item in items)


def told(value: object) -> str:
    """What a value out of a file is, for a refusal: the keys of a dict, the first item of a list, an array's shape."""
    if isinstance(value, Mapping):
        more = f" and {len(value) - MAX_TOLD} more" if len(value) > MAX_TOLD else ""
        return f"the keys {', '.join(map(shortened_key, list(value)[:MAX_TOLD]))}{more}" if value else "no keys"
    if isinstance(value, (list, tuple)):
        first = f", the first with {told(value[0])}" if value and isinstance(value[0], Mapping) else ""
        return f"a list of {len(value)}{first}"
    return shortened(value)


def shortened_key(key: object) -> str:
    """A key as refusals and notes name it: plain where it is a printable text, short in any case."""
    return key[:40] if isinstance(key, str) and key[:40].isprintable() else shortened(key, 40)


def open_arrays(folder: Path, names: Collection[str]) -> Contents:
    """The .npy files of a folder with these stems (those that are there) as one dict."""
    paths = {name: folder / f"{name}.npy" for name in sorted(names)}
    value = {name: open_contents(path).value for name, path in paths.items() if path.is_file()}
    return Contents(folder, FOLDER, value)


def _read_json(path: Path) -> object:
    with open_file(path) as file:
        raw = file.read(MAX_JSON_BYTES + 1)
    if len(raw) > MAX_JSON_BYTES:
        raise SequenceError(f"{path}: expected at most {MAX_JSON_BYTES} bytes of JSON, found more.")
    return parse_json(raw, str(path))


def _unwrapped(value: object) -> object:
    """An object array of one item is the item, of several the list of them."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return value.reshape(1)[0] if value.ndim == 0 else list(value.reshape(-1))
    return value
