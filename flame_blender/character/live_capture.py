"""A face that is captured while it is shown: packets of scores on a head as they come, and a take of them as keys."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

import bpy
import numpy as np

from ..blender_pointers import shown_scene
from ..errors import ParameterError
from ..head import parameters
from ..head.properties import flame_of, head_of, names_of_controls
from ..long_work import Options, choice, number, part_of
from ..score_clips.score_clip import resampled
from ..streams.receiver import USUAL_PORT, Receiver
from ..streams.take import Take
from . import under_way
from .captured import EYES, FIELD_OF, GAZE, NECK, NONE, ROOT, SCORES, TURNS
from .keyed_scores import keying
from .scores import complete, computing_for

FIELD = parameters.CONTROLS


@dataclass(frozen=True, kw_only=True)
class LiveOptions(Options):
    """The keywords of :func:`begin_live_capture`, for :func:`beginning_live_capture`.

    Attributes
    ----------
    port : int, default 11111
        That is listened to; 0 takes any that is free.
    everywhere : bool, default False
        Whether other computers and telephones may send, or only programs of this computer.
    head_motion : str, default "NECK"
        What the rotation of the head turns: "NECK", "ROOT" or "NONE".
    eyes : str, default "SCORES"
        What moves the eyes: "SCORES", by which the lids follow them, or the rotations that are sent, "TURNS".
    """

    port: int = number(USUAL_PORT, least=0, most=65535)
    everywhere: bool = False
    head_motion: str = choice(NECK, ROOT, NONE)
    eyes: str = choice(SCORES, TURNS)


class LiveCapture:
    """A head that shows what is sent to a port, from :func:`begin_live_capture` until :meth:`stop`.

    Attributes
    ----------
    receiver : Receiver
        The port, and how many packets were taken and dropped.
    take : Take
        What came last, and what was recorded.
    recording : bool
        Whether what comes is kept.
    """

    def __init__(self, obj: bpy.types.Object, options: LiveOptions) -> None:
        self.options, self.name = options, obj.name
        self.receiver, self.take = Receiver(options.port, options.everywhere), Take()
        self.recording, self.first_frame = False, 1
        self._began = time.monotonic()

    @property
    def head(self) -> bpy.types.Object | None:
        """The head, found by its name: undo may have put another in its place; None where it is gone."""
        found = bpy.data.objects.get(self.name)
        return found if head_of(found) is not None else None

    def look(self) -> bool:
        """Show what has come since the last look; whether anything had. It waits for nothing."""
        packets = self.receiver.read()
        now = time.monotonic() - self._began
        for packet in packets:
            self.take.take(packet, now, self.recording)
        if not packets or self.head is None:
            return False
        self._show(self.head)
        return True

    def record(self, recording: bool = True) -> None:
        """Keep what comes from here on, from the scene's current frame, or keep no more of it."""
        if recording and not self.recording:
            kept = len(self.take) == 0
            self.first_frame = shown_scene().frame_current if kept else self.first_frame
        self.recording = recording

    def stop(self) -> int:
        """End it, and key what was recorded at the scene's frames; how many frames were keyed.

        Keys of named controls that were there are replaced, and those of what was turned.
        """
        self.receiver.close()
        under_way.forget(self)
        clip, head = self.take.clip(), self.head
        if clip is None or head is None:
            return 0
        scene = shown_scene()
        clip = resampled(clip, scene.render.fps / scene.render.fps_base)
        names = names_of_controls(flame_of(head))
        turned = self._fields(clip.turns())
        scores = {name: clip.of(name) for name in clip.names if name in names}
        for _ in keying(head, scores | self._unmoved(scores, turned), turned, self._frames(len(clip)), clip.source):
            pass
        scene.frame_end = max(scene.frame_end, self.first_frame + len(clip) - 1)
        return len(clip)

    def _frames(self, count: int) -> np.ndarray:
        return self.first_frame + np.arange(count, dtype=np.float64)

    def _show(self, obj: bpy.types.Object) -> None:
        turned = self._fields(self.take.turns())
        known = dict.fromkeys(names_of_controls(flame_of(obj)), 0.0)
        scores = known | {name: score for name, score in self.take.scores().items() if name in known}
        scores |= {name: 0.0 for name in known if EYES[0] in turned and name.startswith(GAZE)}
        if turned.keys() & set(EYES):
            flame_of(obj).symmetric_eyes = False
        parameters.set_params(obj, {**turned, FIELD: list(scores.values())})

    def _fields(self, turns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Rotation vectors by the fields that they go to."""
        found = {}
        if "head" in turns and self.options.head_motion != NONE:
            found[FIELD_OF[self.options.head_motion]] = turns["head"]
        if self.options.eyes == TURNS and set(EYES) <= turns.keys():
            found |= {name: turns[name] for name in EYES}
        return found

    def _unmoved(self, scores: dict[str, np.ndarray], turned: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Scores that the rotations of the eyes stand for."""
        gone = [name for name in scores if EYES[0] in turned and name.startswith(GAZE)]
        return {name: np.zeros_like(scores[name]) for name in gone}


def beginning(obj: bpy.types.Object, options: LiveOptions) -> Generator[float, None, LiveCapture]:
    """Listen to the port for a head, whose model's named controls are computed first where there are none.

    Yields the share that is done. Raises FlameError where the port is not free, and ParameterError where another
    capture is under way.
    """
    parameters.require_evaluator(parameters.require_head(obj))
    parameters.require_own(obj)
    if under_way.running() is not None:
        raise ParameterError("A face is captured already; stop that first.")
    obj = yield from part_of(computing_for(obj), 0.0, 1.0)
    complete(obj)
    capture = LiveCapture(obj, options)
    capture.receiver.open()
    under_way.begin(capture)
    return capture
