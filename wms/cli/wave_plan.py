"""`wms wave plan`, `release` and `regroup`: waves planned, looked at, changed, and given out."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened
from wms.cli.parsing import command, language_flag, positive

if TYPE_CHECKING:
    from wms.domain.rows import Rows
    from wms.planning.wave_draft import Change, WaveDraft
    from wms.store import Store

PLAN = """\
  {"waves": [{"wave": "W0001", "category": "food", "ship_by": "2026-11-13T08:27:00Z", "orders": 12, "units": 31,
              "batches": [{"batch": "W0001-01", "orders": ["shop-A-1001"],
                           "tasks": [{"task": "W0001-01-001", "order": "shop-A-1001", "slot": 1, "place": "A-01-1",
                                      "sku": "TEA-01", "lot": "L2601", "quantity": 2}]}]}],
   "left": [{"order": "shop-A-1002", "reasons": ["no_stock:TEA-01:3"], "says": "TEA-01: 3 more needed"}],
   "made": "2026-11-13T05:00:00Z", "saved": true,
   "walk": {"orders": 12, "metres": 210.4, "first_come_metres": 310.0, "saved_percent": 32.1, "minutes": 24.5,
            "first_come_minutes": 25.9},
   "tours": [{"tour": "W0001-01", "wave": "W0001", "category": "food", "orders": 12, "stops": 14, "lines": 20,
              "units": 31, "metres": 210.4, "s_shape_metres": 260.0, "saved_percent": 19.1, "minutes": 24.5,
              "s_shape_minutes": 25.2, "picker": "1001", "begin": "2026-11-13T05:00:00Z", "end": "2026-11-13T05:24:30Z",
              "due": "2026-11-13T07:57:00Z", "slack_minutes": 152, "waits_seconds": 0, "late": [],
              "loads": [{"what": "slots", "load": 12, "capacity": 12, "percent": 100}], "locked": false}],
   "pickers": [{"picker": "1001", "tours": 1, "minutes": 24.5, "end": "2026-11-13T05:24:30Z"}],
   "late": [{"order": "shop-A-1003", "by": "2026-11-13T05:00:00Z", "packed": "2026-11-13T05:54:30Z",
             "in_any_plan": true}],
   "promise": "This order will be late, whatever we do: call shop-A-1003",
   "refill": [{"bin": "A-01-1", "sku": "TEA-01", "left": 0, "elsewhere": 40, "bins": ["A-09-1"]}],
   "warnings": [{"reason": "floor_guessed", "says": "Nobody told where the bins are: ..."}],
   "locked": [], "without": []}

`loads` are orders, slots, grams and cm3, as far as the rules count them. With --map instead:
  {"tour": "W0001-01", "metres": 210.4, "stops": [{"place": "A-01-1", "take": [{"quantity": 2, "sku": "TEA-01",
   "lot": "L2601"}]}], "svg": ""}
--show adds "since": {"made": "2026-11-13T05:00:00Z", "stale": true, "left": [], "moved": ["shop-A-1001"],
"new": ["shop-A-1009"], "rules_changed": false}"""
RELEASE = """\
  "waves" and "left" as of `plan`; the orders under `left` were held for that reason. With --plan they were not held but
  left for the next plan, and "since" tells, as of `plan --show`, what had become otherwise"""
REGROUP = """\
  {"waves": [{"wave": "W0001", "tours": 3, "before": 4, "metres": 480.5, "metres_before": 610.0}]}"""


def add(waves: Any) -> None:
    planning = command(waves, "plan", "short tours for all that waits, and what would be left and why", plan, PLAN)
    releasing = command(waves, "release", "plan, reserve the stock, and give the work out", release, RELEASE)
    for parser in (planning, releasing):
        parser.add_argument("--category", metavar="CODE", help="only this one; '' for orders that span categories")
        parser.add_argument(
            "--orders", type=positive, default=0, metavar="N", help="at most in a wave (else: the rules)"
        )
        parser.add_argument("--slots", type=positive, default=0, metavar="N", help="totes on a cart (else: the rules)")
        language_flag(parser)
    _add_search(planning)
    _add_changes(planning)
    releasing.add_argument("--plan", action="store_true", help="release the saved plan as it was shown")
    regrouping = command(waves, "regroup", "put walks that nobody has begun together anew", regroup, REGROUP)
    regrouping.add_argument("waves", nargs="*", metavar="WAVE", help="only of these (default: all)")
    language_flag(regrouping)


def _add_search(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=_seconds, metavar="S", help="to look for shorter tours (else: the rules, less for few orders)"
    )
    parser.add_argument("--seed", type=_seed, metavar="N", help="of all chance (else: the rules)")
    parser.add_argument("--save", action="store_true", help="keep the plan, to change it or release it later")


def _add_changes(parser: ArgumentParser) -> None:
    saved = parser.add_argument_group("the saved plan")
    saved.add_argument("--show", action="store_true", help="show it again, and what has become otherwise since")
    saved.add_argument("--drop", action="store_true", help="forget it")
    saved.add_argument("--replan", action="store_true", help="plan on from it, with what waits now")
    for flag, name, about in (
        ("--without", "ORDER", "take these orders out and plan on"),
        ("--with", "ORDER", "put orders back that were taken out, and plan on"),
        ("--lock", "TOUR", "keep these tours as they are and plan on"),
        ("--unlock", "TOUR", "let these tours be changed again, and plan on"),
    ):
        where = "put_back" if flag == "--with" else flag[2:]
        saved.add_argument(flag, dest=where, nargs="+", action="extend", default=[], metavar=name, help=about)
    saved.add_argument("--map", metavar="TOUR", help="draw a tour on the floor; one that was released too")
    saved.add_argument("--svg", type=Path, metavar="FILE", help="with --map: write a drawing to scale there")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise ArgumentTypeError(f"must be a number from 0 to 3600, not {text!r}")
    return seconds


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) >= 2**31:
        raise ArgumentTypeError(f"must be a whole number from 0 to {2**31 - 1}, not {text!r}")
    return int(text)


def plan(options: Namespace) -> int:
    from wms.cli import wave_map

    saved, changes = True, options.replan or options.without or options.put_back or options.lock or options.unlock
    _check_usage(options, bool(changes))
    with opened(options) as store:
        _check_asked(options, store.rows)
        if options.drop:
            return _drop(options, store)
        if options.show or (options.map and not changes):
            draft = _saved(store, needed=options.show)
            if options.show and not options.map:
                assert draft is not None  # noqa: S101 - it is needed
                return _tell_draft(options, store, draft, since=True)
        else:
            draft = _planned(options, store, bool(changes))
            if saved := bool(changes or (options.save and draft.waves)):
                _keep(store, draft)
        if options.map:
            return wave_map.show(options, store.rows, draft)
        assert draft is not None  # noqa: S101 - just planned
        return _tell_draft(options, store, draft, saved=saved)


def _check_usage(options: Namespace, changes: bool) -> None:
    asked = options.category is not None or options.orders or options.slots
    searched = options.seconds is not None or options.seed is not None or options.save
    if options.svg and not options.map:
        raise Refusal("--svg goes with --map", 2)
    if (changes or options.show or options.drop) and asked:
        raise Refusal("--category, --orders and --slots are those of the saved plan: make a new one to change them", 2)
    if sum((changes, options.show, options.drop)) > 1 or (options.drop and options.map):
        raise Refusal("--show, --drop and changing the plan don't go together", 2)
    if (options.show or options.drop) and searched:
        raise Refusal("nothing is planned with --show or --drop: leave --seconds, --seed and --save out", 2)


def _check_asked(options: Namespace, rows: Rows) -> None:
    from wms.domain.catalogue import Category
    from wms.planning.rules import MOST_ORDERS, MOST_SLOTS

    for flag, asked, most in (("--orders", options.orders, MOST_ORDERS), ("--slots", options.slots, MOST_SLOTS)):
        if asked > most:
            raise Refusal(f"{flag} must be a whole number from 1 to {most}, not {asked}", 2)

    if options.category and rows.get(Category, options.category) is None:
        known = ", ".join(category.code for category in rows.all(Category)) or "none"
        raise Refusal(f"there is no category {options.category}; known are: {known}")


def _saved(store: Store, *, needed: bool = True) -> WaveDraft | None:
    from wms.store.plan_draft import BadDraft, kept

    try:
        draft = kept(store.folder)
    except BadDraft as error:
        raise Refusal(f"the saved plan can't be read: {error}. Make a new one: wms wave plan --save") from error
    if draft is None and needed:
        raise Refusal("no plan is saved. Make one: wms wave plan --save")
    return draft


def _keep(store: Store, draft: WaveDraft) -> None:
    from wms.store.plan_draft import keep

    try:
        keep(store.folder, draft)
    except OSError as error:
        raise Refusal(f"the plan was not saved, {store.folder} can't be written: {error.strerror}") from error


def _drop(options: Namespace, store: Store) -> int:
    from wms.store.plan_draft import drop

    there = _saved(store, needed=False) is not None
    drop(store.folder)
    emit(options, {"dropped": there}, lambda: "the saved plan is gone" if there else "no plan was saved")
    return 0


def _planned(options: Namespace, store: Store, again: bool) -> WaveDraft:
    from wms.cli.acting import zone_of
    from wms.cli.plan_progress import Drawn
    from wms.domain.catalogue import Counter
    from wms.planning.site_walks import TICKS
    from wms.planning.wave_draft import Asked, NotInDraft, changed, drafted
    from wms.planning.wave_search import Searched

    before, asked = None, Asked(options.category, options.orders, options.slots)
    if again:
        saved = _saved(store)
        assert saved is not None  # noqa: S101 - it is needed
        asked = saved.asked
        try:
            before = changed(saved, _change(options, store.rows, saved))
        except NotInDraft as error:
            known = {"tour": [one.id for one in saved.batches], "locked tour": saved.locked}.get(error.what)
            more = "" if known is None else f"; its {error.what}s are {', '.join(known) or 'none'}"
            raise Refusal(f"{error}{more}") from error
    counter = store.rows.get(Counter, "wave")
    first_wave = (counter.value if counter is not None else 0) + 1
    _tell_compiling(options, store.rows)
    with Drawn(60 * TICKS) as drawn:
        effort = Searched(options.seconds, options.seed, drawn)
        return drafted(store.rows, store.clock() // 1000, zone_of(store.rows), first_wave, asked, effort, before)


def _change(options: Namespace, rows: Rows, draft: WaveDraft) -> Change:
    from wms.cli.orders import order_named
    from wms.planning.wave_draft import Change

    tours = {batch.id.upper(): batch.id for batch in draft.batches}
    return Change(
        tuple(order_named(rows, name).id for name in options.without),
        tuple(order_named(rows, name).id for name in options.put_back),
        tuple(tours.get(name.upper(), name) for name in options.lock),
        tuple(tours.get(name.upper(), name) for name in options.unlock),
    )


def _tell_compiling(options: Namespace, rows: Rows) -> None:
    """Half a minute without a word looks like a fault."""
    from wms.domain.orders import Order, OrderStatus
    from wms.planning.solve import has_compiled
    from wms.planning.wave_search import FEW

    if not has_compiled() or (options.seconds is None and rows.count(Order, status=OrderStatus.READY) <= FEW):
        return
    from wms.planning.compiled.cache import is_warm

    if not is_warm():
        print("wms: the planner is compiled for this machine, once; it begins in half a minute", file=sys.stderr)


def _tell_draft(options: Namespace, store: Store, draft: WaveDraft, *, saved: bool = True, since: bool = False) -> int:
    from wms.cli.acting import zone_of
    from wms.cli.wave_told import draft_of, draft_page, drift_of, drift_page
    from wms.planning.wave_draft import drift

    zone = zone_of(store.rows)
    found = drift(store.rows, store.clock() // 1000, zone, draft) if since else None
    gone = {order for order, _ in found.left} if found is not None else set[str]()
    document, notes = draft_of(options, draft, gone) | {"saved": saved}, []
    if found is not None:
        document["since"] = drift_of(options, draft, found)
        notes = [drift_page(draft, found, zone)]
    elif saved and draft.waves:
        notes = ["Saved. Give it out: wms wave release --plan"]
    emit(
        options,
        document,
        lambda: "\n\n".join(filter(None, [*draft_page(options, draft, zone, gone), *notes])) or "no orders are ready",
    )
    return 0


def release(options: Namespace) -> int:
    from wms.cli.acting import carry_out, zone_of
    from wms.domain.commands import ReleaseWaves
    from wms.domain.events import OrderHeld

    if options.plan and (options.category is not None or options.orders or options.slots):
        raise Refusal("--plan releases what was planned: leave --category, --orders and --slots out", 2)
    with opened(options) as store:
        if options.plan:
            return _release_plan(options, store)
        _check_asked(options, store.rows)
        recorded = carry_out(options, store, ReleaseWaves(options.category, options.orders, options.slots))
        bodies = [fact.body for fact in recorded.facts]
        held = [(body.order, body.reason) for body in bodies if isinstance(body, OrderHeld)]
        _tell_released(options, bodies, held, zone_of(store.rows))
    return 0


def _release_plan(options: Namespace, store: Store) -> int:
    from wms.cli.acting import carry_out, zone_of
    from wms.cli.wave_told import drift_of, drift_page
    from wms.domain.commands import ReleasePlan
    from wms.domain.events import OrdersLeft
    from wms.planning.wave_draft import drift
    from wms.store.plan_draft import drop

    draft, zone = _saved(store), zone_of(store.rows)
    assert draft is not None  # noqa: S101 - it is needed
    found = drift(store.rows, store.clock() // 1000, zone, draft)
    recorded = carry_out(options, store, ReleasePlan(draft.waves, draft.left, draft.asked.orders, draft.asked.slots))
    drop(store.folder)
    bodies = [fact.body for fact in recorded.facts]
    left = [one for body in bodies if isinstance(body, OrdersLeft) for one in body.left]
    since = {"since": drift_of(options, draft, found)}
    _tell_released(options, bodies, left, zone, since, drift_page(draft, found, zone))
    return 0


def _tell_released(
    options: Namespace,
    bodies: list[Any],
    left: list[tuple[Any, str]],
    zone: str,
    more: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    from wms.cli.wave_told import left_of, waves_of, waves_page
    from wms.domain.events import WaveReleased

    waves = [body for body in bodies if isinstance(body, WaveReleased)]
    said = left_of(options, left)
    document = {"waves": waves_of(waves), "left": said, **(more or {})}
    emit(
        options,
        document,
        lambda: "\n\n".join(filter(None, [*waves_page(waves, said, zone), note])) or "no orders are ready",
    )


def regroup(options: Namespace) -> int:
    from wms.cli.acting import carry_out
    from wms.cli.output import table
    from wms.domain.commands import RegroupWaves
    from wms.domain.events import WaveRegrouped
    from wms.domain.ids import WaveId
    from wms.domain.waves import Batch, Wave

    with opened(options) as store:
        names = [name if store.rows.get(Wave, name) else name.upper() for name in options.waves]
        for name in names:
            if store.rows.get(Wave, name) is None:
                raise Refusal(f"there is no wave {name}: wms wave list shows them")
        before = {batch.id: batch.walk_mm for batch in store.rows.all(Batch)}
        recorded = carry_out(options, store, RegroupWaves(tuple(map(WaveId, names))))
        done = [fact.body for fact in recorded.facts if isinstance(fact.body, WaveRegrouped)]
    document = [
        {
            "wave": event.wave,
            "tours": len(event.batches),
            "before": len(event.old),
            "metres": round(sum(batch.walk_mm for batch in event.batches) / 1000, 1),
            "metres_before": round(sum(before[name] for name in event.old) / 1000, 1),
        }
        for event in done
    ]
    rows = [(one["wave"], one["before"], one["tours"], one["metres_before"], one["metres"]) for one in document]
    emit(
        options,
        {"waves": document},
        lambda: table(("WAVE", "TOURS BEFORE", "NOW", "METRES BEFORE", "NOW"), rows),
    )
    return 0
