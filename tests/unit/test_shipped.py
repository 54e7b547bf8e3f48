"""What left goes back to the channels, each order once."""

import csv
import io
import json
from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_shell import Shell
from wms.cli import order_shipped, order_waiting
from wms.cli.output import Refusal
from wms.cli.parsing import group
from wms.domain import events as e
from wms.domain.catalogue import Carrier
from wms.domain.ids import Badge, OrderId
from wms.domain.labelling import LabelData
from wms.domain.orders import Order, OrderLine, OrderStatus, Reported
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.records import replace
from wms.domain.rows import MemoryTables
from wms.shipped import FORMS, Shipment, ShippedParcel, form_named, form_of
from wms.shipped.form import guarded
from wms.shipped.gathering import to_tell
from wms.store import Store

AT = 1_795_100_000  # 2026-11-19 14:53:20 UTC, the 19th in Shanghai
SHANGHAI = "Asia/Shanghai"
SF = ShippedParcel("SF1", "sf", "顺丰速运", "SF Express")
LOCAL = ShippedParcel("=X2", "lo", "同城", "Local Riders")


def shipment(*parcels: ShippedParcel, reference: str = "1001", whole: bool = True) -> Shipment:
    return Shipment(OrderId(f"web-{reference}"), reference, AT, parcels or (SF,), whole)


def rows(form: str, *shipments: Shipment) -> list[list[str]]:
    found = form_named(form)
    assert found is not None
    text = found.write(shipments, SHANGHAI).data.decode(found.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=found.delimiter))


def left(form: str, *shipments: Shipment) -> list[str]:
    found = form_named(form)
    assert found is not None
    written = found.write(shipments, SHANGHAI)
    assert len(written.told) + len(written.left) == len(shipments)
    return [one.reason for one in written.left]


@pytest.mark.parametrize(
    ("form", "header", "row"),
    [
        ("taobao", ["订单编号", "物流公司", "物流单号"], ["1001", "顺丰速运", "SF1"]),
        ("douyin", ["订单编号", "快递公司", "快递单号"], ["1001", "顺丰速运", "SF1"]),
        ("pinduoduo", ["订单号", "快递公司", "快递单号"], ["1001", "顺丰速运", "SF1"]),
        ("jd", ["订单号", "快递公司", "运单号"], ["1001", "顺丰速运", "SF1"]),
        (
            "ebay",
            ["Order ID", "Line Item ID", "Logistics Status", "Shipment Carrier", "Shipment Tracking"],
            ["1001", "", "SHIPPED", "SF Express", "SF1"],
        ),
        (
            "amazon",
            [
                "order-id",
                "order-item-id",
                "quantity",
                "ship-date",
                "carrier-code",
                "carrier-name",
                "tracking-number",
                "ship-method",
            ],
            ["1001", "", "", "2026-11-19", "SF Express", "", "SF1", ""],
        ),
        (
            "plain",
            ["order", "parcel", "parcels", "carrier", "carrier_name", "waybill", "shipped"],
            ["1001", "1", "1", "sf", "SF Express", "SF1", "2026-11-19T14:53:20Z"],
        ),
    ],
)
def test_each_form_has_its_columns(form, header, row):
    assert rows(form, shipment()) == [header, row]


def test_each_form_is_encoded_as_its_platform_reads_it():
    first = {form.name: form.write([shipment()], SHANGHAI).data[:6] for form in FORMS}
    assert first["taobao"] == "订单编".encode("gb18030")
    assert {name for name, data in first.items() if data.startswith(b"\xef\xbb\xbf")} == {
        "douyin",
        "pinduoduo",
        "jd",
        "plain",
    }
    assert first["amazon"] == b"order-"


def test_an_order_in_several_parcels_is_told_as_the_form_allows():
    two = shipment(SF, ShippedParcel("SF2", "sf", "顺丰速运", "SF Express"))
    assert [row[-1] for row in rows("ebay", two)[1:]] == ["SF1", "SF2"]
    assert rows("jd", two)[1] == ["1001", "顺丰速运", "SF1,SF2"]
    assert [row[1:3] for row in rows("plain", two)[1:]] == [["1", "2"], ["2", "2"]]
    for form in ("taobao", "douyin", "pinduoduo", "amazon"):
        assert left(form, two, shipment(reference="7")) == ["several_parcels"]
        assert len(rows(form, two, shipment(reference="7"))) == 2
    assert left("jd", shipment(SF, LOCAL)) == ["several_parcels"]


def test_an_order_sent_in_part_or_without_a_number_is_left_to_a_person():
    assert left("amazon", shipment(whole=False)) == left("ebay", shipment(whole=False)) == ["sent_in_part"]
    assert left("taobao", shipment(whole=False)) == []
    assert left("plain", shipment(ShippedParcel("", "sf", "", ""))) == ["no_waybill"]


def test_an_order_whose_carrier_is_not_known_is_left_to_a_person_in_every_form():
    for form in FORMS:
        assert left(form.name, shipment(ShippedParcel("TB77", "", "", ""))) == ["carrier_unknown:TB77"]


def whose(number: str, *, bound: bool = False, label: LabelData | None = None) -> str:
    tables = a_picture()
    tables.put(Carrier("sf", "顺丰速运", "SF Express", "S-1", "SF", 12, 1, 9, 1))
    tables.put(Parcel("a/1", "a", 1, ParcelStatus.HANDED_OVER, "sf", waybill=number, bound=bound))
    if label is not None:
        tables.put(label)
    shipments = [one for found in to_tell(tables).values() for one in found]
    return next(one for one in shipments if one.order == "a").parcels[0].carrier


def test_a_carrier_is_known_by_the_platform_by_the_number_or_by_its_being_ours():
    assert whose("TB7700000000123", bound=True) == ""
    assert whose("SF770000000012", bound=True) == "sf"
    assert whose("TB7700000000123") == "sf"
    given = LabelData(OrderId("a"), "TB7700000000123")
    assert whose(given.waybill, label=given) == ""
    assert whose(given.waybill, label=replace(given, carrier="zt")) == "zt"
    assert whose(given.waybill, bound=True, label=replace(given, waybill="", carrier="zt")) == "zt"


def test_a_carrier_that_amazon_does_not_list_is_named():
    assert rows("amazon", shipment(LOCAL))[1][4:7] == ["Other", "Local Riders", "'=X2"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r\n@x"])
def test_no_cell_is_a_formula(cell):
    assert guarded(cell).startswith("'")
    assert rows("plain", shipment(reference=cell))[1][0].startswith("'")


def test_a_form_is_known_by_what_the_channels_code_begins_with():
    names = ("tmall-2", "Taobao", "douyin", "pdd", "JD-1", "amazon_jp", "ebay", "shopify", "")
    assert [form_of(name).name for name in names] == [
        *("taobao", "taobao", "douyin", "pinduoduo", "jd", "amazon", "ebay", "plain", "plain")
    ]


# What is told


def a_picture() -> MemoryTables:
    tables = MemoryTables()
    tables.put(Carrier("sf", "顺丰", "SF Express", "S", "SF", 3, 1, 9, 1))
    for name, status in (("a", OrderStatus.HANDED_OVER), ("b", OrderStatus.PACKED), ("c", OrderStatus.HANDED_OVER)):
        tables.put(Order(name, "taobao", name, status, 0, 0, "", "sf", shipped=AT if name == "a" else AT + 5))
        tables.put(OrderLine(name, 1, "TEA", 2, picked=2, packed=2))
        gone = ParcelStatus.HANDED_OVER if status == OrderStatus.HANDED_OVER else ParcelStatus.STAGED
        tables.put(Parcel(f"{name}/1", name, 1, gone, "sf", waybill=f"SF{name}"))
    tables.put(Parcel("c/2", "c", 2, ParcelStatus.VOID, "sf", waybill="SFX"))
    return tables


def test_only_what_a_courier_took_is_told_and_once():
    tables = a_picture()
    assert [one.reference for one in to_tell(tables)["taobao"]] == ["a", "c"]
    assert [parcel.waybill for parcel in to_tell(tables)["taobao"][1].parcels] == ["SFc"]
    assert to_tell(tables, "douyin") == {}
    assert [one.reference for one in to_tell(tables, since=AT + 1)["taobao"]] == ["c"]
    tables.put(Reported("a", AT, "taobao"))
    assert [one.reference for one in to_tell(tables)["taobao"]] == ["c"]
    assert [one.reference for one in to_tell(tables, again=True)["taobao"]] == ["a", "c"]


def test_an_order_sent_in_part_is_known_for_one():
    tables = a_picture()
    tables.put(OrderLine("a", 2, "RICE", 3, picked=1, short=2, packed=1))
    assert [one.whole for one in to_tell(tables)["taobao"]] == [False, True]


# On the command line


class Office:
    """`wms orders …` on a warehouse from which some orders have gone."""

    def __init__(self, shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.data, self._capsys = shell.folder, shell.data, capsys

    def __call__(self, *arguments: object) -> tuple[int, str]:
        parser = ArgumentParser()
        orders = group(parser.add_subparsers(), "orders", "orders")
        order_shipped.add(orders)
        order_waiting.add(orders)
        options = Namespace(data=str(self.data), json=False, language="en")
        parser.parse_args(["orders", *map(str, arguments)], options)
        self._capsys.readouterr()
        try:
            code = options.run(options)
        except Refusal as refusal:
            return refusal.code, str(refusal)
        return code, self._capsys.readouterr().out

    def json(self, *arguments: object) -> Any:
        code, out = self(*arguments, "--json")
        assert code == 0
        return json.loads(out)

    def record(self, *events: Any) -> None:
        with closing(Store(self.data)) as store:
            store.record(events, Badge("P-001"))

    def left(self, channel: str, reference: str, *waybills: str) -> None:
        """An order that went out in these parcels."""
        order = f"{channel}-{reference}"
        self.record(
            e.OrderReceived(order, channel, reference, 9, "", "sf", (("CAR-01", 1),)),
            e.ManifestOpened(f"M-{order}", "sf"),
            *(e.ParcelOpened(order, f"{order}/{n}", n) for n, _ in enumerate(waybills, 1)),
            e.UnitsPacked(f"{order}/1", 1, "CAR-01", "", "T-001", 1),
            *(e.WaybillAssigned(f"{order}/{n}", "sf", w, "", n) for n, w in enumerate(waybills, 1)),
            *(e.ParcelLoaded(f"M-{order}", f"{order}/{n}") for n, _ in enumerate(waybills, 1)),
            e.ManifestClosed(f"M-{order}", "Li", 0),
        )


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    found = Office(Shell(tmp_path, capsys).set_up(), capsys)
    found.left("taobao", "1001", "SF1")
    found.left("taobao", "1002", "SF2", "SF3")
    found.left("shop", "A-1", "SF4")
    found.record(e.OrderReceived("shop-A-2", "shop", "A-2", 9, "", "sf", (("CAR-01", 1),)))
    return found


def told(document: Any) -> dict[str, tuple[list[str], list[str]]]:
    return {
        one["channel"]: ([o["reference"] for o in one["orders"]], [o["reference"] for o in one["left"]])
        for one in document["channels"]
    }


def test_without_a_folder_nothing_is_written_or_remembered(office):
    for _ in range(2):
        document = office.json("shipped")
        assert (document["reported"], told(document)) == (
            False,
            {"shop": (["A-1"], []), "taobao": (["1001"], ["1002"])},
        )
    code, text = office("shipped")
    assert (code, "2 to tell, 1 to enter by hand" in text) == (0, True)


def test_a_file_per_channel_and_each_order_once(office):
    folder = office.folder / "out"
    document = office.json("shipped", "-o", folder)
    files = {one["channel"]: Path(one["file"]) for one in document["channels"]}
    assert files["taobao"].read_bytes().decode("gb18030") == "订单编号,物流公司,物流单号\r\n1001,顺丰,SF1\r\n"
    assert files["shop"].read_bytes().startswith(b"\xef\xbb\xbforder,parcel,")
    assert sorted(folder.iterdir()) == sorted(files.values())
    assert told(office.json("shipped", "-o", folder)) == {"taobao": ([], ["1002"])}
    assert told(office.json("shipped", "--again")) == {"shop": (["A-1"], []), "taobao": (["1001"], ["1002"])}
    office.left("taobao", "1003", "SF5")
    assert told(office.json("shipped", "--channel", "taobao", "-o", office.folder / "two.csv"))["taobao"][0] == ["1003"]


def test_what_was_entered_by_hand_is_told(office):
    assert office.json("shipped", "--by-hand", "1002")["done"] == ["taobao-1002"]
    assert told(office.json("shipped"))["taobao"] == (["1001"], [])
    code, why = office("shipped", "--by-hand", "1002")
    assert (code, "was reported meanwhile" in why) == (1, True)
    code, why = office("shipped", "--by-hand", "A-2")
    assert (code, "not handed over yet" in why) == (1, True)


def test_files_that_can_t_be_are_refused_and_nothing_is_remembered(office):
    code, why = office("shipped", "-o", office.folder / "all.csv")
    assert (code, "say --channel" in why) == (2, True)
    there = office.folder / "there.csv"
    there.write_text("mine", encoding="utf-8")
    code, why = office("shipped", "--channel", "shop", "-o", there)
    assert (code, "there already" in why, there.read_text(encoding="utf-8")) == (1, True, "mine")
    (office.folder / "plain").write_text("no folder", encoding="utf-8")
    code, why = office("shipped", "--channel", "shop", "-o", office.folder / "plain" / "x.csv")
    assert (code, "Nothing was remembered" in why) == (1, True)
    assert told(office.json("shipped"))["shop"] == (["A-1"], [])


def test_a_form_can_be_named_and_a_day(office):
    document = office.json("shipped", "--channel", "shop", "--form", "ebay")
    assert document["channels"][0]["form"] == "ebay"
    assert office.json("shipped", "--since", "2099-01-01") == {"reported": False, "channels": []}
    with pytest.raises(SystemExit):
        office("shipped", "--form", "nothing")


def test_orders_that_wait_are_listed_and_sent_early_or_completed(office):
    office.record(
        e.OrderReceived(
            "shop-P-1", "shop", "P-1", 9, "", "sf", (), "presale_until:2099-01-01", kind="presale", not_before=4 * 10**9
        ),
        e.OrderReceived("shop-G-1", "shop", "G-1", 9, "", "sf", (), "bad_phone,group_open", kind="group"),
    )
    waits = {one["reference"]: (one["waits"], one["holds"]) for one in office.json("waiting")["orders"]}
    assert waits == {"P-1": (["presale_until:2099-01-01"], []), "G-1": (["group_open"], ["bad_phone"])}
    assert "A pre-sale: not to be sent before 2099-01-01" in office("waiting")[1]
    assert office.json("early", "P-1", "--reason", "customer asked")["done"] == ["shop-P-1"]
    assert office.json("complete", "G-1")["done"] == ["shop-G-1"]
    assert office.json("waiting") == {"orders": []}
    assert office("complete", "G-1")[0] == 1
