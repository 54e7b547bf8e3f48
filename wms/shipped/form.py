"""The surface of a channel's form, and what all of them have in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from wms.domain.ids import OrderId

SEVERAL_PARCELS = "several_parcels"
IN_PART = "sent_in_part"
NO_WAYBILL = "no_waybill"
CARRIER_UNKNOWN = "carrier_unknown"


@dataclass(frozen=True, slots=True)
class ShippedParcel:
    waybill: str
    carrier: str  # the site's code; '' where it is only assumed whose number that is
    carrier_zh: str
    carrier_en: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """An order whose parcels the courier has taken, all of them, at `shipped` (UTC seconds). `whole` says that nothing
    of it was left out."""

    order: OrderId
    reference: str  # the channel's own number
    shipped: int
    parcels: tuple[ShippedParcel, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Left:
    """An order that the form can't tell of; `reason` as in `wms.domain.reasons`. It is entered by hand."""

    shipment: Shipment
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """The file, and what became of every shipment: in the file (`told`), or left to a person."""

    data: bytes
    told: tuple[Shipment, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`channels` are what the codes of its channels begin with. `rows` gives the rows that tell of one shipment, days
    by the IANA zone, or the reason why the form can't."""

    name: str
    channels: tuple[str, ...]
    header: tuple[str, ...]
    rows: Callable[[Shipment, str], Sequence[tuple[str, ...]] | str]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    suffix: str = "csv"

    def write(self, shipments: Iterable[Shipment], zone: str) -> Written:
        out, told, left = io.StringIO(newline=""), [], []
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerow(self.header)
        for shipment in shipments:
            rows = _lacking(shipment) or self.rows(shipment, zone)
            if isinstance(rows, str):
                left.append(Left(shipment, rows))
                continue
            writer.writerows([guarded(cell) for cell in row] for row in rows)
            told.append(shipment)
        return Written(out.getvalue().encode(self.encoding), tuple(told), tuple(left))


def _lacking(shipment: Shipment) -> str:
    """Why no form can tell of it; '' if it has all that one needs."""
    if not all(parcel.waybill for parcel in shipment.parcels):
        return NO_WAYBILL
    unknown = next((parcel.waybill for parcel in shipment.parcels if not parcel.carrier), "")
    return f"{CARRIER_UNKNOWN}:{unknown}" if unknown else ""


def guarded(cell: str) -> str:
    """So that no spreadsheet takes a cell for a formula (owasp.org, CSV Injection); line breaks and tabs part nothing.

    >>> guarded("=1+1")
    "'=1+1"
    """
    plain = " ".join(cell.split())
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain


def one_waybill(shipment: Shipment, row: Callable[[ShippedParcel], tuple[str, ...]]) -> Sequence[tuple[str, ...]] | str:
    """The one row of an order in a form that takes one waybill per order."""
    return [row(shipment.parcels[0])] if len(shipment.parcels) == 1 else SEVERAL_PARCELS
