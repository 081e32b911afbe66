"""Recipes read from TOML, every value checked; an error names the key and its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

from ..errors import DatasetError, ModelError
from ..files.archive import open_file
from ..files.json_text import parse_json
from ..files.raw_arrays import shortened
from .distributions import Choice, Distribution, Fixed, Normal, Uniform
from .factors import FACTORS, Entry, Number, Word
from .recipe import DEVICES, FLOW, LANDMARK_SETS, MAPS, MASKS, SHOTS, Labels, Picture, Recipe, Shots, with_left_out
from .sample_files import kinds_of

MAX_BYTES = 1 << 20
MAX_WRITTEN_BYTES = 16 * MAX_BYTES  # a choice of two bytes is written with its weight, each on a line
MOST_CHOICES = 10_000
LARGEST = 1e9  # of any number of a factor; no NaN is within it
MOST_SAMPLES, MOST_IN_A_SHARD, LARGEST_SIDE = 1_000_000_000, 100_000, 8192
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
TOP = ("name", "seed", "count", "shard_size")
MOST_SHOTS = 1000
MOST_FILES_OF_A_SHARD = 1_000_000  # half of what a reader's budget has steps for
KINDS = ("uniform", "normal", "choice")


def load_recipe(path: str | Path) -> Recipe:
    """The recipe in a TOML file. Raises DatasetError naming the file, and the line where one is wrong."""
    try:
        with open_file(path) as file:
            raw = file.read(MAX_BYTES + 1)
    except ModelError as error:
        raise DatasetError(str(error)) from error
    if len(raw) > MAX_BYTES:
        raise DatasetError(f"{path}: expected a recipe of at most {MAX_BYTES} bytes, found a larger file.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: expected a recipe, text in UTF-8, found other bytes; choose a recipe.") from error
    return read_recipe(text, str(path), Path(path).parent)


def read_recipe(text: str, source: str = "recipe", home: Path | None = None) -> Recipe:
    """The recipe in a TOML text; ``source`` names it in errors, ``home`` is its folder. Raises DatasetError."""
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = shortened(str(error), 120).strip("'\"")
        raise DatasetError(f"{source}: expected a recipe in TOML, found a fault ({reason}); mend it.") from error
    return _Reader(source, text, home or Path()).recipe(content)


class _Reader:
    """Takes the values of one recipe, or says what is wrong with one."""

    def __init__(self, source: str, text: str, home: Path) -> None:
        self.source, self.text, self.home = source, text, home

    def recipe(self, content: Mapping[str, Any]) -> Recipe:
        self.known(content, "", (*TOP, "image", "labels", *FACTORS))
        image = self.table(content, "image", Picture.__dataclass_fields__)
        labels = self.table(content, "labels", Labels.__dataclass_fields__)
        name = content.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self.refuse("", "name", "letters, digits, '.', '_' and '-'", name)
        factors = {
            factor: {
                key: self.distribution(factor, key, entries[key], value)
                for key, value in self.table(content, factor, (*SHOTS.get(factor, ()), *entries)).items()
                if key in entries
            }
            for factor, entries in FACTORS.items()
        }
        shots, shown = self.shots(content), self.labels(labels)
        if FLOW in shown.maps and shots.frames == 1:
            self.refuse("labels", "maps", "'flow' with clip.frames of at least 2", shown.maps)
        found = Recipe(
            name=name,
            seed=self.whole("", "seed", content.get("seed"), 0, 2**63 - 1),
            count=self.whole("", "count", content.get("count"), 1, MOST_SAMPLES),
            shard_size=self.whole("", "shard_size", content.get("shard_size"), 1, MOST_IN_A_SHARD),
            image=self.picture(image),
            labels=shown,
            factors=with_left_out(factors),
            shots=shots,
            home=self.home,
        )
        most = MOST_FILES_OF_A_SHARD // len(kinds_of(found))
        if found.shard_size > most:  # which ``finish`` could not read
            expected = f"at most {most} samples of {len(kinds_of(found))} files each in a shard"
            self.refuse("", "shard_size", expected, found.shard_size)
        return found

    def shots(self, content: Mapping[str, Any]) -> Shots:
        given = {
            key: self.whole(section, key, content.get(section, {}).get(key, 1), 1, MOST_SHOTS)
            for section, keys in SHOTS.items()
            for key in keys
        }
        if given["views"] * given["frames"] > MOST_SHOTS:
            self.refuse("clip", "frames", f"at most {MOST_SHOTS} pictures of a sample", given["frames"])
        return Shots(**given)

    def picture(self, given: Mapping[str, Any]) -> Picture:
        found = {**vars(Picture()), **given}
        if found["device"] not in DEVICES:
            self.refuse("image", "device", _or([repr(each) for each in DEVICES]), found["device"])
        return Picture(
            width=self.whole("image", "width", found["width"], 16, LARGEST_SIDE),
            height=self.whole("image", "height", found["height"], 16, LARGEST_SIDE),
            samples=self.whole("image", "samples", found["samples"], 1, 65536),
            denoise=self.truth("image", "denoise", found["denoise"]),
            device=found["device"],
        )

    def labels(self, given: Mapping[str, Any]) -> Labels:
        return Labels(
            landmarks=self.words("landmarks", given.get("landmarks", Labels.landmarks), LANDMARK_SETS),
            masks=self.words("masks", given.get("masks", Labels.masks), MASKS),
            maps=self.words("maps", given.get("maps", Labels.maps), MAPS),
            albedo=self.truth("labels", "albedo", given.get("albedo", False)),
        )

    def truth(self, section: str, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            self.refuse(section, key, "true or false", value)
        return value

    def words(self, key: str, value: object, known: Sequence[str]) -> tuple[str, ...]:
        """Some of ``known``, in its order: in which order they are asked for makes no other data set."""
        if not isinstance(value, (list, tuple)) or any(each not in known for each in value):
            self.refuse("labels", key, f"a list of {_or(known)}", value)
        return tuple(each for each in known if each in value)

    def table(self, content: Mapping[str, Any], section: str, known: Iterable[str]) -> Mapping[str, Any]:
        found = content.get(section, {})
        if not isinstance(found, dict):
            self.refuse("", section, "a table", found)
        self.known(found, section, known)
        return found

    def known(self, found: Mapping[str, Any], section: str, known: Iterable[str]) -> None:
        for key in found:
            if key not in known:
                near = difflib.get_close_matches(key, list(known), 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
                where = f"[{section}]" if section else "the recipe"
                place = self.place(section, key)
                raise DatasetError(f"{place}: expected no such key in {where}, found {shortened(key)}; {hint}")

    def whole(self, section: str, key: str, value: object, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(section, key, f"a whole number from {least} to {most}", value)
        return value

    def distribution(self, section: str, key: str, entry: Entry, value: object) -> Distribution:
        """What a value of a factor says: a number or a word, or a table that has one of :data:`KINDS`."""
        if not isinstance(value, dict):
            return Fixed(self.value(section, key, entry, value))
        kind = next((each for each in KINDS if each in value), None)
        extra = {"normal": "limits", "choice": "weights"}.get(kind or "", "")
        if kind is None or (isinstance(entry, Word) and kind != "choice") or set(value) - {kind, extra}:
            able = "choice" if isinstance(entry, Word) else _or(KINDS)
            self.refuse(section, key, f"{_of(entry)}, or a table with {able}", value)
        if kind == "choice":
            return self.choice(section, key, entry, value)
        assert isinstance(entry, Number)  # noqa: S101  (words have nothing else)
        if kind == "uniform":
            low, high = self.pair(section, key, value["uniform"], entry)
            if low > high:
                self.refuse(section, key, "uniform = [least, most]", value)
            return Uniform(low, high)
        mean, deviation = self.pair(section, key, value["normal"], None)
        low, high = self.pair(section, key, value.get("limits", [entry.least, entry.most]), entry)
        if deviation < 0 or low > high:
            self.refuse(section, key, "normal = [mean, deviation], limits = [least, most]", value)
        return Normal(mean, deviation, low, high)

    def choice(self, section: str, key: str, entry: Entry, value: Mapping[str, Any]) -> Choice:
        given = value["choice"]
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_CHOICES:
            self.refuse(section, key, f"choice = [...] of 1 to {MOST_CHOICES} values", value)
        weights = value.get("weights", [1] * len(given))
        if not isinstance(weights, list) or len(weights) != len(given):
            self.refuse(section, key, f"{len(given)} weights, one for each choice", weights)
        if not all(_is_number(each) and each >= 0 for each in weights) or not sum(weights):
            self.refuse(section, key, f"weights from 0 to {LARGEST:g}, not all 0", weights)
        return Choice(tuple(self.value(section, key, entry, each) for each in given), tuple(map(float, weights)))

    def value(self, section: str, key: str, entry: Entry, value: object) -> float | str:
        if isinstance(entry, Word):
            if not isinstance(value, str) or (entry.words and value not in entry.words):
                self.refuse(section, key, _of(entry), value)
            return value
        if not _is_number(value) or not entry.least <= value <= entry.most:
            self.refuse(section, key, _of(entry), value)
        return float(value)

    def pair(self, section: str, key: str, value: object, entry: Number | None) -> tuple[float, float]:
        least, most = (-LARGEST, LARGEST) if entry is None else (entry.least, entry.most)
        if (
            not isinstance(value, list)
            or len(value) != 2
            or any(not _is_number(each) or not least <= each <= most for each in value)
        ):
            self.refuse(section, key, f"two numbers from {least:g} to {most:g}", value)
        return float(value[0]), float(value[1])

    def refuse(self, section: str, key: str, expected: str, found: object) -> NoReturn:
        said = "none" if found is None else _quoted(found)
        raise DatasetError(f"{self.place(section, key)}: expected {expected}, found {said}.")

    def place(self, section: str, key: str) -> str:
        """The file, the line where there is one, and the key."""
        name = f"{section}.{key}" if section else key
        line = line_of(self.text, section, key)
        return f"{self.source}: {shortened(name).strip(chr(39))}" + ("" if line is None else f" (line {line})")


def line_of(text: str, section: str, key: str) -> int | None:
    """The line, from 1, of a key in a table of a TOML text, or of the table's head; None where it stands elsewhere."""
    current, begun = "", None
    head, assigned = re.compile(r"\s*\[\s*([\w.-]+)\s*\]"), re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    inline = re.compile(rf"\s*{re.escape(section)}\s*(=\s*{{|\.\s*[\"']?{re.escape(key)}[\"']?\s*=)")  # or dotted
    for number, line in enumerate(text.splitlines(), 1):
        found = head.match(line)
        if found:
            current = found[1]
            begun = number if current in (section, key) and begun is None else begun
        elif current == section and assigned.match(line):
            return number
        elif section and not current and inline.match(line):
            begun = number
    return begun


def _quoted(value: object) -> str:
    """What an error quotes of a value: a list of a few as it is written."""
    if isinstance(value, list) and len(value) <= 4 and not any(isinstance(each, (list, dict)) for each in value):
        return f"[{', '.join(_quoted(each) for each in value)}]"
    found = shortened(value)
    return found if len(found) <= 80 else f"{found[:60]}..."


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _of(entry: Entry) -> str:
    if isinstance(entry, Number):
        return f"a number from {entry.least:g} to {entry.most:g}"
    return _or([repr(word) for word in entry.words]) if entry.words else "a text"


def _or(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def read_written(raw: bytes, source: str) -> Recipe:
    """The recipe of :meth:`Recipe.written`. Raises DatasetError for anything else."""
    try:
        content = parse_json(raw, source)
    except ModelError as error:
        raise DatasetError(str(error)) from error
    if not isinstance(content, dict):
        raise DatasetError(f"{source}: expected a data set's recipe, found {shortened(content)}; choose its folder.")
    given = {
        key: {inner: each for inner, each in value.items() if each is not None} if isinstance(value, dict) else value
        for key, value in content.items()
    }
    recipe = _Reader(source, "", Path()).recipe(given)
    if recipe.written() != raw:
        raise DatasetError(f"{source}: expected a recipe as a data set's folder has it, found it changed; restore it.")
    return recipe
