"""SHIPMENT.json: one parcel or logistic unit as other programs describe it, and the label data made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from labels import LayoutError, LogisticLabel, MaskPolicy, QcMark, ShippingLabel, sscc
from labels.gs1 import require_element
from labels.text import clean

_WORDS = ("carrier", "routing_code", "sort_code", "order", "wave", "note", "contents", "title")
Figure = Annotated[int, Meta(ge=0)]


class Party(Struct, frozen=True):
    """Who sends or gets it; `address` as it stands on an envelope, line by line."""

    name: str | None = ""
    phone: str | None = ""
    address: tuple[str, ...] | str | None = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The name, then the address."""
        address = (self.address,) if isinstance(self.address, str) else self.address or ()
        return (self.name or "", *address)


class ParcelCount(Struct, frozen=True):
    """Which parcel of how many; 0 where that is not known."""

    n: Figure | None = 0
    of: Figure | None = 0
    weight_g: Figure | None = None


class SerialReference(Struct, frozen=True):
    """What an SSCC is made of, its check digit left to us."""

    company_prefix: str
    serial: Figure
    extension: Annotated[int, Meta(ge=0, le=9)] = 0


class Shipment(Struct, frozen=True):
    """Every field may be absent or null. `mask` hides personal data after GB/T 41833-2022 where the carrier has not
    done so; `lang` is the language of the captions."""

    waybill: str | None = ""
    carrier: str | None = ""
    routing_code: str | None = ""
    sort_code: str | None = ""
    sender: Party | None = field(default_factory=Party)
    recipient: Party | None = field(default_factory=Party)
    order: str | None = ""
    wave: str | None = ""
    parcel: ParcelCount | None = field(default_factory=ParcelCount)
    sscc: str | SerialReference | None = ""
    gs1: dict[str, str | int] | None = field(default_factory=dict)
    cod_minor: Figure | None = None
    currency: str | None = ""
    note: str | None = ""
    mask: bool | None = True
    lang: str | None = ""
    carrier_qr: str | None = ""
    title: str | None = ""
    contents: str | None = ""
    qc_mark: QcMark | None = ""
    reprint: bool | None = False
    created: datetime | None = None

    @property
    def masking(self) -> MaskPolicy:
        return MaskPolicy.SHOW if self.mask is False else MaskPolicy.HIDE


def shipping(shipment: Shipment) -> ShippingLabel:
    """Raises LayoutError for what the label does not show either, but which cannot be right."""
    if shipment.sscc:
        _sscc(shipment)
    _elements(shipment)
    _require_words(shipment)
    sender, recipient = shipment.sender or Party(), shipment.recipient or Party()
    parcel = shipment.parcel or ParcelCount()
    return ShippingLabel(
        order=shipment.order or "",
        waybill=shipment.waybill or "",
        carrier_name=shipment.carrier or "",
        routing_code=shipment.routing_code or "",
        sort_code=shipment.sort_code or "",
        recipient_lines=recipient.lines,
        recipient_phone=recipient.phone or "",
        sender_lines=sender.lines,
        sender_phone=sender.phone or "",
        weight_g=parcel.weight_g,
        created=shipment.created,
        parcel_n=parcel.n or 0,
        parcel_of=parcel.of or 0,
        wave=shipment.wave or "",
        qc_mark=shipment.qc_mark or "",
        reprint=bool(shipment.reprint),
        contents=shipment.contents or "",
        carrier_qr=shipment.carrier_qr or "",
        masking=shipment.masking,
        cod_minor=shipment.cod_minor,
        currency=shipment.currency or "CNY",
        note=shipment.note or "",
    )


def logistic(shipment: Shipment) -> LogisticLabel:
    """Raises LayoutError for an SSCC or a GS1 element that cannot be right."""
    _require_words(shipment)
    sender, recipient = shipment.sender or Party(), shipment.recipient or Party()
    parcel = shipment.parcel or ParcelCount()
    return LogisticLabel(
        sscc=_sscc(shipment),
        title=shipment.title or "",
        elements=_elements(shipment),
        sender_lines=sender.lines,
        recipient_lines=recipient.lines,
        carrier_name=shipment.carrier or "",
        order=shipment.order or "",
        parcel_n=parcel.n or 0,
        parcel_of=parcel.of or 0,
        weight_g=parcel.weight_g,
        masking=shipment.masking,
        sender_phone=sender.phone or "",
        recipient_phone=recipient.phone or "",
    )


def language(shipment: Shipment) -> Literal["zh_CN", "en"] | None:
    """That of the captions, None where it says none. `zh-Hans` and `en_GB` are understood too."""
    said = (shipment.lang or "").replace("-", "_").partition("_")[0].lower()
    if said not in {"", "zh", "en"}:
        raise LayoutError("lang", f"labels speak zh_CN and en, not {shipment.lang}")
    return None if not said else "zh_CN" if said == "zh" else "en"


def _require_words(shipment: Shipment) -> None:
    """A field of nothing but controls and invisible characters would be missing on paper and nobody told."""
    said = {name: getattr(shipment, name) for name in _WORDS}
    for who, party in (("sender", shipment.sender), ("recipient", shipment.recipient)):
        said |= {f"{who}.name": party.name, f"{who}.phone": party.phone} if party else {}
    for name, value in said.items():
        if value and value.strip() and not clean(value):
            raise LayoutError(name, "holds nothing that can be printed")


def _sscc(shipment: Shipment) -> str:
    given = shipment.sscc or ""
    try:
        if isinstance(given, SerialReference):
            return sscc(f"{given.extension}{given.company_prefix}", given.serial)
        if given:
            require_element("00", given)
    except ValueError as error:
        raise LayoutError("sscc", str(error)) from error
    return given


def _elements(shipment: Shipment) -> tuple[tuple[str, str], ...]:
    elements = tuple(
        (identifier, str(value)) for identifier, value in (shipment.gs1 or {}).items() if identifier != "00"
    )
    for identifier, value in elements:
        try:
            require_element(identifier, value)
        except ValueError as error:
            raise LayoutError(f"gs1.{identifier}", str(error)) from error
    return elements
