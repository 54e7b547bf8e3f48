"""The udev rules name the vendors the ports are known by, and udev itself can read them."""

import re
import subprocess
from pathlib import Path

import pytest

from drivers.port_makers import ADAPTER_VENDORS, SCALE_VENDORS, SCANNER_VENDORS
from drivers.port_system import NO_SERIAL_NUMBERS

RULES = Path(__file__).parents[2] / "deploy" / "udev" / "70-wms.rules"


def _vendors(pattern: str) -> set[str]:
    found = re.search(pattern, RULES.read_text("utf-8"))
    assert found, pattern
    return set(found[1].split("|"))


def test_rules_know_the_vendors_the_program_knows() -> None:
    for kind, vendors in (("scanner", SCANNER_VENDORS), ("scale", SCALE_VENDORS), ("adapter", ADAPTER_VENDORS)):
        assert _vendors(rf'ENV{{ID_VENDOR_ID}}=="([^"]+)", ENV{{WMS_KIND}}="{kind}"') == vendors
    everyone = SCANNER_VENDORS | SCALE_VENDORS | ADAPTER_VENDORS
    assert _vendors(r'ATTR{idVendor}=="([^"]+)", ENV{ID_MM_DEVICE_IGNORE}="1"') == everyone
    assert _vendors(r'ENV{WMS_NAME}=="([^"?]+)", ENV{WMS_NAME}=""') == NO_SERIAL_NUMBERS - {""}


def test_udev_can_read_the_rules() -> None:
    try:
        done = subprocess.run(
            ["udevadm", "verify", str(RULES)], capture_output=True, text=True, timeout=30, check=False
        )
    except FileNotFoundError:
        pytest.skip("udevadm is not installed")
    if "Unknown command verb" in done.stderr:
        pytest.skip("udevadm is older than 254 and cannot verify rules")
    assert done.returncode == 0, done.stdout + done.stderr
