"""How much is read from a device: enough for any that is well, too little to keep the machine from its work."""

from __future__ import annotations

# Far above the fastest serial line there is (921600 baud: 92 KB/s).
SUSTAINED_BYTES_PER_S = 256 * 1024
BURST_BYTES = 256 * 1024
# A read costs as much time as that many bytes of one; so single bytes in endless succession are a flood as well.
COST_OF_A_READ = 64
# What is made of the bytes takes time too, most where each few of them are a frame. A cart full of stored codes, all
# at once, is no flood (`drivers.diagnosis`); nor are codes on end at 115200 baud.
BURST_FRAMES, SUSTAINED_FRAMES_PER_S = 3000, 1000
# So that a read that proves too much is made good in a moment, and its frames do not take the machine in one go.
LARGEST_READ = 4096
LARGEST_READ_THROTTLED = 512
# Short enough for an SSI scanner to get its acknowledgement within 20 ms.
PAUSE_S = 0.015
CALM_AFTER_S = 1.0


class ReadBudget:
    """Token buckets of bytes and frames. What is not read stays with the kernel, then with the device, which has to
    wait. Times are seconds of a monotonic clock.
    """

    def __init__(self, now: float) -> None:
        self._credit, self._frames = float(BURST_BYTES), float(BURST_FRAMES)
        self._at = now
        self._exhausted_at = now - CALM_AFTER_S

    def spend(self, size: int, now: float) -> None:
        """One read took `size` bytes, perhaps none."""
        self._refill(now)
        self._credit -= max(size, COST_OF_A_READ)

    def charge(self, frames: int, now: float) -> None:
        """What was read made so many frames."""
        self._refill(now)
        self._frames -= frames

    def limit(self, now: float) -> int:
        """How many bytes may be read now; 0 means: not for the next PAUSE_S."""
        self._refill(now)
        if self._credit < PAUSE_S * SUSTAINED_BYTES_PER_S or self._frames < PAUSE_S * SUSTAINED_FRAMES_PER_S:
            self._exhausted_at = now
            return 0
        return min(LARGEST_READ if self._frames > BURST_FRAMES / 2 else LARGEST_READ_THROTTLED, int(self._credit))

    def exhausted(self, now: float) -> bool:
        """Whether the device sent more than is read of it, a moment ago at the latest."""
        return now - self._exhausted_at < CALM_AFTER_S

    def _refill(self, now: float) -> None:
        passed = now - self._at
        self._credit = min(BURST_BYTES, self._credit + passed * SUSTAINED_BYTES_PER_S)
        self._frames = min(BURST_FRAMES, self._frames + passed * SUSTAINED_FRAMES_PER_S)
        self._at = now
