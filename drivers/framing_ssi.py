"""SSI packets as a cutter: each good one acknowledged, each broken one asked for again, long symbols put together.

Source: Zebra, Simple Serial Interface Programmer's Guide (72E-40451). Unanswered, a decoder sends a packet twice more,
marked as sent again; a symbol longer than a packet comes in several, all but the last marked as continued.
"""

from __future__ import annotations

from typing import Literal

from drivers.cutting import Cut
from drivers.ssi import Packet, Splitter, acknowledge, refuse

# A decoder waits at most 9.9 s for an answer before it sends a packet again.
RESENT_WITHIN_MS = 10_000


class SsiCutter:
    """Zebra's Simple Serial Interface."""

    def __init__(self, max_length: int, stale_ms: int) -> None:
        self._max_length, self._stale_ms = max_length, stale_ms
        self._packets = Splitter()
        self._accepted: Packet | None = None
        self._message: list[Packet] = []
        self._orphaned: Literal["", "head", "following"] = ""
        self._orphaned_at = 0.0
        self._since = 0.0

    @property
    def busy(self) -> bool:
        return self._packets.pending or bool(self._message)

    @property
    def half_read(self) -> bool:
        return bool(self._message)  # the bytes of one packet prove by their checksum that they belong together

    def due(self) -> float | None:
        return self._since + self._stale_ms if self.busy else None

    def feed(self, data: bytes, t: float) -> list[Cut]:
        self._since = t
        return self._judge(self._packets.feed(data), "garbled")

    def _judge(self, items: list[Packet | bytes], noise: Literal["garbled", "partial"]) -> list[Cut]:
        cuts: list[Cut] = []
        for item in items:
            if isinstance(item, bytes):
                cuts.append(Cut(noise, item))
            elif not item.intact:
                # A fresh packet that broke will come again marked as resent: it is not the one accepted before.
                if not item.resent:
                    self._accepted = None
                cuts += [Cut("reply", refuse()), Cut("bad_checksum", item.raw)]
            elif not item.is_reply and not item.is_echo:
                cuts += [Cut("reply", acknowledge()), *self._accept(item)]
        return cuts

    def _accept(self, packet: Packet) -> list[Cut]:
        if not packet.is_decode:
            return []
        if self._is_orphan(packet):
            # The rest of a message whose head was given up: never a code of its own.
            self._orphaned = "following" if packet.continued else ""
            self._accepted = packet
            return [] if packet.continued else [Cut("partial", packet.data)]
        self._orphaned = ""
        if packet.resent and self._accepted and packet.same_as(self._accepted):
            return [Cut("duplicate", packet.data)]
        self._accepted = packet
        self._message.append(packet)
        length = sum(len(part.data) for part in self._message)
        if packet.continued and length <= self._max_length:
            return []
        code, aim = b"".join(part.data for part in self._message), self._message[0].aim
        self._message.clear()
        if length > self._max_length:
            self._orphan("following" if packet.continued else "")
            return [Cut("overlong", code[: self._max_length])]
        return [Cut("whole", code, aim)]

    def _is_orphan(self, packet: Packet) -> bool:
        if self._since - self._orphaned_at > RESENT_WITHIN_MS:
            self._orphaned = ""
        return self._orphaned == "following" or (self._orphaned == "head" and packet.resent)

    def _orphan(self, what: Literal["", "head", "following"]) -> None:
        self._orphaned, self._orphaned_at = what, self._since

    def expire(self) -> list[Cut]:
        # An intact packet behind bytes that only looked like the beginning of one is not lost with them.
        return self._judge(self._packets.salvage(), "partial") + self.drop()

    def drop(self) -> list[Cut]:
        left = self._packets.take_rest()
        if self._message:
            left = b"".join(packet.data for packet in self._message) + left
            self._message.clear()
            self._orphan("head")
        return [Cut("partial", left)] if left.strip(b"\0") else []
