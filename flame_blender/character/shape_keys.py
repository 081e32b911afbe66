"""A head's animation on another character: its ARKit scores as keys of shape keys that have those names."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..errors import ParameterError
from ..keyframes.animation import LINEAR, Channel, curves_of, write_channels
from ..long_work import choice
from ..model_controls.scores import ArkitScores, ScoreOptions
from ..model_controls.spelled_names import matched
from .arkit import ArkitOptions, solving

KEYS, ACTION, KEEP = "KEYS", "ACTION", "KEEP"
GROUP = "ARKit"
NAMED = 5  # names in a sentence, before it says how many more


@dataclass(frozen=True, kw_only=True)
class RetargetOptions(ScoreOptions):
    """The keywords of :func:`retarget_arkit`, for :func:`retargeting_arkit`.

    Attributes
    ----------
    smoothing : float, default 1.0
        How much a score is held to those of the frames beside it. At 1 the scores of a tracked clip are nearest to
        the true ones, with a quarter less jitter; 10 halves it; 0 takes each frame for itself.
    largest : float, default 1.0
        The largest score; more lets faces be told that are stronger than the controls' full movements. A shape key's
        own range ends it all the same.
    correctives : bool, default True
        Whether a score stands for all of its movement, or for what FLAME's own directions do of it, as it always does
        on a head that is FLAME only.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    existing : str, default "KEYS"
        What becomes of keys that are there: "KEYS": those of the same shape keys in these frames are replaced;
        "ACTION": the keys come into a new action, and the one of before stays in the file; "KEEP": shape keys that are
        animated already are left as they are.
    """

    frames: tuple[int, int] | None = None
    existing: str = choice(KEYS, ACTION, KEEP)


@dataclass(frozen=True, eq=False)
class Retargeted:
    """What came to a character.

    Attributes
    ----------
    scores : ArkitScores
        What was keyed, with what it leaves of the head's movement.
    keyed : int
        How many shape keys have keys now.
    missing : tuple of str
        Names of ARKit's that none of the objects has.
    notes : tuple of str
        What was left out or cut off, one sentence each.
    """

    scores: ArkitScores
    keyed: int
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    def summary(self) -> str:
        """Sentences for a report."""
        lacking = (f"No shape keys for {_some(self.missing)}.",) if self.missing else ()
        also = " ".join((*lacking, *self.notes))
        if also:
            return f"{self.keyed} shape keys animated: {self.scores.summary()}. To know: {also}"
        return f"{self.keyed} shape keys animated: {self.scores.summary()}."


def has_arkit_keys(obj: bpy.types.Object) -> bool:
    """Whether some of an object's shape keys have ARKit's names."""
    keys = _keys_of(obj)
    return keys is not None and bool(matched(block.name for block in keys.key_blocks))


def retargeting(
    scene: bpy.types.Scene, obj: bpy.types.Object, targets: Sequence[bpy.types.Object], options: RetargetOptions
) -> Generator[float, None, Retargeted]:
    """Key a head's scores on the shape keys of other objects, one key a frame: yields the share that is done.

    Nothing is written before all is known, and closed early nothing at all. Raises ParameterError.
    """
    found = _checked(obj, targets)
    asked = ArkitOptions(
        smoothing=options.smoothing, largest=options.largest, correctives=options.correctives, frames=options.frames
    )
    scores = yield from solving(scene, obj, asked)
    left_out: dict[str, list[str]] = {"driven": [], "kept": [], "cut": []}
    keyed = sum(_key(keys, names, scores, options.existing, left_out) for keys, names in found)
    for target in targets:
        target.update_tag()
    present = {name for _, names in found for name in names.values()}
    missing = tuple(name for name in scores.names if name not in present)
    return Retargeted(scores, keyed, missing, _notes(left_out))


def _keys_of(obj: bpy.types.Object) -> Any:
    data: Any = obj.data
    return getattr(data, "shape_keys", None)


def _checked(obj: bpy.types.Object, targets: Sequence[bpy.types.Object]) -> list[tuple[Any, dict[str, str]]]:
    """The shape keys of each object once, with what of ARKit's each name is. Raises ParameterError."""
    if not targets:
        raise ParameterError("targets: expected at least one object with shape keys, found none.")
    found: dict[int, tuple[Any, dict[str, str]]] = {}
    for target in targets:
        keys = _keys_of(target)
        if target == obj or keys is None:
            raise ParameterError(
                f"{target.name}: expected another character with shape keys, found "
                f"{'the head itself' if target == obj else 'none'}; choose its meshes."
            )
        if not keys.is_editable:
            raise ParameterError(
                f"{target.name}: expected shape keys of this file, found linked ones; make its mesh local first."
            )
        if not keys.use_relative:
            raise ParameterError(
                f"{target.name}: expected relative shape keys, found absolute ones; tick Relative in its Shape Keys."
            )
        found[keys.as_pointer()] = keys, matched(block.name for block in keys.key_blocks)
    if not any(names for _, names in found.values()):
        named = [block.name for keys, _ in found.values() for block in keys.key_blocks[1:]]
        raise ParameterError(
            f"{targets[0].name}: expected shape keys with ARKit's names, such as jawOpen, found "
            f"{_some(named) if named else 'none'}; rename them."
        )
    return [each for each in found.values() if each[1]]


def _key(keys: Any, names: dict[str, str], scores: ArkitScores, existing: str, left_out: dict[str, list[str]]) -> int:
    """Write the curves of one set of shape keys; how many. What is left out is noted."""
    driven = {curve.data_path for curve in keys.animation_data.drivers} if keys.animation_data else set()
    animated = {curve.data_path: curve for curve in curves_of(keys) or ()}
    channels = []
    for written, name in names.items():
        if name not in scores.names:
            continue
        block = keys.key_blocks[written]
        path = f'key_blocks["{bpy.utils.escape_identifier(written)}"].value'
        if path in driven:
            left_out["driven"].append(written)
        elif existing == KEEP and path in animated:
            left_out["kept"].append(written)
        else:
            wanted = scores.of(name).astype(np.float64)
            values = np.clip(wanted, block.slider_min, block.slider_max)
            if np.abs(values - wanted).max() > 1e-6:
                left_out["cut"].append(written)
            channels.append(Channel(path, 0, GROUP, values))
    if not channels:
        return 0
    if existing == ACTION:
        _begin_action(keys)
        animated = {}
    fresh = [channel for channel in channels if channel.data_path not in animated]
    write_channels(keys, fresh, scores.frames, "ARKit")
    for channel in channels:
        if channel.data_path in animated:
            _replace(animated[channel.data_path], scores.frames, channel.values)
    keys.update_tag()
    return len(channels)


def _begin_action(keys: Any) -> None:
    """A new action in place of the one that is there, which stays in the file."""
    data = keys.animation_data_create()
    if data.action is not None:
        data.action.use_fake_user = True
    data.action = bpy.data.actions.new(f"{keys.user.name} ARKit")


def _replace(curve: Any, frames: np.ndarray, values: np.ndarray) -> None:
    """Keys of a curve in these frames, in place of those between the first and the last of them."""
    points = curve.keyframe_points
    for point in reversed([point for point in points if frames[0] - 0.5 < point.co.x < frames[-1] + 0.5]):
        points.remove(point, fast=True)
    kept = len(points)
    points.add(len(frames))
    places = np.empty((len(points), 2), np.float32)
    kinds = np.empty(len(points), np.int32)
    points.foreach_get("co", places.ravel())
    points.foreach_get("interpolation", kinds)
    places[kept:, 0], places[kept:, 1], kinds[kept:] = frames, values, LINEAR
    points.foreach_set("co", places.ravel())
    points.foreach_set("interpolation", kinds)
    curve.update()


def _notes(left_out: dict[str, list[str]]) -> tuple[str, ...]:
    driven, kept, cut = (tuple(dict.fromkeys(left_out[why])) for why in ("driven", "kept", "cut"))
    notes = []
    if driven:
        notes.append(f"Driven, and left as they are: {_some(driven)}.")
    if kept:
        notes.append(f"Animated already, and left as they are: {_some(kept)}.")
    if cut:
        notes.append(f"Cut off where their range ends: {_some(cut)}.")
    return tuple(notes)


def _some(names: Sequence[str]) -> str:
    """The first of them, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
