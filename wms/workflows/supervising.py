"""The supervisor's board: what needs a person first, then the flow. Enter opens what is selected, F2 turns to the
people and the walks they have, F3 releases waves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from wms.domain import commands as c
from wms.domain.bounds import moment
from wms.domain.catalogue import Person
from wms.domain.ids import Sku
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Parcel
from wms.domain.places import Place
from wms.domain.records import Record, replace
from wms.domain.review import Presence, Review, Tally
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waiting import GROUP, PRESALE, Waiting, day_of
from wms.domain.waves import Batch, BatchStatus, Wave, WaveStatus
from wms.workflows import held_orders, walks
from wms.workflows import resolve as r
from wms.workflows.conflicts import is_under_way
from wms.workflows.inputs import Chose, Entered, Pressed
from wms.workflows.keys import HELP, MORE
from wms.workflows.prompt import (
    Bilingual,
    Choice,
    Entry,
    Key,
    Line,
    Msg,
    Prompt,
    Said,
    info,
    look,
    msg,
    msg_n,
    ok,
    plain,
)
from wms.workflows.reviews import Decision, decisions, facts, sentence
from wms.workflows.say import category_name, item_name, what_it_is
from wms.workflows.signing_in import WORK
from wms.workflows.view import Board, Need, WaveLine
from wms.workflows.walks import Work
from wms.workflows.workflow import Happening, Step, Who, is_scan

AT_RISK_S = 2 * 3600
SHOWN_NEEDS = 50
READ_NEEDS = 2 * SHOWN_NEEDS  # somebody may be mending half of them already


class Supervising(Record):
    who: Who
    needs: tuple[Review, ...] = ()
    selected: int = 0
    opened: Review | None = None  # the review being decided
    decision: int = -1  # the chosen answer, while its reason is typed
    people: bool = False
    walks: tuple[Work, ...] | None = None  # the work under way, while it is shown
    walk: Work | None = None  # that which is to be given to somebody else

    @property
    def screen(self) -> str:
        if self.opened is not None:
            return "board.reason" if self.decision >= 0 else "board.decide"
        if self.walks is not None:
            return "board.walk" if self.walk is not None else "board.walks"
        return "board.people" if self.people else "board"


class SuperviseWorkflow:
    """`resume`, `step` and `prompt` of the board."""

    def resume(self, rows: Rows, who: Who, last: Supervising | None = None) -> Supervising:
        needs = _most_urgent(rows)
        if last is None:
            return Supervising(who, needs)
        opened = last.opened if last.opened is not None and _is_open(last.opened, rows) else None
        selected = max(0, min(last.selected, len(needs) - 1))
        decision = last.decision if opened is not None else -1
        shown = tuple(walks.under_way(rows)) if last.walks is not None else None
        walk = next((one for one in shown or () if walks.same(one, last.walk)), None)
        return Supervising(who, needs, selected, opened, decision, last.people, shown, walk)

    def prompt(self, state: Supervising, rows: Rows) -> Prompt:
        return _prompt(state, rows)

    def step(self, state: Supervising, happening: Happening, rows: Rows) -> Step[Supervising]:
        if is_scan(happening):
            return Step(state, said=_looked_up(happening, rows))
        if state.opened is not None:
            return _decide(state, state.opened, happening, rows)
        if state.walks is not None:
            return _reassign(state, state.walks, happening, rows)
        match happening:
            case Pressed(key="down"):
                return Step(replace(state, selected=min(state.selected + 1, max(0, len(state.needs) - 1))))
            case Pressed(key="up"):
                return Step(replace(state, selected=max(state.selected - 1, 0)))
            case Pressed(key="enter") if state.needs:
                return Step(replace(state, opened=state.needs[state.selected]))
            case Pressed(key="f2") if state.people:
                return Step(replace(state, people=False, walks=tuple(walks.under_way(rows))))
            case Pressed(key="f2"):
                return Step(replace(state, people=True))
            case Pressed(key="f3"):
                return Step(state, (c.ReleaseWaves(),), ok(msg("Waves released")))
            case Pressed(key="escape"):
                return Step(replace(state, people=False))
        return Step(state)


URGENCY = {
    "waybill_twice": 3,
    "label_conflict": 2,
    "batch_held": 3,
    "two_copies": 3,
    "cancelled_in_work": 2,
    "order_changed": 2,
    "packed_twice": 2,
    "printer": 2,
    "label": 2,
    "two_pickers": 2,
    "order_short": 1,
    "over_pick": 1,
    "send_together": -2,
}
ASKED = 2
HELD_LINES = 4  # on the smallest screen


def _most_urgent(rows: Rows) -> tuple[Review, ...]:
    """What is shown of all that is open, by urgency, then the newest first. Only as many are read as can come to be
    shown: an import may hold ten thousand orders. Of each grave kind the newest, then of all the newest until enough of
    them are no mere suggestions."""
    found = {n.id: n for n in rows.highest(Review, SHOWN_NEEDS, "asked", open=True) if n.asked}
    for kind in (kind for kind, urgency in URGENCY.items() if urgency > 0):
        found |= {n.id: n for n in rows.highest(Review, READ_NEEDS, "at", open=True, kind=kind)}
    urgencies = {name: _urgency(n, rows) for name, n in found.items()}
    most = READ_NEEDS
    while sum(urgency >= 0 for urgency in urgencies.values()) < SHOWN_NEEDS:
        newest = rows.highest(Review, most, "at", open=True)
        found |= {n.id: n for n in newest}
        urgencies |= {n.id: _urgency(n, rows) for n in newest if n.id not in urgencies}
        if len(newest) < most:
            break
        most *= 10
    return tuple(sorted(found.values(), key=lambda n: (-urgencies[n.id], -n.at, n.id))[:SHOWN_NEEDS])


def _is_open(review: Review, rows: Rows) -> bool:
    found = rows.get(Review, review.id)
    return found is not None and found.open


def _urgency(review: Review, rows: Rows) -> int:
    """What somebody is mending already comes last, but for what is only suggested. What was asked and has no answer yet
    stays in sight."""
    if review.asked:
        return ASKED
    return -1 if is_under_way(review, rows) else URGENCY.get(review.kind, 0)


def _reassign(state: Supervising, shown: tuple[Work, ...], happening: Happening, rows: Rows) -> Step[Supervising]:
    match happening:
        case Pressed(key="escape") if state.walk is not None:
            return Step(replace(state, walk=None))
        case Pressed(key="escape" | "f2"):
            return Step(replace(state, walks=None, walk=None))
        case Chose(index=index) if state.walk is None and index < len(shown):
            return Step(replace(state, walk=shown[index]))
        case Chose(index=index) if state.walk is not None:
            answers = walks.ways(state.walk, rows)
            if index < len(answers):
                said = ok(msg("Given away"), answers[index].label)
                return Step(replace(state, walk=None), answers[index].commands(""), said)
    return Step(state)


def _decide(state: Supervising, review: Review, happening: Happening, rows: Rows) -> Step[Supervising]:
    answers = decisions(review, rows)
    match happening:
        case Pressed(key="escape"):
            return Step(replace(state, opened=None, decision=-1))
        case Chose(index=index) if state.decision < 0 and index < len(answers):
            if answers[index].reason:
                return Step(replace(state, decision=index))
            return _carry_out(state, answers[index], "")
        case Entered(text=text) if state.decision >= 0 and text.strip():
            return _carry_out(state, answers[state.decision], text.strip())
        case Entered():
            return Step(state, said=look(msg("A decision needs a reason")))
    return Step(state)


def _carry_out(state: Supervising, decision: Decision, reason: str) -> Step[Supervising]:
    return Step(replace(state, opened=None, decision=-1), decision.commands(reason), ok(decision.label))


def _looked_up(code: r.Code, rows: Rows) -> Said:
    """Scan anything: what it is and how it stands."""
    lines: list[Msg] = [what_it_is(code, rows)]
    match code:
        case r.ItemScan(sku=sku):
            lines += _whereabouts(rows, sku)
        case r.WaybillScan(parcel=parcel):
            found = rows.get(Parcel, parcel)
            if found is not None:
                lines.append(msg("order {order}, {state}", order=found.order_id, state=plain(found.status)))
        case r.OrderScan(order_id=order):
            row = rows.get(Order, order)
            if row is not None:
                lines.append(msg("order {order}, {state}", order=row.reference, state=plain(row.status)))
        case r.PlaceScan(place=place) | r.ToteScan(place=place):
            contents = rows.first(Stock, 2, place=place)
            lines += [msg("{n} x {item}", n=s.quantity, item=item_name(rows, s.sku)) for s in contents]
    return info(*lines[:3])


def _whereabouts(rows: Rows, sku: Sku) -> list[Msg]:
    here = [s for s in rows.where(Stock, sku=sku) if s.quantity > 0 and rows.get(Place, s.place) is not None]
    return [msg("{place}: {n}, {free} free", place=s.place, n=s.quantity, free=s.free) for s in here[:2]]


def _prompt(state: Supervising, rows: Rows) -> Prompt:
    where = (msg("Supervisor"), plain(state.who.name))
    if state.opened is not None:
        answers = decisions(state.opened, rows)
        base = Prompt(
            state.screen,
            (*where, msg("since {time}", time=_clock(state.opened.at, state.who.zone))),
            what=_case(state.opened, rows),
            handbook="review" if state.opened.kind in held_orders.KINDS else "supervisor",
            keys=(HELP, Key("escape", msg("Back"))),
        )
        if state.decision >= 0:
            answer = answers[state.decision]
            return base.but(verb=answer.label, ask=answer.ask, entry=Entry.TEXT)
        return base.but(verb=msg("Decide"), choices=tuple(Choice(answer.label) for answer in answers))
    if state.walks is not None:
        return _walks_prompt(state, state.walks, where, rows)
    keys = (HELP, Key("f2", msg("Work") if state.people else msg("People")), Key("f3", msg("Waves")), MORE)
    ready = rows.count(Order, status=OrderStatus.READY)
    lines = [Line(msg("{n} orders ready: F3 releases them", n=ready))] if ready else []
    what = (*lines, *_waiting(rows, state.who.now))
    return Prompt(state.screen, where, verb=msg("Needs you"), what=what, keys=keys, handbook="supervisor")


def _waiting(rows: Rows, now: int) -> Iterator[Line]:
    """Orders that need nobody, and until when."""
    presales = rows.count(Waiting, what=PRESALE)
    if presales:
        until = rows.first(Waiting, 1, what=PRESALE)[0].until
        day = day_of(rows, until)[5:]
        if until <= now:
            said = msg_n("{n} pre-sale: F3, if its day has come", "{n} pre-sales: F3 takes those due", presales)
        else:
            said = msg_n(
                "{n} pre-sale waits until {day}", "{n} pre-sales wait, the next until {day}", presales, day=day
            )
        yield Line(said, short=msg("Pre-sales {n}: {day}", n=presales, day=day))
    groups = rows.count(Waiting, what=GROUP)
    if groups:
        said = msg_n("{n} group buy waits for its group", "{n} group buys wait for their groups", groups)
        yield Line(said, short=msg("Group buys {n}", n=groups))


def _clock(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(moment(at), ZoneInfo(zone)):%H:%M}"


def _case(review: Review, rows: Rows) -> tuple[Line, ...]:
    """What happened, then who, where the goods are, what is under way: all of it on the smallest screen too. Of a held
    order that shows why first: what is in it can be looked at elsewhere."""
    lines = (sentence(review, rows), *facts(review, rows))
    most = HELD_LINES if review.kind in held_orders.KINDS else len(lines)
    return tuple(Line(text, short=text if n < most else None) for n, text in enumerate(lines))


def _walks_prompt(state: Supervising, shown: tuple[Work, ...], where: tuple[Msg, ...], rows: Rows) -> Prompt:
    base = Prompt(state.screen, where, handbook="supervisor", keys=(HELP, Key("escape", msg("Back"))))
    if state.walk is not None:
        lines = tuple(Line(text, short=text) for text in walks.facts(state.walk, rows, state.who.now))
        choices = tuple(Choice(way.label) for way in walks.ways(state.walk, rows))
        return base.but(verb=msg("Who goes on with it?"), what=lines, choices=choices)
    if not shown:
        return base.but(verb=msg("Work under way"), what=(Line(msg("Nobody is at work")),))
    choices = tuple(Choice(walks.line(walk, rows, state.who.now)) for walk in shown)
    return base.but(
        verb=msg("Work under way"), ask=msg("Press the number of one to give it to somebody else"), choices=choices
    )


def board(state: Supervising, rows: Rows) -> Board | None:
    """The figures around the prompt; None while a review or a walk is being decided."""
    if state.opened is not None or state.walks is not None:
        return None
    now = state.who.now
    counts = _last_hour(rows, now)
    return Board(
        needs=tuple(Need(review.id, review.at, sentence(review, rows)) for review in state.needs),
        needing=rows.count(Review, open=True),
        selected=state.selected,
        waves=tuple(_wave_line(wave, rows, now) for wave in _running(rows)),
        lines_last_hour=counts.get("lines", 0),
        people_last_hour=counts.get("people", 0),
        scans_last_hour=counts.get("scans", 0),
        refused_last_hour=counts.get("refused", 0),
        shorts_last_hour=counts.get("shorts", 0),
        labels_last_hour=counts.get("labels", 0),
        people=_people(rows) if state.people else (),
    )


def _running(rows: Rows) -> list[Wave]:
    kinds = (WaveStatus.HELD, WaveStatus.RELEASED, WaveStatus.PICKED)
    return sorted((wave for kind in kinds for wave in rows.where(Wave, status=kind)), key=lambda w: (w.ship_by, w.id))[
        :12
    ]


def _wave_line(wave: Wave, rows: Rows, now: int) -> WaveLine:
    batches = rows.where(Batch, wave=wave.id)
    people = dict.fromkeys(_name(rows, b.person) for b in batches if b.status == BatchStatus.CLAIMED)
    name = category_name(rows, wave.category)
    category = name if isinstance(name, Bilingual) else Bilingual(*_MIXED)
    on_time = wave.ship_by - now > AT_RISK_S or wave.closed >= wave.tasks
    return WaveLine(
        wave.id, category, wave.closed, wave.tasks, wave.ship_by, tuple(people), on_time, wave.status == "held"
    )


_MIXED = ("\u6df7\u5408", "mixed")


def _name(rows: Rows, badge: str) -> str:
    person = rows.get(Person, badge)
    return person.name if person is not None else badge


def _last_hour(rows: Rows, now: int) -> dict[str, int]:
    """Counts of this clock hour and the one before it, the latter by the share that lies within sixty minutes."""
    hour, past = now // 3600, (now % 3600) / 3600
    counts: dict[str, float] = {}
    people = set()
    for index, share in ((hour, 1.0), (hour - 1, 1 - past)):
        for tally in rows.where(Tally, hour=index):
            counts[tally.what] = counts.get(tally.what, 0) + tally.count * share
            if tally.what == "lines":
                people.add(tally.person)
    return {**{what: round(count) for what, count in counts.items()}, "people": len(people)}


def _people(rows: Rows) -> tuple[tuple[str, Msg], ...]:
    return tuple(
        (_name(rows, p.person), msg("{role} at {device}", role=WORK[p.role][1], device=p.device))
        for p in rows.all(Presence)
        if p.role in WORK
    )
