"""A face that is captured while it is shown: packets of scores on a head as they come, and a take of them as keys."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

import bpy
import numpy as np

from ..blender_pointers import shown_scene
from ..clips import scene_time
from ..errors import ParameterError
from ..head import parameters
from ..head.properties import flame_of, head_of, names_of_controls
from ..long_work import Options, choice, number, part_of, result_of
from ..score_clips.score_clip import resampled
from ..streams.receiver import USUAL_PORT, Receiver
from ..streams.take import Take
from . import under_way
from .captured import EYES, NECK, NONE, ROOT, SCORES, TURNS, keying_clip, shown, turned_fields
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
        self.options, self._uid = options, obj.session_uid
        self.receiver, self.take = Receiver(options.port, options.everywhere), Take()
        self.recording, self.first_frame = False, 1
        self._began = time.monotonic()

    @property
    def head(self) -> bpy.types.Object | None:
        """The head, looked up each time, since undo may have put another in its place; None where it is gone."""
        found = next((each for each in bpy.data.objects if each.session_uid == self._uid), None)
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
        frames = self.first_frame + np.arange(len(clip), dtype=np.float64)
        result_of(keying_clip(head, clip, frames, self.options))
        scene_time.make_room(scene, self.first_frame, len(clip))
        return len(clip)

    def _show(self, obj: bpy.types.Object) -> None:
        turned = turned_fields(self.take.turns(), self.options)
        names, scores = names_of_controls(flame_of(obj)), self.take.scores()
        known = set(shown(scores, names, turned))
        if turned.keys() & set(EYES):
            flame_of(obj).symmetric_eyes = False
        parameters.set_params(obj, {**turned, FIELD: [scores[name] if name in known else 0.0 for name in names]})


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
