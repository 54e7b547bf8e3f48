"""python -m tests.fuzz.framer [-max_total_time=600] [CORPUS]

Coverage-guided search for bytes that the framing does not stand, by atheris (pip install atheris). Whatever comes, in
whatever pieces: nothing is raised, what is held stays bounded, and reads do not depend on where the stream was cut.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["drivers"]):
    from drivers.framing import Frame, Framer, FramingConfig

CONFIGS = (
    FramingConfig(),
    FramingConfig(charset="auto", duplicate_ms=200),
    FramingConfig(idle_ms=50, charset="auto"),
    FramingConfig(mode="stx", prefix=b"SCAN:", code_id="honeywell"),
    FramingConfig(mode="ssi", max_length=600),
    FramingConfig(mode="wedge", charset="auto"),
    FramingConfig(terminators=(b"\r\n", b"\t"), max_length=40, code_id="zebra", gs_alternative=b"|"),
)
STEP_MS = 10


def read(config: FramingConfig, pieces: list[tuple[bytes, int]]) -> list[tuple[str, bytes, str, str]]:
    """All frames of the pieces, each given with the silence (ms) before it, and of the silence after the last."""
    framer, frames, now = Framer(config), list[Frame](), 0
    for data, pause in pieces:
        for _ in range(pause // STEP_MS):
            now += STEP_MS
            frames += framer.tick(now)
        frames += framer.feed(data, now)
        framer.take_replies()
    frames += framer.tick(now + 5_000)
    frames += framer.unplugged(now + 5_000)
    return [(frame.kind, frame.raw, frame.text, frame.aim) for frame in frames]


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    config = CONFIGS[provider.ConsumeIntInRange(0, len(CONFIGS) - 1)]
    pieces = []
    while provider.remaining_bytes() > 2 and len(pieces) < 40:
        pause = provider.ConsumeIntInRange(0, 70) * STEP_MS
        pieces.append((provider.ConsumeBytes(provider.ConsumeIntInRange(1, 300)), pause))
    whole = read(config, pieces)
    cut = [(data[at : at + 1], pause if at == 0 else 0) for data, pause in pieces for at in range(max(len(data), 1))]
    scans = [frame for frame in whole if frame[0] == "scan"]
    assert scans == [frame for frame in read(config, cut) if frame[0] == "scan"], (config, pieces)
    for _, raw, text, _ in scans:
        assert text, (config, pieces)
        assert len(raw) <= config.max_length, (config, pieces)


def main() -> None:
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
