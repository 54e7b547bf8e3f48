"""A day's labels, and zxing as the scanner: it was not written with our renderer in mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import zxingcpp
from PIL import Image

from labels import ShippingLabel
from tests.labels.samples import SHIPPING

Scan = Callable[[Image.Image], list[tuple[str, str]]]


@pytest.fixture(scope="session")
def scan() -> Scan:
    """Symbology and content of every symbol in a picture, sorted."""

    def read(picture: Image.Image) -> list[tuple[str, str]]:
        found = zxingcpp.read_barcodes(picture.convert("L"))
        return sorted((str(symbol.format).replace(" ", ""), symbol.bytes.decode("utf-8")) for symbol in found)

    return read


@pytest.fixture
def shipping() -> ShippingLabel:
    """A parcel with everything on its label."""
    return replace(
        SHIPPING,
        created=datetime(2025, 6, 11, 14, 35),  # noqa: DTZ001  # printed as it stands
        reprint=True,
        sort_code="",
        sender_phone="",
        cod_minor=None,
        note="",
    )
