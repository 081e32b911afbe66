"""A port that is listened to: packets as they come, none waited for, no more of them at once than a frame can take."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from ..errors import FlameError
from .packets import LARGEST_PACKET, Packet, read_packet

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104  (only where the user asks for it)
USUAL_PORT = 11111  # Live Link's
MOST_AT_ONCE = 64  # packets of one look
TOLD = 5  # seconds over which the rate is told


@dataclass
class Receiver:
    """A UDP socket that never waits.

    Attributes
    ----------
    port : int
        0 takes any that is free.
    everywhere : bool
        Whether other computers may send, or this one alone.
    taken : int
        Packets that told scores.
    dropped : int
        Packets of any other form.
    """

    port: int = USUAL_PORT
    everywhere: bool = False
    taken: int = 0
    dropped: int = 0
    _socket: socket.socket | None = field(default=None, repr=False)

    def open(self) -> None:
        """Begin to listen. Raises FlameError where the port is taken or forbidden."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            listening.setblocking(False)
            listening.bind((EVERYWHERE if self.everywhere else LOOPBACK, self.port))
        except (OSError, OverflowError) as error:
            listening.close()
            raise FlameError(
                f"Port {self.port}: expected one that is free ({error}); close what listens there, or choose another."
            ) from error
        self._socket, self.port = listening, listening.getsockname()[1]

    def close(self) -> None:
        """End it; nothing where it has ended."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._socket is not None

    def read(self, most: int = MOST_AT_ONCE) -> list[Packet]:
        """The packets that have come since the last look, at most so many; what is left waits for the next."""
        found: list[Packet] = []
        for _ in range(most if self._socket is not None else 0):
            try:
                data = self._socket.recv(LARGEST_PACKET) if self._socket is not None else b""
            except (BlockingIOError, ConnectionError):  # nothing more; Windows tells of a sender that has gone
                break
            packet = read_packet(data)
            if packet is None:
                self.dropped += 1
                continue
            self.taken += 1
            found.append(packet)
        return found
