"""A stream of scores from another program: what is taken, what is dropped, and what is kept of it."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import FlameError
from flame_blender.flame.controls import ARKIT_NAMES
from flame_blender.streams.packets import Packet, read_packet
from flame_blender.streams.receiver import MOST_AT_ONCE, Receiver
from flame_blender.streams.take import Take
from tests.model_controls.test_score_files import LIVE_LINK_HEADER
from tests.streams.senders import live_link, osc_bundle, osc_message

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = LIVE_LINK_HEADER.split(",")[2:]


def face(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.uniform(0, 1, 52), rng.normal(0, 0.4, 9)]).astype(np.float32)


def read_whole(packet: bytes) -> Packet:
    found = read_packet(packet)
    assert found is not None
    return found


def test_a_packet_of_live_link_face():
    values = face(0)
    found = read_whole(live_link(values.tolist(), frame=90, part=0.5, rate=60))
    for column, name in enumerate(COLUMNS[:52]):
        assert found.scores[name[0].lower() + name[1:]] == values[column]
    assert found.angles["head"] == tuple(values[52:55]) and found.angles["right_eye"] == tuple(values[58:61])
    assert found.seconds == pytest.approx(90.5 / 60)


@pytest.mark.parametrize("address", ["/blendshape", "/VMC/Ext/Blend/Val"])
def test_open_sound_control(address: str):
    message = osc_message(address, "JawOpen", 0.25)
    assert read_whole(message).scores == {"jawOpen": 0.25}
    names = ("eyeBlinkLeft", "eyeBlinkRight", "unknown")
    bundle = osc_bundle([osc_message(address, name, 0.5) for name in names] + [osc_message("/VMC/Ext/OK", "x", 1.0)])
    assert read_whole(osc_bundle([bundle, message])).scores == {
        "eyeBlinkLeft": 0.5,
        "eyeBlinkRight": 0.5,
        "jawOpen": 0.25,
    }


@pytest.mark.parametrize(
    "packet",
    [
        b"", b"\x06", b"hello", b"\x05" + live_link([0.0] * 61)[1:], live_link([0.0] * 60), live_link([np.nan] * 61),
        live_link([1e6] * 61), osc_message("/other", "jawOpen", 1.0), osc_message("/blendshape", "smile", 1.0),
        osc_message("/blendshape", "jawOpen", np.nan), osc_message("/blendshape", "jawOpen", 1.0)[:-2],
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 1 << 30), b"/blendshape", b"#bundle\0" * 2000,
    ],
)  # fmt: skip
def test_other_packets_are_none(packet: bytes):
    assert read_packet(packet) is None


@pytest.mark.unmeasured
def test_hostile_packets_are_numbers_or_nothing():
    """20,000 of them: bytes changed, cut and put in, and plain noise."""
    rng = np.random.default_rng(1)
    whole = [live_link(face(2).tolist()), osc_bundle([osc_message("/blendshape", name, 0.5) for name in ARKIT_NAMES])]
    taken = 0
    for number in range(20_000):
        raw = bytearray(whole[number % 2]) if number % 5 else bytearray(rng.bytes(int(rng.integers(0, 400))))
        for _ in range(rng.integers(0, 4) if raw else 0):
            at = int(rng.integers(len(raw) or 1))
            raw[at : at + int(rng.integers(0, 9))] = rng.bytes(int(rng.integers(0, 9)))
        found = read_packet(bytes(raw))
        if found is not None:
            taken += 1
            assert found.scores.keys() <= {*ARKIT_NAMES}
            numbers = [*found.scores.values(), *(angle for angles in found.angles.values() for angle in angles)]
            assert np.abs(numbers).max() <= 10
    assert 1000 < taken < 19_000


@pytest.fixture
def listening():
    receiver = Receiver(port=0)
    receiver.open()
    yield receiver
    receiver.close()


def sent_to(receiver: Receiver, packets: list[bytes]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for packet in packets:
            sender.sendto(packet, ("127.0.0.1", receiver.port))


def waited_for(receiver: Receiver, count: int) -> list[Packet]:
    found: list[Packet] = []
    end = time.monotonic() + 5
    while receiver.taken + receiver.dropped < count and time.monotonic() < end:
        found += receiver.read()
    return found


def test_a_port_is_listened_to(listening: Receiver):
    assert listening.read() == []
    sent_to(listening, [live_link(face(seed).tolist()) for seed in range(3)] + [b"hello", b""])
    found = waited_for(listening, 5)
    assert [packet.scores["jawOpen"] for packet in found] == [face(seed)[COLUMNS.index("JawOpen")] for seed in range(3)]
    assert (listening.taken, listening.dropped) == (3, 2)
    with pytest.raises(FlameError, match=f"Port {listening.port}"):
        Receiver(port=listening.port).open()
    with pytest.raises(FlameError, match="Port 99999"):
        Receiver(port=99_999).open()
    listening.close()
    listening.close()
    assert not listening.is_open and listening.read() == []


def test_the_example_sends_a_take(listening: Receiver, tmp_path: Path):
    rows = [face(seed) for seed in range(5)]
    lines = [f"00:00:00:{frame:02d}.000,61,{','.join(map(str, row.tolist()))}" for frame, row in enumerate(rows)]
    (tmp_path / "take.csv").write_text("\n".join([LIVE_LINK_HEADER, *lines]))
    command = [sys.executable, str(ROOT / "examples" / "send_a_take.py"), str(tmp_path / "take.csv")]
    sent = subprocess.run([*command, "--port", str(listening.port)], capture_output=True, text=True, check=True)
    found = waited_for(listening, 5)
    assert sent.stdout.startswith("5 packets sent")
    np.testing.assert_allclose(
        [packet.scores["jawOpen"] for packet in found], [row[COLUMNS.index("JawOpen")] for row in rows]
    )
    np.testing.assert_allclose([packet.seconds for packet in found], np.arange(5) / 60)


def test_no_look_takes_more_than_a_frame_can(listening: Receiver):
    sent_to(listening, [live_link(face(0).tolist())] * (MOST_AT_ONCE + 20))
    assert len(listening.read()) == MOST_AT_ONCE
    assert len(listening.read(5)) == 5


@pytest.mark.unmeasured
def test_an_hour_takes_no_more_memory():
    """60 packets a second, not recorded, read as they would be; without FLAME_ALL_TESTS six minutes of it."""
    take, packets = Take(), [live_link(face(seed).tolist()) for seed in range(8)]

    def play(count: int) -> None:
        for number in range(count):
            take.take(read_whole(packets[number % 8]), number / 60, recording=False)

    play(3600 * 60 // (1 if os.environ.get("FLAME_ALL_TESTS") else 10) - 1000)
    tracemalloc.start()
    play(100)
    before = tracemalloc.get_traced_memory()[0]
    play(900)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 10_000 and len(take) == 0


def test_a_take_is_a_clip_by_the_senders_clock():
    rng, take = np.random.default_rng(3), Take()
    arrived = 100.0
    for number in range(30):  # the network is late now and then, and one packet comes twice
        packet = read_whole(live_link(face(number).tolist(), frame=number, rate=60))
        arrived += 1 / 60
        for _ in range(2 if number == 7 else 1):
            take.take(packet, arrived + rng.uniform(0, 0.05), recording=number >= 5)
    clip = take.clip()
    assert clip is not None and len(clip) == 25
    np.testing.assert_allclose(np.diff(clip.times), 1 / 60, atol=1e-6)
    np.testing.assert_allclose(clip.of("jawOpen"), [face(number)[COLUMNS.index("JawOpen")] for number in range(5, 30)])
    expected = Rotation.from_euler("YXZ", [face(number)[52:55] for number in range(5, 30)]).as_matrix()
    np.testing.assert_allclose(Rotation.from_rotvec(clip.head).as_matrix(), expected, atol=1e-6)
    now = Rotation.from_rotvec(take.turns()["head"]).as_matrix()
    np.testing.assert_allclose(now, expected[-1], atol=1e-6)
    assert take.scores()["jawOpen"] == face(29)[COLUMNS.index("JawOpen")]


def test_what_tells_no_time_is_timed_by_our_clock():
    take = Take()
    assert take.clip() is None
    for number in range(4):
        take.take(read_whole(osc_message("/blendshape", "jawOpen", number / 4)), 0.1 * number**2, recording=True)
    clip = take.clip()
    assert clip is not None and clip.head is None
    np.testing.assert_allclose(clip.times, [0, 0.1, 0.4, 0.9])
    np.testing.assert_allclose(clip.of("jawOpen"), [0, 0.25, 0.5, 0.75])
