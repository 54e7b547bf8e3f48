"""The settings file: what it may hold, and what is said of what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.config import BadConfig, Config, PrinterConfig, load

TWO = """
printer = "socket://10.0.0.9"
printer_profile = "raster-80"

[printers.office]
uri = "cups:office"
for = "documents"

[printers.dock]
uri = "/dev/usb/lp0"
profile = "generic-58"
"""


def settings(folder: Path, text: str) -> Config:
    (folder / "wms.toml").write_text(text, encoding="utf-8")
    return load(folder)


def test_the_short_form_is_a_printer_like_the_others(tmp_path: Path) -> None:
    config = settings(tmp_path, TWO)
    label_printer = PrinterConfig("printer", "socket://10.0.0.9", "raster-80")
    office = PrinterConfig("office", "cups:office", "", "documents")
    assert config.all_printers() == (label_printer, office, PrinterConfig("dock", "/dev/usb/lp0", "generic-58"))
    assert config.printer_for("labels") == config.label_printer == label_printer
    assert config.printer_for("documents") == office


def test_documents_go_to_the_label_printer_where_there_is_no_other(tmp_path: Path) -> None:
    one = settings(tmp_path, '[printers.dock]\nuri = "file:x"\n')
    assert one.printer_for("documents") == one.printer_for("labels") == PrinterConfig("dock", "file:x")
    assert Config(tmp_path).printer_for("documents") is None
    office = settings(tmp_path, '[printers.office]\nuri = "cups:office"\nfor = "documents"\n')
    assert office.printer_for("labels") is None
    assert office.label_printer.uri == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[printers.dock]\n", "needs a line uri"),
        ('[printers.dock]\nuri = ""\n', "needs a line uri"),
        ("[printers.dock]\nuri = 1\n", "needs a line uri"),
        ('[printers.dock]\nuri = "a"\nspeed = 9\n', "speed is not a setting"),
        ('[printers.dock]\nuri = "a"\nfor = "fun"\n', "neither"),
        ('[printers.dock]\nuri = "a"\nfor = ["labels"]\n', "neither"),
        ('[printers.dock]\nuri = "a"\nprofile = 80\n', "is no name"),
        ('[printers.printer]\nuri = "a"\n', "call it otherwise"),
        ('printers = ["a"]\n', "is not a setting"),
        ("printer_profile = 80\n", "is not a setting"),
    ],
)
def test_a_table_that_says_something_else_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadConfig, match=says):
        settings(tmp_path, text)


def test_networks_that_webhooks_may_reach_are_networks(tmp_path: Path) -> None:
    listed = settings(tmp_path, '[hub]\nwebhook_networks = ["10.1.0.0/16", "fd00::/8"]\n')
    assert listed.webhook_networks == ("10.1.0.0/16", "fd00::/8")
    for wrong in ('"10.1.0.0/16"', '["10.1.0.1/16"]', '["everywhere"]', "[1]"):
        with pytest.raises(BadConfig, match="webhook_networks"):
            settings(tmp_path, f"[hub]\nwebhook_networks = {wrong}\n")


def test_orders_come_from_folders_that_the_site_names(tmp_path: Path) -> None:
    (tmp_path / "wms.toml").write_text('[orders]\ninbox = "/srv/orders"\nsticks = "/media/kiosk"\n')
    kept = load(tmp_path)
    assert (kept.orders_inbox, kept.orders_sticks) == ("/srv/orders", "/media/kiosk")
    (tmp_path / "wms.toml").write_text("[orders]\ninbox = 5\n")
    with pytest.raises(BadConfig, match="inbox, sticks"):
        load(tmp_path)
