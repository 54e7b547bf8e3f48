"""What must hold at the end, whatever happened. Each check says what is wrong, and nothing where all is well."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from tests.faults.chains import SAID, differences, reckoned
from tests.faults.evidence import Evidence, opened
from tests.faults.ledger import act_of
from tests.faults.walks import Walks
from wms.domain import events as e
from wms.domain.mending import Surplus
from wms.domain.orders import Order, OrderLine
from wms.domain.places import Place, PlaceKind
from wms.domain.review import Review
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, PickTask
from wms.store import verify
from wms.store.codec import encode, kind_of
from wms.store.schema import ROWS

MOST = 8
"""Lines shown of one invariant."""


def broken(evidence: Evidence) -> dict[str, list[str]]:
    """The broken invariants by name, with the first of what shows it."""
    found: dict[str, list[str]] = {}
    for name, check in CHECKS.items():
        lines = [line for line, _ in zip(check(evidence), range(MOST), strict=False)]
        if lines:
            found[name] = lines
    return found


def _nobody_died(found: Evidence) -> Iterable[str]:
    return found.died


def _settled(found: Evidence) -> Iterable[str]:
    return found.unsettled


def _each_act_once(found: Evidence) -> Iterator[str]:
    """Green: all its facts, once. Unseen: all of them or none, once. Refused: none. And nothing that nobody did."""
    held: defaultdict[tuple[str, int], list[e.Fact]] = defaultdict(list)
    for fact in found.feed:
        held[fact.key.device, act_of(fact.at)].append(fact)
    devices = {act.device for act in found.acts}
    for act in found.acts:
        facts = held.pop((act.device, act.id), [])
        name = f"{act.device} act {act.id} {act.what} ({act.outcome})"
        if act.outcome == "refused" and facts:
            yield f"{name}: recorded all the same"
        if act.outcome == "green" and len(facts) < act.facts and not found.excused(act):
            yield f"{name}: {len(facts)} of {act.facts} facts at the hub"
        if act.outcome == "green" and len(facts) > act.facts:
            yield f"{name}: {len(facts)} facts at the hub, {act.facts} were recorded"
        said = Counter((kind_of(fact.body), encode(fact.body)) for fact in facts)
        yield from (f"{name}: {kind} {n} times" for (kind, _), n in said.items() if n > 1)
    keys = Counter(fact.key for fact in found.feed)
    yield from (f"{key} {n} times" for key, n in keys.items() if n > 1)
    yield from (
        f"{device} act {act}: nobody did that"
        for device, act in held
        if device in devices and _acting(held[device, act])
    )


def _acting(facts: list[e.Fact]) -> bool:
    """Setup is recorded without an act, what the program itself has to tell a supervisor, and who was erased, which the
    ledger keeps apart."""
    return not any(isinstance(fact.body, e.SiteNamed | e.ReviewRaised | e.RecipientErased) for fact in facts)


def _stock(found: Evidence) -> Iterator[str]:
    """What stands in the shelves is what hands put there and took away; and nothing came out of nowhere."""
    done = {(fact.key.device, act_of(fact.at)) for fact in found.feed}
    booked: Counter[tuple[str, str, str]] = Counter()
    for act in found.acts:
        if (act.device, act.id) in done:
            for place, sku, lot, n in act.moved:
                booked[place, sku, lot] += n
    for fact in found.feed:
        match fact.body:
            case e.StockCounted(place=place, sku=sku, lot=lot, counted=counted, booked=known):
                booked[place, sku, lot] += counted - known
            case e.PickShorted(task=task, damaged=damaged) if damaged:
                row = found.auditor.get(PickTask, task)
                if row is not None:
                    booked[row.place, row.sku, row.lot] -= damaged
    bins = {place.id for place in found.auditor.where(Place, kind=PlaceKind.BIN)}
    held = {(row.place, row.sku, row.lot): row.quantity for row in found.auditor.all(Stock) if row.place in bins}
    for place, sku, lot in sorted(booked.keys() | held.keys()):
        if booked[place, sku, lot] != held.get((place, sku, lot), 0):
            yield f"{place} {sku}: {held.get((place, sku, lot), 0)} in the picture, {booked[place, sku, lot]} by hand"
    sums: Counter[str] = Counter()
    for row in found.auditor.all(Stock):
        sums[row.sku] += row.quantity
    yield from (f"{sku}: {n} out of nowhere" for sku, n in sums.items() if n)


def _picked(found: Evidence) -> Iterator[str]:
    """A line holds no more than it needs, and no more than its events put there; of what was put beyond that a
    supervisor was told."""
    put: Counter[tuple[str, int]] = Counter()
    for fact in found.feed:
        match fact.body:
            case e.UnitsPut(task=task, quantity=n) | e.UnitsUnput(task=task, quantity=n):
                row = found.auditor.get(PickTask, task)
                if row is not None:
                    put[row.order_id, row.line] += n if isinstance(fact.body, e.UnitsPut) else -n
    spare: Counter[tuple[str, int]] = Counter()
    for surplus in found.auditor.all(Surplus):
        row = found.auditor.get(PickTask, surplus.task)
        if row is not None and not surplus.place.startswith("@hand"):
            spare[row.order_id, row.line] += surplus.quantity
    stopped = {order.id for order in found.auditor.all(Order) if order.stop}
    told = _orders_told_of(found)
    for line in found.auditor.all(OrderLine):
        key = line.order_id, line.n
        if line.picked > line.quantity:
            yield f"{line.order_id}/{line.n}: {line.picked} picked, {line.quantity} needed"
        if line.picked > put[key]:
            yield f"{line.order_id}/{line.n}: {line.picked} picked, {put[key]} put by its events"
        if line.picked + spare[key] != put[key] and line.order_id not in stopped | told:
            yield f"{line.order_id}/{line.n}: {put[key]} put, {line.picked} picked and {spare[key]} known as too many"


def _orders_told_of(found: Evidence) -> set[str]:
    """Orders of which a supervisor heard that two people, or two benches, were at them. What one of two benches packed,
    and what came into a tote after that, is for that person to find out."""
    orders = set()
    for review in found.auditor.all(Review):
        if review.kind in ("two_pickers", "packed_twice"):
            orders.add(review.subject)
        if review.kind == "over_pick":
            task = found.auditor.get(PickTask, review.subject.rpartition(",")[0])
            if task is not None:
                orders.add(str(task.order_id))
    return orders


def _walks(found: Evidence) -> Iterator[str]:
    """Nobody who has lost a walk ends it for whoever has it."""
    for batch, person in Walks().read(found.feed).ended_without_right():
        row = found.auditor.get(Batch, batch)
        if row is not None and row.status == BatchStatus.DROPPED:
            yield f"{batch} was ended by {person}, who had lost it"


def _numbers(found: Evidence) -> Iterator[str]:
    """A number stands on one parcel's labels. Only where a disk was copied or put back may it stand on two, and then a
    supervisor was told. A device whose disk was put back guard and all prints numbers again; where one of the prints
    was known to nobody but disks that are thrown away, and hubs that were put back, nothing can know of it."""
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    printers: defaultdict[str, set[str]] = defaultdict(set)
    for paper in found.papers:
        bearers[paper.number].add(paper.parcel)
        printers[paper.number].add(paper.device)
    unknowable = {number for number, _ in unknowable_labels(found)}
    heard = {(fact.key.device, act_of(fact.at)) for fact in found.feed}
    for number, parcels in sorted(bearers.items()):
        if len(parcels) == 1 or number in unknowable:
            continue
        told = found.auditor.get(Review, f"waybill_twice/{number}") is not None
        if not told or not printers[number] <= found.copied:
            prints = [paper for paper in found.papers if paper.number == number]
            acts = "; ".join(
                f"{paper.parcel}: act {paper.act} of {paper.device}"
                f"{'' if (paper.device, paper.act) in heard else ', which the hub has not'}"
                for paper in prints
            )
            yield f"{number} stands on {sorted(parcels)}{'' if told else ', and nobody was told'} ({acts})"


def _names(found: Evidence) -> Iterator[str]:
    """What the hub gives out it gives out once, in whichever life: numbers of waves, and of labels."""
    waves: Counter[str] = Counter()
    leased: list[tuple[int, int, str]] = []
    for fact in found.feed:
        match fact.body:
            case e.WaveReleased(wave=wave):
                waves[wave] += 1
            case e.WaybillsLeased(first=first, last=last, device=device):
                leased.append((first, last, device))
    yield from (f"wave {wave} was released {n} times" for wave, n in waves.items() if n > 1)
    for (_, last, one), (first, _, other) in pairwise(sorted(leased)):
        if first <= last:
            yield f"numbers from {first} on were leased to {one} and to {other}"


def unknowable_labels(found: Evidence) -> list[tuple[str, int]]:
    """Numbers printed twice of which one print is known to thrown-away disks alone, and the device's guard was thrown
    away once: then, or before the second print."""
    unguarded = {one.device for one in found.discarded if one.with_guard}
    gone = {
        (one.device, act)
        for one in found.discarded
        if one.device in unguarded
        for act in one.lost
        if act in one.unsynced or (one.device, act) in found.lost_at_hub
    }
    at_hub = {(fact.key.device, act_of(fact.at)) for fact in found.feed}
    prints = Counter(paper.number for paper in found.papers)
    return [
        (paper.number, paper.act)
        for paper in found.papers
        if prints[paper.number] > 1 and (paper.device, paper.act) in gone - at_hub
    ]


def _feed(found: Evidence) -> Iterator[str]:
    positions = [fact.position for fact in found.feed]
    for expected, position in enumerate(positions, 1):
        if expected != position:
            yield f"position {expected} is missing, {position} follows"
            return


def _sequences(found: Evidence) -> Iterator[str]:
    """Each life of each device counts 1, 2, 3 …, and the hub numbered them in that order."""
    last: Counter[tuple[str, int]] = Counter()
    for fact in found.feed:
        life = fact.key.device, fact.key.epoch
        if fact.key.n != last[life] + 1:
            yield f"{fact.key.device}/{fact.key.epoch}: {fact.key.n} after {last[life]}"
        last[life] = max(last[life], fact.key.n)


def _chains(found: Evidence) -> Iterable[str]:
    return differences(found.chains, reckoned(found.auditor.connection.execute(SAID)))


def _replicas(found: Evidence) -> Iterator[str]:
    for name, rows in found.replicas.items():
        journal = _confirmed(rows)
        if journal != _confirmed(found.auditor):
            yield f"{name}: {len(journal)} facts that are not the hub's {len(found.feed)}"
        owed = rows.connection.execute("SELECT count(*) FROM journal WHERE position IS NULL").fetchone()[0]
        if owed:
            yield f"{name}: {owed} facts were never numbered"
        for row in ROWS:
            if rows.all(row) != found.auditor.all(row):
                odd = sorted(set(rows.all(row)) ^ set(found.auditor.all(row)), key=repr)
                yield f"{name}: {row.TABLE}: {odd[:2]}"


def _confirmed(rows: object) -> list[tuple[object, ...]]:
    sql = "SELECT position, device, epoch, n, at, person, kind, body FROM journal WHERE position IS NOT NULL ORDER BY 1"
    return list(rows.connection.execute(sql))  # type: ignore[attr-defined]


def _replays(found: Evidence) -> Iterator[str]:
    for name, rows in {**found.replicas, "auditor": found.auditor}.items():
        yield from (f"{name}: {problem}" for problem in verify(rows).problems if not problem.startswith("journal: "))


def _integrity(found: Evidence) -> Iterator[str]:
    for path in found.files:
        with opened(path) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        if said != ["ok"]:
            yield f"{path}: {said[:3]}"


def _erased(found: Evidence) -> Iterator[str]:
    """Whom somebody was told to be erased, unless only a disk that was thrown away ever knew; and whomever the ledger
    says to be."""
    said = {str(fact.body.order) for fact in found.feed if isinstance(fact.body, e.RecipientErased)}
    unheard = unheard_erasures(found)
    for name, rows in {**found.replicas, "auditor": found.auditor}.items():
        for (subject,) in rows.connection.execute("SELECT subject FROM sealing_key WHERE key IS NOT NULL"):
            order = subject.partition(":")[0]
            if order in said or (order in found.erased and subject not in unheard):
                yield f"{name}: the key of {subject} is there again"


def unheard_erasures(found: Evidence) -> frozenset[str]:
    """Keys that were destroyed on a disk that was thrown away before anybody else had heard of it."""
    return frozenset(subject for one in found.discarded for subject in one.unheard)


CHECKS: dict[str, Callable[[Evidence], Iterable[str]]] = {
    "nobody-dies-by-itself": _nobody_died,
    "all-settle": _settled,
    "each-act-once": _each_act_once,
    "stock-conserved": _stock,
    "picked-within-need": _picked,
    "walks-end-by-their-holder": _walks,
    "numbers-once-on-paper": _numbers,
    "names-given-once": _names,
    "feed-gap-free": _feed,
    "sequences-gap-free": _sequences,
    "chains-reckoned-again": _chains,
    "replicas-equal": _replicas,
    "pictures-are-replays": _replays,
    "files-sound": _integrity,
    "erased-stay-erased": _erased,
}
