"""`wms orders shipped`: what left goes back to the channels, each order once."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table, utc, wall
from wms.cli.parsing import command, day, filled, language_flag

if TYPE_CHECKING:
    from wms.shipped import Form, Left, Shipment, Written
    from wms.store import Store

SHIPPED = """\
  {"reported": true,
   "channels": [{"channel": "taobao", "form": "taobao", "file": "out/shipped-taobao-20261122-1805.csv",
                 "orders": [{"order": "taobao-1001", "reference": "1001", "shipped": "2026-11-22T08:27:00Z",
                             "parcels": [{"waybill": "SF100000000001", "carrier": "sf"}]}],
                 "left": [{"order": "taobao-1002", "reference": "1002", "shipped": "2026-11-22T08:27:00Z",
                           "parcels": [...], "reason": "several_parcels", "says": "It left in several parcels: ..."}]}]}

Only orders whose every parcel a courier has signed for. Without -o nothing is written or remembered: the list shows
what a channel has not been told yet. With -o what stands in a file is remembered and never stands in another one,
unless --again. `left` are orders that the channel's form can't tell of: enter them there, then say --by-hand."""

FORM_HELP = "write this form whatever the channel is called: taobao, douyin, pinduoduo, jd, amazon, ebay or plain"


def add(orders: Any) -> None:
    telling = command(
        orders, "shipped", "tell the channels what left, in the form their bulk import takes", run, SHIPPED
    )
    telling.add_argument("--channel", default="", metavar="NAME", help="only this one")
    telling.add_argument("--since", type=day, metavar="DATE", help="only orders that left on that day or later")
    telling.add_argument("--form", type=_form, metavar="NAME", help=FORM_HELP)
    telling.add_argument("--again", action="store_true", help="also what the channel was told of before")
    telling.add_argument("-o", "--output", type=Path, metavar="DIR_OR_FILE", help="a file per channel in this folder")
    telling.add_argument(
        "--by-hand",
        nargs="+",
        type=filled,
        default=[],
        metavar="ORDER",
        help="these were entered at the channel by hand",
    )
    language_flag(telling)


def _form(name: str) -> Form:
    from wms.shipped import FORMS, form_named

    found = form_named(name)
    if found is None:
        raise ArgumentTypeError(f"must be one of {', '.join(form.name for form in FORMS)}, not {name!r}")
    return found


def run(options: Namespace) -> int:
    with opened(options) as store:
        if options.by_hand:
            return _by_hand(options, store)
        return _files(options, store)


def _by_hand(options: Namespace, store: Store) -> int:
    from wms.cli.acting import carry_out
    from wms.cli.orders import order_named
    from wms.domain.commands import ReportShipments

    done = []
    for order in [order_named(store.rows, name) for name in options.by_hand]:
        carry_out(options, store, ReportShipments(order.channel, (order.id,), "by_hand", again=options.again))
        done.append(order.id)
    emit(options, {"done": done}, lambda: "\n".join(f"by hand: {one}" for one in done))
    return 0


def _files(options: Namespace, store: Store) -> int:
    from wms.cli.acting import zone_of
    from wms.shipped import form_of
    from wms.shipped.gathering import to_tell

    zone = zone_of(store.rows)
    found = to_tell(store.rows, options.channel, _midnight(options.since, zone), again=options.again)
    forms = {channel: options.form or form_of(channel) for channel in found}
    written = {channel: forms[channel].write(shipments, zone) for channel, shipments in found.items()}
    files = _targets(options, {channel: forms[channel] for channel, one in written.items() if one.told}, store, zone)
    for channel, target in files.items():
        _tell(options, store, channel, forms[channel], written[channel], target)
    document = {
        "reported": options.output is not None,
        "channels": [
            {
                "channel": channel,
                "form": forms[channel].name,
                "file": str(files.get(channel, "")),
                "orders": [_described(shipment) for shipment in one.told],
                "left": [_left(options, left) for left in one.left],
            }
            for channel, one in written.items()
        ],
    }
    emit(options, document, lambda: _text(document, written, options, zone))
    return 0


def _midnight(since: str | None, zone: str) -> int:
    from zoneinfo import ZoneInfo

    return int(datetime.fromisoformat(since).replace(tzinfo=ZoneInfo(zone)).timestamp()) if since else 0


def _targets(options: Namespace, forms: dict[str, Form], store: Store, zone: str) -> dict[str, Path]:
    """The file of each channel. Raises `Refusal` where one would be overwritten, or would hold several channels."""
    output: Path | None = options.output
    if output is None or not forms:
        return {}
    if output.is_dir() or not output.suffix:
        at = wall(store.clock() // 1000, zone).translate({ord("-"): None, ord(":"): None, ord(" "): "-"})
        names = {channel: _in_a_name(channel) for channel in forms}
        found = {c: output / f"shipped-{names[c]}-{at}.{form.suffix}" for c, form in forms.items()}
    elif len(forms) > 1:
        raise Refusal(f"{output} can hold one channel: say --channel, or name a folder ({', '.join(forms)} wait)", 2)
    else:
        found = dict.fromkeys(forms, output)
    for target in found.values():
        if target.exists():
            raise Refusal(f"{target} is there already: name another file")
    return found


def _in_a_name(channel: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in channel)


def _tell(options: Namespace, store: Store, channel: str, form: Form, written: Written, target: Path) -> None:
    """The file gets its name once it is remembered what stands in it: a file that was refused is none."""
    from wms.cli.acting import carry_out
    from wms.domain.commands import ReportShipments
    from wms.domain.ids import ChannelCode

    part = target.with_name(f"{target.name}.part")
    orders = tuple(shipment.order for shipment in written.told)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(written.data)
    except OSError as error:
        raise Refusal(f"{part} can't be written: {error.strerror}. Nothing was remembered as told") from error
    try:
        carry_out(options, store, ReportShipments(ChannelCode(channel), orders, form.name, again=options.again))
    except Refusal:
        part.unlink()
        raise
    try:
        part.rename(target)
    except OSError as error:
        raise Refusal(f"{part} holds what is to be told, but can't be renamed: {error.strerror}. Use it") from error


def _described(shipment: Shipment) -> dict[str, Any]:
    return {
        "order": shipment.order,
        "reference": shipment.reference,
        "shipped": utc(shipment.shipped),
        "parcels": [{"waybill": parcel.waybill, "carrier": parcel.carrier} for parcel in shipment.parcels],
    }


def _left(options: Namespace, left: Left) -> dict[str, Any]:
    from wms.cli.acting import because

    return _described(left.shipment) | {"reason": left.reason, "says": because(options, left.reason)}


def _text(document: dict[str, Any], written: dict[str, Written], options: Namespace, zone: str) -> str:
    from wms.cli.acting import because

    rows = [
        (channel, shipment.reference, wall(shipment.shipped, zone), " ".join(p.waybill for p in shipment.parcels), why)
        for channel, one in written.items()
        for shipment, why in [
            *((shipment, "") for shipment in one.told),
            *((left.shipment, because(options, left.reason)) for left in one.left),
        ]
    ]
    if not rows:
        return "the channels know of everything that left"
    told, left = sum(len(one.told) for one in written.values()), sum(len(one.left) for one in written.values())
    files = [f"{one['channel']}: {one['file']}" for one in document["channels"] if one["file"]]
    end = files or ["nothing was written: -o FOLDER writes the files"] if told else []
    counts = f"{told} {'in files' if files else 'to tell'}, {left} to enter by hand"
    return "\n\n".join([table(("CHANNEL", "ORDER", "LEFT", "WAYBILLS", "BY HAND, BECAUSE"), rows), counts, *end])
