"""python -m tests.fuzz.wire [-max_total_time=600] [CORPUS]

Coverage-guided search for messages of terminals that a hub does not stand, by atheris (pip install atheris). A hub is
served in this process; each message is sent over a socket, signed by an enrolled terminal. No answer is a fault, each
error is a problem in JSON, and a sound pull is answered all the time.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["wms.sync.wire", "wms.hub", "wms.store", "msgspec"]):
    from tests.hub.gatehouse import House, Member, serving
    from tests.hub.spoiling import MESSAGES, ODD, spoilt, written

PATHS = sorted(MESSAGES)
seen: Counter[int] = Counter()


class Target:
    def __init__(self, house: House) -> None:
        self._house, self._member = house, house.enrol("T1")
        self._count = 0

    def __call__(self, data: bytes) -> None:
        provider = atheris.FuzzedDataProvider(data)
        path = PATHS[provider.ConsumeIntInRange(0, len(PATHS) - 1)]
        if provider.ConsumeBool():
            body = provider.ConsumeBytes(4_000)
        else:
            steps = provider.ConsumeIntListInRange(provider.ConsumeIntInRange(0, 4), 0, 9)
            odd = provider.PickValueInList([*ODD, ...])
            body = written(spoilt(MESSAGES[path], steps, odd), 0, provider.ConsumeIntInRange(0, 5_000))
        answer = self._house.signed(self._member, "POST", path, body)
        seen[answer.status] += 1
        assert answer.status < 500, (path, body, answer.body)
        assert answer.status < 400 or answer.error
        self._count += 1
        if self._count % 100 == 0:
            self._goes_on()

    def _goes_on(self) -> None:
        gate = self._house.gate  # how much is allowed at once is not what is looked for here
        for allowance in (gate._requests, gate._wrong, gate._codes, gate._all_codes):
            allowance._left.clear()
        answer = self._house.signed(self._member, "GET", "/v1/pull?after=0")
        assert answer.status in (200, 409), answer.body
        if answer.status == 409:
            self._member = self._said_hello()

    def _said_hello(self) -> Member:
        member = self._house.enrol("T1")
        member.session += "+"
        assert self._house.hello(member, previous=self._member.session).status == 200
        return member


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as house:
        atheris.Setup(sys.argv, Target(house).__call__)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
