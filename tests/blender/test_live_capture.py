"""A face that is captured while it is shown: packets of another program on a head, recorded as keys."""

from __future__ import annotations

import socket
import time

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.character import under_way
from flame_blender.errors import FlameError, ParameterError
from flame_blender.keyframes.animation import curves_of
from tests.model_controls.test_score_files import LIVE_LINK_HEADER
from tests.streams.senders import live_link, osc_message

COLUMNS = LIVE_LINK_HEADER.split(",")[2:]
FPS = 30


@pytest.fixture(autouse=True)
def scene():
    """None is under way when a test begins, or ends."""
    found = bpy.context.scene
    found.render.fps, found.render.fps_base, found.frame_end = FPS, 1.0, 5
    under_way.end()
    yield found
    under_way.end()


def packet(frame: int, **values: float) -> bytes:
    return live_link([values.get(name, 0.0) for name in COLUMNS], frame=frame, rate=60)


def sent(capture, packets: list[bytes]) -> None:
    """From another socket, and looked at until all have come."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for each in packets:
            wanted = capture.receiver.taken + capture.receiver.dropped + 1
            sender.sendto(each, ("127.0.0.1", capture.receiver.port))
            end = time.monotonic() + 5
            while capture.receiver.taken + capture.receiver.dropped < wanted and time.monotonic() < end:
                capture.look()
            assert capture.receiver.taken + capture.receiver.dropped == wanted


@pytest.mark.oldest_and_newest
def test_a_head_shows_what_is_sent_and_a_take_becomes_keys(named_head, scene):
    capture = api.begin_live_capture(named_head, port=0)
    assert api.live_capture_under_way() is capture and not capture.look()
    with pytest.raises(ParameterError, match="captured already"):
        api.begin_live_capture(named_head, port=0)
    sent(capture, [packet(0, JawOpen=0.5, HeadYaw=0.3), b"anything else"])
    assert api.get_arkit(named_head)["jawOpen"] == 0.5
    np.testing.assert_allclose(api.get_params(named_head).neck, (0, 0.3, 0), atol=1e-6)
    assert (capture.receiver.taken, capture.receiver.dropped) == (1, 1)
    scene.frame_set(20)
    capture.record()
    sent(capture, [packet(frame, JawOpen=frame / 60, MouthPucker=1 - frame / 60) for frame in range(61)])
    capture.record(False)
    sent(capture, [packet(99, JawOpen=1.0)])
    assert capture.stop() == 31 and api.live_capture_under_way() is None
    assert scene.frame_end == 50
    for frame in (20, 35, 50):
        scene.frame_set(frame)
        found = api.get_arkit(named_head)
        assert found["jawOpen"] == pytest.approx((frame - 20) / 30, abs=1e-5)
        assert found["mouthPucker"] == pytest.approx(1 - (frame - 20) / 30, abs=1e-5)


def test_open_sound_control_and_turns_of_eyes(named_head):
    capture = api.begin_live_capture(named_head, port=0, head_motion="NONE", eyes="TURNS")
    sent(capture, [osc_message("/blendshape", "jawOpen", 0.25), osc_message("/blendshape", "eyeLookUpLeft", 0.5)])
    found = api.get_arkit(named_head)
    assert found["jawOpen"] == 0.25 and found["eyeLookUpLeft"] == 0.5
    sent(capture, [packet(1, HeadYaw=0.5, LeftEyePitch=0.2, RightEyePitch=0.2, EyeLookUpLeft=0.5)])
    params = api.get_params(named_head)
    np.testing.assert_allclose(params.left_eye, (0.2, 0, 0), atol=1e-6)
    assert not params.neck.any() and api.get_arkit(named_head)["eyeLookUpLeft"] == 0
    assert capture.stop() == 0 and not curves_of(named_head)


def test_a_port_that_is_taken_and_a_head_that_is_gone(named_head):
    capture = api.begin_live_capture(named_head, port=0)
    port = capture.receiver.port
    bpy.data.objects.remove(named_head)
    assert capture.head is None and not capture.look()
    assert capture.stop() == 0 and not capture.receiver.is_open
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        with pytest.raises(FlameError, match=f"Port {port}"):
            api.begin_live_capture(api.add_head(api.BUILT_IN), port=port)
    assert api.live_capture_under_way() is None


def test_a_head_that_is_renamed_or_undone_meanwhile_keeps_its_take(named_head):
    bpy.ops.ed.undo_push(message="a head")
    capture = api.begin_live_capture(named_head, port=0, eyes="TURNS")
    capture.record()
    named_head.name = "Renamed"
    bpy.data.objects.new("FLAME Head", None)
    sent(capture, [packet(0, JawOpen=0.5)])
    bpy.ops.ed.undo_push(message="renamed")
    bpy.ops.ed.undo()
    sent(capture, [packet(60, JawOpen=1.0, EyeLookUpLeft=0.5, LeftEyePitch=0.2)])
    assert capture.head is not None and capture.stop() == 31
    bpy.context.scene.frame_set(bpy.context.scene.frame_current + 30)
    found = api.get_arkit(capture.head)
    assert found["jawOpen"] == pytest.approx(1) and found["eyeLookUpLeft"] == 0.0


def test_a_head_without_named_controls_is_asked_to_compute_them(flame_head):
    bpy.context.view_layer.objects.active = flame_head
    assert (api.missing_controls(flame_head) is None) == bpy.ops.flame.live_capture.poll()


def test_another_file_closes_the_port(named_head):
    capture = api.begin_live_capture(named_head, port=0)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not capture.receiver.is_open and api.live_capture_under_way() is None


def test_in_background_the_operator_names_the_way_for_scripts(named_head):
    bpy.context.view_layer.objects.active = named_head
    with pytest.raises(RuntimeError, match="begin_live_capture"):
        bpy.ops.flame.live_capture(port=0)
    assert not bpy.ops.flame.record_capture.poll() and not bpy.ops.flame.stop_capture.poll()
