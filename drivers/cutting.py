"""Where one frame ends and the next begins: what the cutters of the framing modes have in common.

A cutter holds the bytes of the frame that has not ended yet and little else; it neither decodes nor judges.
Times are milliseconds of the caller's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Verdict: TypeAlias = Literal["whole", "duplicate", "garbled", "partial", "overlong", "bad_checksum", "reply"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of the stream. Only a `whole` one is worth decoding; `aim` is what the transport knows of the symbol.

    `reply` is none of the stream's: what the protocol wants sent to the device, in this order.
    """

    verdict: Verdict
    raw: bytes
    aim: str = ""


class Cutter(Protocol):
    """Cuts the stream of one device."""

    @property
    def busy(self) -> bool:
        """Whether a frame has begun that has not ended."""
        ...

    @property
    def half_read(self) -> bool:
        """Whether the beginning of a code is held that would be one with what follows, were there a silence or not."""
        ...

    def due(self) -> float | None:
        """When `expire` has something to do, or None."""
        ...

    def feed(self, data: bytes, t: float) -> list[Cut]:
        """The pieces that `data`, read at `t`, completes."""
        ...

    def expire(self) -> list[Cut]:
        """What the silence until `due` makes of the bytes held."""
        ...

    def drop(self) -> list[Cut]:
        """The device is gone: what the bytes held were."""
        ...
