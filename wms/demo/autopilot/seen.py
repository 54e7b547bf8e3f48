"""What people saw and held, against what the journal says: green verdicts, resumed work, printed labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec

from wms.demo.autopilot.day import Day
from wms.demo.autopilot.ledger import kept
from wms.demo.autopilot.nodes import Node
from wms.domain.events import LabelPrinted
from wms.domain.ids import DeviceId

FACT_OF: dict[str, str] = {
    "pick.bin": "BinConfirmed",
    "pick.typed": "BinConfirmed",
    "pick.item": "UnitsTaken",
    "pick.lot": "UnitsTaken",
    "pick.tote": "UnitsPut",
    "pick.left": "ZeroChecked",
    "pick.drop": "TotesDropped",
    "pick.empty": "TotesDropped",
    "qc.item": "SampleSeen",
    "qc.judge": "SampleJudged",
    "pack.tote": "PackingStarted",
    "pack.item": "UnitsPacked",
    "pack.carton": "CartonChosen",
    "pack.weigh": "ParcelWeighed",
    "pack.off": "ParcelWeighed",
    "pack.typed": "ParcelWeighed",
    "pack.label": "LabelVerified",
    "pack.look": "LabelVerified",
    "pack.stage": "ParcelStaged",
    "pack.stop": "OrderDiverted",
    "ship.carrier": "ManifestOpened",
    "ship.parcel": "ParcelLoaded",
    "ship.sign": "ManifestClosed",
}
"""The fact behind a green verdict, by the prompt that had asked. What the hub decides stands under the hub's name."""
LABELS_READ = 24
"""Labels of each bench that are decoded: enough to notice a wrong one, few enough not to take longer than the day."""


def greens_not_journaled(day: Day, hub: Node) -> Iterable[str]:
    """Each green verdict in turn must have its fact, in the same order, among the facts of that terminal."""
    for terminal in day.terminals:
        facts = iter([type(fact.body).__name__ for fact in hub.facts if fact.key.device == terminal.name])
        for heard in terminal.heard:
            wanted = FACT_OF.get(heard.asked)
            if wanted is not None and wanted not in facts:  # consumes up to the fact that was found
                yield f"{terminal.name}: green at {heard.asked}, view {heard.serial} of life {heard.life}: no {wanted}"
                break


def not_resumed(day: Day) -> Iterable[str]:
    """A plug was pulled in mid-work: the same thing is asked again, with the same progress."""
    for person in day.people:
        for before, after in person.resumed_at:
            if (before.name, before.expects, before.target.partition("/")[0]) != (
                after.name,
                after.expects,
                after.target.partition("/")[0],
            ):
                yield f"{person.terminal.name}: before the plug was pulled {before}; after it {after}"


def labels_that_match_nothing(day: Day, hub: Node) -> Iterable[str]:
    """As many labels came out as the journal says, and each carries the waybill of a parcel of that bench."""
    books = kept(hub.facts)
    told = Counter(fact.key.device for fact in hub.facts if isinstance(fact.body, LabelPrinted))
    for terminal in day.terminals:
        came_out, journaled = len(terminal.labels), told[DeviceId(terminal.name)]
        if came_out < journaled:
            yield f"{terminal.name}: {journaled} labels by the journal, {came_out} came out"
    if find_spec("zxingcpp") is None:
        return
    for terminal in day.terminals:
        step = max(1, len(terminal.labels) // LABELS_READ)
        for data in terminal.labels[::step]:
            codes = codes_on(data)
            if not any(code in books.waybills or code in books.loaded for code in codes):
                yield f"{terminal.name}: a label carries {codes or 'nothing that can be read'}"


def codes_on(label: bytes) -> list[str]:
    """Every code that a scanner reads from what these printer commands draw."""
    import zxingcpp

    from labels import from_escpos

    return [code.text for picture in from_escpos(label) for code in zxingcpp.read_barcodes(picture.convert("L"))]
