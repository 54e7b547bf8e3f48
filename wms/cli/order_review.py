"""`wms orders review`, `ask`, `match` and `rules`: what holds orders back, and what a person does about it."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table, utc, wall
from wms.cli.parsing import command, filled, language_flag

if TYPE_CHECKING:
    from pathlib import Path

    from wms.domain.auditing import Rules
    from wms.domain.orders import Order
    from wms.domain.review import Review
    from wms.domain.rows import Rows
    from wms.store import Store

REVIEW = """\
  {"held": [{"order": "shop-A-1001", "channel": "shop", "reference": "A-1001", "ship_by": "2026-11-13T08:27:00Z",
             "lines": 1, "units": 2, "amount": "CNY 2500.00", "recipient": "王* 1*******678 上海",
             "reasons": [{"reason": "first_order:CNY 2500.00", "says": "The first order of this buyer, worth …"}],
             "unknown": [{"code": "tea01", "quantity": 1, "offered": ["TEA-01"]}],
             "asked": {"at": "2026-11-11T08:30:00Z", "note": "called the customer"}}],
   "together": [{"order": "shop-A-1002", "with": ["shop-A-1003"]}],
   "changed": [{"order": "shop-A-1004", "channel": "shop", "reference": "A-1004", "status": "picked",
                "what": ["lines"], "says": ["Order A-1004 was changed, but is under way: other goods", "Tea: 2 -> 3"],
                "can_be_taken": false, "since": "2026-11-11T08:30:00Z"}], "unrecorded": []}

`asked` is null where nobody asked. `unrecorded` names orders that --again would hold, but could not. `changed` are
orders that their channel changed: `wms orders change` takes or leaves that."""
ASKED = """\
  {"order": "shop-A-1001", "asked": "called the customer"}"""
MATCHED = """\
  {"order": "shop-A-1001", "status": "ready", "reasons": []}"""
RULES = """\
  {"file": "DIR/review.toml", "own": true, "rules": {"large_orders": {"on": true, "orders": 3, "hours": 24, "units": 0,
   "amount": {"CNY": 100000}}, "blocked": {"buyers": 2, "phones": 0, "addresses": 0}, …}}

The blocked ones are counted, not shown. With --template: {"written": "DIR/review.toml"}"""


def add(orders: Any) -> None:
    listing = command(orders, "review", "what holds orders back, and what could go together", review, REVIEW)
    listing.add_argument(
        "--again", action="store_true", help="apply the rules to ready orders first, as after a change"
    )
    language_flag(listing)
    asking = command(orders, "ask", "note that the customer or the channel was asked about a held order", ask, ASKED)
    asking.add_argument("order", metavar="ORDER")
    asking.add_argument("--note", type=filled, required=True, metavar="TEXT", help="what was asked, and how")
    language_flag(asking)
    matching = command(orders, "match", "say which item an unknown code of a held order means", match, MATCHED)
    matching.add_argument("order", metavar="ORDER")
    matching.add_argument("code", metavar="CODE", help="as the order's reason has it")
    matching.add_argument("sku", metavar="SKU")
    language_flag(matching)
    ruling = command(orders, "rules", "the rules of the review in force", rules, RULES)
    ruling.add_argument("--template", action="store_true", help="write them with comments to review.toml in the data")


def review(options: Namespace) -> int:
    from wms.cli.acting import zone_of

    with opened(options) as store:
        unrecorded = _reviewed_again(store) if options.again else []
        rows, zone = store.rows, zone_of(store.rows)
        document = _document(options, rows) | {"unrecorded": unrecorded}
    emit(options, document, lambda: _text(document, zone))
    if unrecorded:
        raise Refusal(f"not held, ask again when the hub can be reached: {', '.join(unrecorded)}")
    return 0


def _reviewed_again(store: Store) -> list[str]:
    """Ready orders that no person has released before. Returns those that could not be held."""
    from wms.cli.acting import deciding, operator
    from wms.domain.orders import Order, OrderStatus
    from wms.domain.review import Review
    from wms.order_review import review_orders

    in_force, rows = _in_force(store.folder), store.rows
    ready = [order.id for order in rows.where(Order, status=OrderStatus.READY)]
    fresh = [name for name in ready if rows.get(Review, f"order_held/{name}") is None]
    with deciding(store) as decider:
        found = review_orders(store, fresh, decider.carry_out, operator(), in_force)
    return sorted({finding.order for finding in found if not finding.done})


def _document(options: Namespace, rows: Rows) -> dict[str, Any]:
    from wms.cli.order_change import undecided
    from wms.domain.holds import reasons
    from wms.domain.orders import Order
    from wms.domain.review import Review

    needs = sorted(rows.where(Review, open=True), key=lambda one: (one.asked == 0, one.at, one.id))
    held = [(one, order) for one in needs if one.kind == "order_held" and (order := rows.get(Order, one.subject))]
    together = [one for one in needs if one.kind == "send_together"]
    return {
        "held": [_held(options, one, order, rows) for one, order in held],
        "together": [{"order": one.subject, "with": reasons(one.detail)} for one in together],
        "changed": undecided(options, rows),
    }


def _held(options: Namespace, found: Review, order: Order, rows: Rows) -> dict[str, Any]:
    from wms.cli.acting import because
    from wms.domain.holds import reasons
    from wms.domain.money import written
    from wms.domain.orders import OrderLine, UnknownLine

    lines = rows.where(OrderLine, order_id=order.id)
    unknown = rows.where(UnknownLine, order_id=order.id)
    return {
        "order": order.id,
        "channel": order.channel,
        "reference": order.reference,
        "ship_by": utc(order.ship_by),
        "lines": len(lines) + len(unknown),
        "units": sum(line.quantity for line in lines) + sum(line.quantity for line in unknown),
        "amount": written(order.amount, order.currency) if order.amount >= 0 else "",
        "recipient": order.masked,
        "reasons": [{"reason": reason, "says": because(options, reason)} for reason in reasons(order.hold)],
        "unknown": [
            {"code": one.code, "quantity": one.quantity, "offered": one.offered.splitlines()} for one in unknown
        ],
        "asked": {"at": utc(found.asked), "note": found.note} if found.asked else None,
    }


def _text(document: dict[str, Any], zone: str) -> str:
    from datetime import datetime

    def row(one: dict[str, Any]) -> tuple[object, ...]:
        due = int(datetime.fromisoformat(one["ship_by"]).timestamp()) if one["ship_by"] else 0
        why = "; ".join(reason["says"] for reason in one["reasons"])
        offered = "; ".join(
            f"{two['code']} -> {' | '.join(two['offered'])}" for two in one["unknown"] if two["offered"]
        )
        said = f"asked: {one['asked']['note']}" if one["asked"] else ""
        return (
            one["order"], wall(due, zone), one["units"], one["amount"], one["recipient"],
            ". ".join(filter(None, (said, why, offered))),
        )  # fmt: skip

    parts = []
    if document["held"]:
        head = ("ORDER", "SHIP BY", "UNITS", "WORTH", "RECIPIENT", "WHY")
        parts.append(table(head, [row(one) for one in document["held"]]))
    if document["together"]:
        pairs = [(one["order"], ", ".join(one["with"])) for one in document["together"]]
        parts.append(table(("ORDER", "COULD GO WITH"), pairs))
    if document["changed"]:
        changed = [(one["order"], one["status"], _choice(one), ". ".join(one["says"])) for one in document["changed"]]
        parts.append(table(("ORDER", "STATUS", "CHANGE", "WHAT DIFFERS"), changed))
    return "\n\n".join(parts) or "nothing is held"


def _choice(changed: dict[str, Any]) -> str:
    return "--take or --keep" if changed["can_be_taken"] else "too late: --keep"


def ask(options: Namespace) -> int:
    from wms.cli.acting import carry_out
    from wms.cli.orders import order_named
    from wms.domain.commands import AskAboutOrder

    with opened(options) as store:
        order = order_named(store.rows, options.order)
        carry_out(options, store, AskAboutOrder(order.id, options.note))
    emit(options, {"order": order.id, "asked": options.note}, lambda: f"asked about {order.id}; it stays held")
    return 0


def match(options: Namespace) -> int:
    from wms.cli.acting import because, carry_out
    from wms.cli.orders import order_named
    from wms.domain.commands import MatchLine
    from wms.domain.holds import reasons
    from wms.domain.ids import Sku
    from wms.domain.orders import Order
    from wms.domain.rows import need

    with opened(options) as store:
        order = order_named(store.rows, options.order)
        carry_out(options, store, MatchLine(order.id, options.code, Sku(options.sku)))
        now = need(store.rows, Order, order.id)
        why = because(options, now.hold)
    document = {"order": now.id, "status": now.status, "reasons": reasons(now.hold)}
    emit(options, document, lambda: f"{now.id}: {now.status}{f' ({why})' if why else ''}")
    return 0


def rules(options: Namespace) -> int:
    from wms.config import data_folder
    from wms.order_review.rules import FILE

    path = data_folder(options.data) / FILE
    if options.template:
        _write_template(path)
        emit(options, {"written": str(path)}, lambda: f"{path}\n\nChange it, then: wms orders rules")
        return 0
    told = _told(_in_force(path.parent))
    document = {"file": str(path), "own": path.exists(), "rules": told}

    def text() -> str:
        lines = [(section, name, value) for section, settings in told.items() for name, value in _flat(settings)]
        source = str(path) if path.exists() else f"the house's own; wms orders rules --template writes {path}"
        return f"{table(('RULE', 'SETTING', 'VALUE'), lines)}\n\n{source}"

    emit(options, document, text)
    return 0


def _in_force(folder: Path) -> Rules:
    from wms.order_review import BadRules, rules_of

    try:
        return rules_of(folder)
    except BadRules as error:
        raise Refusal(str(error), 2) from error


def _told(in_force: Rules) -> dict[str, dict[str, Any]]:
    """As JSON has it; people who are blocked are counted."""
    from msgspec import to_builtins

    told: dict[str, dict[str, Any]] = to_builtins(in_force)
    return told | {"blocked": {name: len(entries) for name, entries in told["blocked"].items()}}


def _flat(settings: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in settings.items():
        match value:
            case dict():
                rows += [(f"{name}.{currency}", str(amount)) for currency, amount in value.items()]
            case bool():
                rows.append((name, "yes" if value else "no"))
            case list() | tuple():
                rows.append((name, " ".join(map(str, value))))
            case _:
                rows.append((name, str(value)))
    return rows


def _write_template(path: Path) -> None:
    """For its owner's eyes alone: whom a site blocks will stand in it."""
    import os

    from wms.order_review.rules import template

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise Refusal(f"{path} is there already and is not overwritten") from None
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}") from error
