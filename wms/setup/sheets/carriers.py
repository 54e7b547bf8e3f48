"""What parcels go out in and with: cartons, carriers with their waybill numbers, sales channels."""

from __future__ import annotations

from wms.domain.catalogue import Carrier, Carton, Channel
from wms.domain.events import CarrierDefined, CartonDefined, ChannelDefined
from wms.domain.ids import CarrierCode, CartonCode, ChannelCode, PlaceId
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.ship_by import LONGEST_HOURS, WEEKDAYS, default_hours
from wms.setup.cells import Cells, chosen
from wms.setup.outcome import Refusal
from wms.setup.sheet import Declared, Session, Sheet, by

_LONGEST = 18  # digits of a counter


def _carton(cells: Cells, session: Session) -> Declared:
    code = CartonCode(cells.name("code"))
    old = session.rows.get(Carton, code)
    zh, en = cells.names(*(old.zh, old.en) if old else ("", ""))
    length, width, height = (cells.whole(f"{side}_mm", blank=None, least=1) for side in ("length", "width", "height"))
    weight = cells.whole("weight_g", old.weight_g if old else 0)
    carton = Carton(code, zh, en, length, width, height, weight)
    return Declared(old, carton, (CartonDefined(carton),))


def _carrier(cells: Cells, session: Session) -> Declared:
    code = CarrierCode(cells.name("code"))
    old = session.rows.get(Carrier, code)
    zh, en = cells.names(*(old.zh, old.en) if old else ("", ""))
    most = 10**_LONGEST - 1
    said = CarrierDefined(
        code,
        zh,
        en,
        _staging(cells, session.rows),
        cells.plain("prefix") if cells.has("prefix") or old is None else old.prefix,
        cells.whole("digits", blank=None, least=1, most=_LONGEST),
        cells.whole("first", blank=None, most=most),
        cells.whole("last", blank=None, most=most),
    )
    if said.last < said.first or len(str(said.last)) > said.digits:
        raise Refusal(f"range_backwards:last:{said.last}:{said.first}")
    _check_given_out(said, old)
    _check_others(said, session.rows)
    return Declared(_defined(old) if old else None, said, (said,))


def _staging(cells: Cells, rows: Rows) -> PlaceId:
    name = PlaceId(cells.name("staging"))
    place = rows.get(Place, name)
    if place is None:
        raise Refusal(f"unknown:staging:{name}")
    if place.kind != PlaceKind.STAGING:
        raise Refusal(f"not_staging:staging:{name}")
    return name


def _defined(carrier: Carrier) -> CarrierDefined:
    c = carrier
    return CarrierDefined(c.code, c.zh, c.en, c.staging, c.prefix, c.digits, c.first, c.last)


def _check_given_out(said: CarrierDefined, old: Carrier | None) -> None:
    """A number that was given out must never be given out again, nor fall out of its range."""
    if old is None or old.next == old.first or (old.prefix, old.digits) != (said.prefix, said.digits):
        return
    used = old.next - 1
    goes_on = said.first == old.first and said.last >= used
    if not goes_on and said.first <= used and said.last >= old.first:
        raise Refusal(f"range_used:{used}")


def _check_others(said: CarrierDefined, rows: Rows) -> None:
    for other in rows.all(Carrier):
        theirs, ours = _numbers(other), _numbers(said)
        alike = other.code != said.code and len(theirs[0]) == len(ours[0])
        if alike and ours[0] <= theirs[1] and theirs[0] <= ours[1]:
            raise Refusal(f"range_overlap:{other.code}")


def _numbers(carrier: Carrier | CarrierDefined) -> tuple[str, str]:
    """First and last waybill number as they are printed: another prefix may well make the same ones."""
    first, last = (f"{carrier.prefix}{n:0{carrier.digits}d}" for n in (carrier.first, carrier.last))
    return first, last


def _channel(cells: Cells, session: Session) -> Declared:
    code = ChannelCode(cells.name("code"))
    old = session.rows.get(Channel, code)
    kept = old or Channel(code, "", "")
    zh, en = cells.names(kept.zh, kept.en)
    hours = cells.whole("ship_by_hours", blank=default_hours(code), least=1, most=LONGEST_HOURS)
    carrier = CarrierCode(cells.plain("carrier") if cells.has("carrier") else kept.carrier)
    if carrier and session.rows.get(Carrier, carrier) is None:
        raise Refusal(f"unknown:carrier:{carrier}")
    cutoff, holidays = cells.clock("cutoff", kept.cutoff), cells.dates("holidays", kept.holidays)
    channel = Channel(code, zh, en, hours, carrier, cutoff, _days_off(cells, kept.days_off), holidays)
    return Declared(old, channel, (ChannelDefined(channel),))


def _days_off(cells: Cells, kept: str) -> str:
    """Days of the week in their order; not all seven, or nothing would ever be due."""
    if not cells.has("days_off"):
        return kept
    said = {chosen("days_off", name, WEEKDAYS) for name in cells.plain("days_off").replace(";", " ").split()}
    if len(said) == len(WEEKDAYS):
        raise Refusal(f"no_working_day:days_off:{' '.join(WEEKDAYS)}")
    return " ".join(sorted(said, key=WEEKDAYS.index))


CARTONS = Sheet(
    "cartons",
    ("code", "length_mm", "width_mm", "height_mm"),
    ("zh", "en", "weight_g"),
    by("code"),
    _carton,
)
CARRIERS = Sheet(
    "carriers",
    ("code", "staging", "digits", "first", "last"),
    ("zh", "en", "prefix"),
    by("code"),
    _carrier,
)
CHANNELS = Sheet(
    "channels",
    ("code", "ship_by_hours"),
    ("zh", "en", "carrier", "cutoff", "days_off", "holidays"),
    by("code"),
    _channel,
)
