"""What a USB vendor id says about a device.

Source: the public list of USB ids (http://www.linux-usb.org/usb.ids), under whose old names some makers still ship:
Metrologic, Hand Held Products and Intermec are Honeywell, Symbol is Zebra, PSC is Datalogic, Optoelectronics is
Opticon, Syntech is CipherLab.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["scanner", "scale", "printer", "adapter", ""]

_MAKERS: dict[str, tuple[str, Kind]] = {
    "0536": ("Honeywell", "scanner"),
    "05e0": ("Zebra", "scanner"),
    "05f9": ("Datalogic", "scanner"),
    "065a": ("Opticon", "scanner"),
    "067e": ("Honeywell", "scanner"),
    "0720": ("Keyence", "scanner"),
    "0745": ("CipherLab", "scanner"),
    "076d": ("Denso", "scanner"),
    "080c": ("Datalogic", "scanner"),
    "08fb": ("Socket", "scanner"),
    "0c2e": ("Honeywell", "scanner"),
    "1777": ("Microscan", "scanner"),
    "1eab": ("Newland", "scanner"),
    "27dd": ("Mindeo", "scanner"),
    "0922": ("Dymo", "scale"),
    "0b67": ("Fairbanks", "scale"),
    "0eb8": ("Mettler Toledo", "scale"),
    "04b8": ("Epson", "printer"),
    "0519": ("Star", "printer"),
    "0a5f": ("Zebra", "printer"),
    "0dd4": ("Custom", "printer"),
    "1203": ("TSC", "printer"),
    "1343": ("Citizen", "printer"),
    "1504": ("Bixolon", "printer"),
    "1d90": ("Citizen", "printer"),
    "2730": ("Citizen", "printer"),
    # A cable with a chip: what is behind it, they do not tell.
    "0403": ("FTDI", "adapter"),
    "067b": ("Prolific", "adapter"),
    "10c4": ("Silicon Labs", "adapter"),
    "110a": ("Moxa", "adapter"),
    "1a86": ("WCH", "adapter"),
}


def _vendors_of(wanted: Kind) -> frozenset[str]:
    return frozenset(vendor for vendor, (_, kind) in _MAKERS.items() if kind == wanted)


# deploy/udev/70-wms.rules names the same.
SCANNER_VENDORS, SCALE_VENDORS, ADAPTER_VENDORS = (_vendors_of("scanner"), _vendors_of("scale"), _vendors_of("adapter"))


def maker_of(vendor_id: str) -> str:
    """The maker's present name, '' for one not in the table. `vendor_id`: four hexadecimal digits."""
    return _MAKERS.get(vendor_id.lower(), ("", ""))[0]


def kind_of(vendor_id: str) -> Kind:
    """A guess by the maker: what it mostly makes."""
    return _MAKERS.get(vendor_id.lower(), ("", ""))[1]
