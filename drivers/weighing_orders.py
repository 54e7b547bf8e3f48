"""One command on its way to a scale: whether it was obeyed, from what the scale answers and what it shows next."""

from __future__ import annotations

from drivers.weighing_frames import Command, CommandResult, Orders, Sample

ANSWER_WITHIN_MS = 2000.0


class Order:
    """Sent at `t` ms. `accepted` once only what the scale shows can tell the rest."""

    LONGEST = 256

    def __init__(self, command: Command, orders: Orders, t: float) -> None:
        self.command, self.accepted = command, orders.quiet
        self.until = t + ANSWER_WITHIN_MS
        self._orders = orders
        self._heard = b""
        self._shown: Sample | None = None

    def heard(self, data: bytes) -> CommandResult | None:
        self._heard = (self._heard + data)[-self.LONGEST :]
        if self.accepted:
            return None
        answer = self._orders.read(self.command, self._heard)
        if answer == "accepted":
            self.accepted = True
            return None
        return answer

    def saw(self, sample: Sample) -> CommandResult | None:
        self._shown = sample
        return "done" if self.accepted and self._proves(sample) else None

    def expired(self, t: float) -> CommandResult | None:
        """The result once the time is over."""
        if t < self.until:
            return None
        if not self.accepted or self._shown is None:
            return "no_answer"
        match self._shown.status:
            case "moving":
                return "moving"
            case "over" | "under" | "negative":
                return "out_of_range"
        return "refused"

    def _proves(self, sample: Sample) -> bool:
        if self.command == "clear_tare":
            return not sample.net and sample.grams is not None
        return sample.status == "stable" and sample.grams == 0 and not (self.command == "zero" and sample.net)
