"""The files of lip-sync programs: Rhubarb's, Moho's switches, visemes of Microsoft, Meta and Amazon as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import SequenceError
from ..files.raw_arrays import shortened
from ..files.xml_text import parse_xml
from ..score_clips.row_times import from_stamps
from .sounds import MICROSOFT, POLLY, PRESTON_BLAIR, RHUBARB, VISEMES, Sound
from .timeline import Timeline, of_sounds

MOHO, CUE = "MohoSwitch1", "mouthCue"
USUAL_FPS = 24.0  # of a switch file, Rhubarb's default and Moho's
LONGEST_SIGN = 100  # letters between the tags of a cue, beyond which no more are read
LAST = 0.1  # seconds that the last shape is held where the file does not tell
_TAB_LINE = re.compile(r"\s*([0-9.]+)\t([A-HX])\s*")
TIME_KEYS = ("start", "time", "timestamp", "audio_offset", "audioOffset", "AudioOffset", "offset")
ID_KEYS = ("viseme_id", "visemeId", "VisemeId", "visemeID")
NAME_KEYS = ("value", "viseme", "name", "shape")
LISTS = ("mouthCues", "visemes", "Visemes", "frames", "cues")
TICKS_FROM = 20_000.0  # a middle step beyond is no millisecond's: Microsoft's ticks of 100 ns
TICKS = 1e7  # in a second
_SPELLED = {"ih": "I", "oh": "O", "ou": "U"}
META: dict[str, Sound] = {name: ((_SPELLED.get(name, name), 1.0),) for name in (*VISEMES, *_SPELLED)}


def is_switch_file(lines: Sequence[str]) -> bool:
    """Whether a text is Moho's or Papagayo's switch data."""
    return bool(lines) and lines[0].strip() == MOHO


def is_tab_file(lines: Sequence[str]) -> bool:
    """Whether a text is Rhubarb's .tsv."""
    return bool(lines) and all(_TAB_LINE.fullmatch(line) for line in lines[:3])


def read_switches(lines: Sequence[str], source: str, fps: float | None) -> Timeline:
    """Frame numbers from 1, each with the shape that begins there. Raises SequenceError."""
    rate = fps or USUAL_FPS
    cells = [line.split(maxsplit=1) for line in lines[1:] if line.strip()]
    starts = [(_number(row[0], source) - 1) / rate for row in cells]
    signs = [row[1].strip() if len(row) > 1 else "" for row in cells]
    notes = () if fps else (f"{USUAL_FPS:g} frames a second are assumed: the file tells none.",)
    return _of_starts("a switch file's mouth shapes", starts, _known(signs, _shapes(signs), source), source, notes)


def read_tab(lines: Sequence[str], source: str) -> Timeline:
    """Seconds and shape of each line, the last of which is silence. Raises SequenceError."""
    cells = [line.split("\t") for line in lines if line.strip()]
    if any(len(row) != 2 for row in cells):
        raise SequenceError(f"{source}: expected seconds, a tab and a mouth shape in each line, found others.")
    starts, signs = [_number(row[0], source) for row in cells], [row[1].strip() for row in cells]
    return _of_starts("Rhubarb's mouth shapes", starts, _known(signs, RHUBARB, source), source)


def read_xml(raw: bytes, source: str) -> Timeline:
    """Rhubarb's .xml. Raises SequenceError and ModelError."""
    cues: list[dict[str, str]] = []
    signs: list[str] = []
    within = [""]  # the element that began last

    def start(name: str, attributes: dict[str, str]) -> None:
        within[0] = name
        if name == CUE:
            cues.append(attributes)
            signs.append("")

    def text(piece: str) -> None:
        if within[0] == CUE and len(signs[-1]) < LONGEST_SIGN:
            signs[-1] += piece

    parse_xml(raw, source, start, text)
    if not cues or any("start" not in cue or "end" not in cue for cue in cues):
        raise SequenceError(f"{source}: expected Rhubarb's mouthCue elements with start and end, found none.")
    starts, ends = ([_number(cue[key], source) for cue in cues] for key in ("start", "end"))
    return of_sounds(
        "Rhubarb's mouth shapes", source, starts, ends, _known([sign.strip() for sign in signs], RHUBARB, source)
    )


def read_json(value: object, source: str) -> Timeline:
    """Rhubarb's, or a list of cues with a time and a viseme's number or name. Raises SequenceError."""
    cues = _cues(value)
    if not cues:
        raise SequenceError(
            f"{source}: expected a list of mouth shapes with their times, found none; choose another file."
        )
    time_key = next((key for key in TIME_KEYS if key in cues[0]), None)
    id_key = next((key for key in ID_KEYS if key in cues[0]), None)
    name_key = next((key for key in NAME_KEYS if isinstance(cues[0].get(key), str)), None)
    sign_key = id_key or name_key
    if time_key is None or sign_key is None:
        keys = ", ".join(shortened(key, 40).strip("'") for key in list(cues[0])[:8])
        raise SequenceError(f"{source}: expected a time and a viseme in each cue, found the keys {keys}.")
    starts = [_number(cue.get(time_key), source) for cue in cues]
    signs = [str(cue.get(sign_key)) for cue in cues]
    kind, table = _named(signs) if id_key is None else ("Microsoft's visemes", MICROSOFT)
    sounds = _known(signs, table, source)
    if "end" in cues[0]:
        ends = [_number(cue.get("end"), source) for cue in cues]
        return of_sounds(kind, source, starts, ends, sounds)
    seconds, notes = _in_seconds(np.array(starts))
    return _of_starts(kind, seconds, sounds, source, notes)


def _cues(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        value = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
    found = value if isinstance(value, list) else []
    of_visemes = [each for each in found if isinstance(each, Mapping) and each.get("type", "viseme") == "viseme"]
    return of_visemes if of_visemes and all(isinstance(each, Mapping) for each in found) else []


def _named(signs: Sequence[str]) -> tuple[str, dict[str, Sound]]:
    """Whose names they are."""
    for kind, table in (
        ("Rhubarb's mouth shapes", RHUBARB),
        ("Meta's visemes", META),
        ("Amazon Polly's visemes", POLLY),
    ):
        if all(sign in table for sign in signs):
            return kind, table
    return "Meta's visemes", META


def _shapes(signs: Sequence[str]) -> dict[str, Sound]:
    """Of a switch file: Preston Blair's names, unless all are Rhubarb's letters."""
    return RHUBARB if all(sign in RHUBARB for sign in signs) else PRESTON_BLAIR


def _known(signs: Sequence[str], table: Mapping[str, Sound], source: str) -> list[Sound]:
    for sign in signs:
        if sign not in table:
            raise SequenceError(
                f"{source}: expected mouth shapes among {', '.join(table)}, found {shortened(sign, 40)}."
            )
    return [table[sign] for sign in signs]


def _in_seconds(stamps: np.ndarray) -> tuple[list[float], tuple[str, ...]]:
    """Times from the sound's beginning, in a unit that their steps tell."""
    step = float(np.median(np.diff(stamps))) if len(stamps) > 1 else 0.0
    if step >= TICKS_FROM:
        return (stamps / TICKS).tolist(), ("Times are taken for ticks of 100 nanoseconds.",)
    relative, unit = from_stamps(stamps, "seconds")
    scale = stamps[-1] - stamps[0]
    factor = relative[-1] / scale if scale else 1.0
    return (stamps * factor).tolist(), () if unit == "seconds" else (f"Times are taken for {unit}.",)


def _of_starts(
    kind: str, starts: Sequence[float], sounds: Sequence[Sound], source: str, notes: tuple[str, ...] = ()
) -> Timeline:
    if not starts:
        raise SequenceError(f"{source}: expected mouth shapes over time, found none.")
    return of_sounds(kind, source, starts, [*starts[1:], starts[-1] + LAST], sounds, notes)


def _number(value: object, source: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever is no number is refused
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise SequenceError(f"{source}: expected finite times, found {shortened(value, 40)}.")
    return number
