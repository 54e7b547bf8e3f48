"""What goes with a parcel and a courier: the shipping label and the manifest slip, from rows to label data."""

from __future__ import annotations

from datetime import datetime
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from labels import Language, ManifestParcel, ManifestSlip, MaskPolicy, QcMark, ShippingLabel
from labels.fonts import chain
from wms.domain.bounds import moment
from wms.domain.catalogue import Carrier, Site
from wms.domain.ids import CarrierCode
from wms.domain.inspection import Sample, Verdict
from wms.domain.labelling import LabelData, label_data
from wms.domain.orders import Order, OrderLine
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.recipients import PersonalData
from wms.domain.rows import Rows, need
from wms.domain.shipping import Manifest

CHINA = frozenset({"", "CN", "CHN", "CHINA", "中国"})
ROUTING_CELLS = 20  # half-width characters that fit the routing line of a 58 mm printer


def shipping_label(
    rows: Rows,
    parcel: Parcel,
    recipient: PersonalData | None,
    site: Site,
    at: int,
    language: Language = "zh_CN",
    *,
    reprint: bool = False,
) -> ShippingLabel:
    """The label of a parcel that has its waybill, as of `at` (UTC seconds). What the platform or its carrier gave for
    it is printed as it is, and nothing is computed in its place. Without `recipient` and masked texts the label carries
    what a screen may show.

    The standard behind the masks, GB/T 41833-2022, is China's: an address abroad is printed in full, since its
    courier has nothing but the paper. Raises `LookupError` if the parcel's order is not known.
    """
    order = need(rows, Order, parcel.order_id)
    person = recipient or PersonalData("", "", ())
    abroad = person.country.strip().upper() not in CHINA
    policy = MaskPolicy.SHOW if abroad else MaskPolicy.HIDE
    live = [p.n for p in rows.where(Parcel, order_id=order.id) if p.status != ParcelStatus.VOID]
    given = _given(rows, parcel)
    masked = tuple(filter(None, (given.masked_name, given.masked_address)))
    lines = (person.name, *_address(person, abroad=abroad)) if recipient else (order.masked,)
    return ShippingLabel(
        order=order.reference,
        waybill=parcel.waybill,
        carrier_name=carrier_name(rows, parcel.carrier, language),
        routing_code=given.routing_code if given.coded else routing_code(parcel.carrier, person),
        sort_code=given.sort_code,
        carrier_qr=given.qr,
        recipient_lines=masked or lines,
        recipient_phone=given.masked_phone if masked or given.masked_phone else person.phone,
        sender_lines=tuple(site.sender.splitlines()) or (site.name,),
        weight_g=parcel.weight_g or None,
        created=local(at, site),
        parcel_n=parcel.n,
        parcel_of=max(live, default=parcel.n),
        wave=order.wave,
        qc_mark=_qc_mark(rows, order),
        reprint=reprint,
        masking=policy if recipient and not masked else MaskPolicy.CARRIER,
    )


def _given(rows: Rows, parcel: Parcel) -> LabelData:
    """What was given for this parcel: a number of its own tells it from the order's other parcels."""
    found = label_data(rows, parcel.order_id)
    fits = found is not None and found.waybill in ("", parcel.waybill)
    return found if found is not None and fits else LabelData(parcel.order_id, "")


def manifest_slip(rows: Rows, manifest: Manifest, site: Site, language: Language = "zh_CN") -> ManifestSlip:
    """What the courier signed for, every parcel on a line."""
    parcels = tuple(
        ManifestParcel(parcel.waybill, need(rows, Order, parcel.order_id).reference, parcel.weight_g or None)
        for parcel in rows.where(Parcel, manifest=manifest.id)
    )
    carrier = carrier_name(rows, manifest.carrier, language)
    at = local(manifest.closed or manifest.opened, site)
    return ManifestSlip(manifest.id, carrier, parcels, manifest.signed_by, at)


def routing_code(carrier: CarrierCode, recipient: PersonalData) -> str:
    """Carrier and destination, for people to sort by. Carriers' own sorting codes come from carriers and are never
    computed; where the full form is too long for the smallest printer, a shorter one is taken. A city in a script that
    no label can show is left out here, and stands in the address as far as it can."""
    code, city, postcode = carrier.upper(), _showable(recipient.city), _showable(recipient.postcode)
    for parts in ((code, city, postcode), (code, postcode), (code, city)):
        text = " ".join(filter(None, parts))
        if _cells(text) <= ROUTING_CELLS and text != code:
            return text
    return code


def _showable(text: str) -> str:
    return "" if chain(bold=True).missing(text) else text.strip()


def _cells(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def carrier_name(rows: Rows, code: CarrierCode, language: Language) -> str:
    carrier = rows.get(Carrier, code)
    if carrier is None:
        return code
    return (carrier.zh if language == "zh_CN" else carrier.en) or code


def local(at: int, site: Site) -> datetime:
    """UTC seconds as the clock on the warehouse's wall."""
    return datetime.fromtimestamp(moment(at), ZoneInfo(site.zone))


def _address(recipient: PersonalData, *, abroad: bool) -> tuple[str, ...]:
    """The way it is written where the parcel goes: the city comes first in China, and last elsewhere."""
    lines, city, postcode = list(recipient.address_lines), recipient.city.strip(), recipient.postcode.strip()
    if abroad:
        lines += [" ".join(filter(None, (city, postcode))), recipient.country]
    else:
        if city and not any(city in line for line in lines):
            lines[:1] = [f"{city} {line}" for line in lines[:1]] or [city]
        lines.append(postcode)
    return tuple(line.strip() for line in lines if line.strip())


def _qc_mark(rows: Rows, order: Order) -> QcMark:
    """`inspected` when every unit of the order passed, `sampled` when some did."""
    passed = sum(sample.verdict == Verdict.PASS for sample in rows.where(Sample, order_id=order.id))
    units = sum(line.packed or line.picked for line in rows.where(OrderLine, order_id=order.id))
    if not passed:
        return ""
    return "inspected" if passed >= units > 0 else "sampled"
