"""How much is read from a device: enough for any that is well, too little to keep the machine from its work."""

from __future__ import annotations

# Far above the fastest serial line there is (921600 baud: 92 KB/s).
SUSTAINED_BYTES_PER_S = 256 * 1024
BURST_BYTES = 256 * 1024
# A read costs as much time as that many bytes of one; so single bytes in endless succession are a flood as well.
COST_OF_A_READ = 64
# Short enough for an SSI scanner to get its acknowledgement within 20 ms.
PAUSE_S = 0.015
CALM_AFTER_S = 1.0


class ReadBudget:
    """A token bucket. What is not read stays with the kernel, then with the device, which has to wait.

    Times are seconds of a monotonic clock.
    """

    def __init__(self, now: float) -> None:
        self._credit = float(BURST_BYTES)
        self._at = now
        self._exhausted_at = now - CALM_AFTER_S

    def spend(self, size: int, now: float) -> None:
        """One read took `size` bytes, perhaps none."""
        self._refill(now)
        self._credit -= max(size, COST_OF_A_READ)

    def limit(self, now: float) -> int:
        """How many bytes may be read now; 0 means: not for the next PAUSE_S."""
        self._refill(now)
        if self._credit < PAUSE_S * SUSTAINED_BYTES_PER_S:
            self._exhausted_at = now
            return 0
        return int(self._credit)

    def exhausted(self, now: float) -> bool:
        """Whether the device sent more than is read of it, a moment ago at the latest."""
        return now - self._exhausted_at < CALM_AFTER_S

    def _refill(self, now: float) -> None:
        self._credit = min(BURST_BYTES, self._credit + (now - self._at) * SUSTAINED_BYTES_PER_S)
        self._at = now
