"""python -m tests.fuzz.imports [-max_total_time=600] [CORPUS]

Coverage-guided search for exports that an import does not stand, by atheris (pip install atheris): bytes as they come,
and sound exports after changes that the fuzzer chooses. No exception is allowed but the refusal of a file, every
record must be accounted for, and every reason must have its sentence.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["wms.channels"]):
    from wms.channels import read  # noqa: F401  (instrumented before the formats are found)
    from wms.channels.formats import all_formats

    all_formats()

from tests.channels.spoiling import OBJECTS, read_soundly, samples, spoilt, spoilt_objects

NAMES = ("a.csv", "b.xlsx")


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    kind = provider.ConsumeIntInRange(0, 3)
    sound = samples()[provider.ConsumeIntInRange(0, len(samples()) - 1)]
    if kind == 0:
        read_soundly(provider.ConsumeBytes(4_000))
    elif kind == 1 and sound[:1] in (b"{", b"["):
        steps = provider.ConsumeIntListInRange(provider.ConsumeIntInRange(0, 6), 0, 40)
        read_soundly(spoilt_objects(sound, steps, provider.PickValueInList([*OBJECTS, ...])))
    else:
        changes = [
            (
                provider.ConsumeIntInRange(0, 6),
                provider.ConsumeIntInRange(0, 60_000),
                provider.ConsumeIntInRange(0, 400),
                provider.ConsumeIntInRange(0, 1_000),
            )
            for _ in range(provider.ConsumeIntInRange(1, 5))
        ]
        other = samples()[provider.ConsumeIntInRange(0, len(samples()) - 1)]
        files = (spoilt(sound, changes), other) if kind == 3 else (spoilt(sound, changes),)
        read_soundly(*files, names=NAMES)


def main() -> None:
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
