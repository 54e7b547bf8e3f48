"""Zebra's Simple Serial Interface: packets between decoder and host.

Source: Zebra, Simple Serial Interface Programmer Guide (72E-40451). A packet is length (without checksum), opcode,
source (0 decoder, 4 host), status, data, and the 16-bit two's complement of the sum of these bytes, high byte first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ACK, NAK, DECODE_DATA, BEEP = 0xD0, 0xD1, 0xF3, 0xE6
SCAN_ENABLE, SCAN_DISABLE = 0xE9, 0xEA
_RESENT, _CONTINUED = 0x01, 0x02
_DECODER, _HOST = 0, 4
_SHORTEST = 4

# Decode data starts with the kind of symbol; these have an AIM identifier.
AIM_OF_TYPE = {
    0x01: "]A0",
    0x03: "]C0",
    0x06: "]I0",
    0x08: "]E0",
    0x09: "]E0",
    0x0A: "]E4",
    0x0B: "]E0",
    0x0F: "]C1",
    0x1B: "]d1",
    0x1C: "]Q1",
    0x24: "]e0",
    0x25: "]e0",
}


def checksum(body: bytes) -> bytes:
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")


def host_packet(opcode: int, data: bytes = b"") -> bytes:
    """A command or answer of ours."""
    body = bytes([_SHORTEST + len(data), opcode, _HOST, 0]) + data
    return body + checksum(body)


def acknowledge() -> bytes:
    return host_packet(ACK)


def refuse() -> bytes:
    """NAK with cause 1: send it again."""
    return host_packet(NAK, b"\x01")


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet of full length, intact or not."""

    raw: bytes

    @property
    def intact(self) -> bool:
        return checksum(self.raw[:-2]) == self.raw[-2:]

    @property
    def resent(self) -> bool:
        return bool(self.raw[3] & _RESENT)

    @property
    def continued(self) -> bool:
        return bool(self.raw[3] & _CONTINUED)

    @property
    def is_decode(self) -> bool:
        return self.raw[1] == DECODE_DATA

    @property
    def is_reply(self) -> bool:
        """An answer to us, which must not be answered in turn."""
        return self.raw[1] in (ACK, NAK)

    @property
    def is_echo(self) -> bool:
        """A packet of ours that comes back, as from a terminal that is not raw yet."""
        return self.raw[2] == _HOST

    @property
    def aim(self) -> str:
        return AIM_OF_TYPE.get(self.raw[4], "") if len(self.raw) > _SHORTEST + 2 else ""

    @property
    def data(self) -> bytes:
        """The decoded symbol's part, without its type."""
        return self.raw[5:-2]

    def same_as(self, other: Packet) -> bool:
        """Whether both carry the same, apart from the mark that one was sent again."""
        mine, others = self.raw, other.raw
        return mine[:3] == others[:3] and mine[3] & ~_RESENT == others[3] & ~_RESENT and mine[4:-2] == others[4:-2]


# Length, opcode, source and status of decoded data as a decoder sends it.
_DECODE_HEAD = re.compile(rb"[\x05-\xff]\xf3\x00[\x00-\x0f]")
_LOWEST_OPCODE = 0xA0


def find_decode_data(data: bytes | bytearray, start: int = 0) -> int | None:
    """Where in `data` an intact packet of decoded data begins."""
    for head in _DECODE_HEAD.finditer(data, start):
        end = head.start() + data[head.start()] + 2
        if end <= len(data) and Packet(bytes(data[head.start() : end])).intact:
            return head.start()
    return None


class Splitter:
    """Takes packets off a stream; yields bytes that belong to none as they are.

    Noise may look like the length of a long packet. An intact packet of decoded data behind it is found all the
    same: at once where the noise is no packet's beginning, else when that packet has proved broken or was given up.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> bool:
        return bool(self._buffer)

    def take_rest(self) -> bytes:
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest

    def feed(self, data: bytes) -> list[Packet | bytes]:
        self._buffer += data
        return self._split(waiting=True)

    def salvage(self) -> list[Packet | bytes]:
        """No more will come for a while: the packets there are behind the one that did not end."""
        return self._split(waiting=False)

    def _split(self, *, waiting: bool) -> list[Packet | bytes]:
        found: list[Packet | bytes] = []
        buffer = self._buffer
        while buffer:
            size = buffer[0] + 2
            if buffer[0] < _SHORTEST:
                self._take_noise(len(buffer) - len(buffer.lstrip(b"\0\1\2\3")), found)
            elif len(buffer) >= size:
                packet = Packet(bytes(buffer[:size]))
                inner = None if packet.intact else _DECODE_HEAD.search(buffer, 1, size)
                if inner:
                    self._take_noise(inner.start(), found)
                else:
                    found.append(packet)
                    del buffer[:size]
            else:
                start = 0 if waiting and self._may_be_a_beginning() else find_decode_data(buffer, 1)
                if not start:  # waiting, or nothing is there
                    break
                self._take_noise(start, found)
        return found

    def _take_noise(self, size: int, found: list[Packet | bytes]) -> None:
        noise = bytes(self._buffer[:size])
        del self._buffer[:size]
        if noise.strip(b"\0"):  # NUL wakes a sleeping host: no noise
            found.append(noise)

    def _may_be_a_beginning(self) -> bool:
        head = self._buffer[1:3]
        return (not head or head[0] >= _LOWEST_OPCODE) and (len(head) < 2 or head[1] == _DECODER)
