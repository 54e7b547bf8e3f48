"""Recipients: unreadable wherever the journal goes, and gone when their key is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wms.workflows.handlers  # noqa: F401  # TakeOrders is decided there
from labels import mask_phone
from wms.domain import commands as c
from wms.domain.ids import Badge, CarrierCode, ChannelCode, OrderId, Sku
from wms.domain.orders import Order, Recipient
from wms.domain.recipients import PersonalData
from wms.store import Store, verify
from wms.store.erasure import erase
from wms.store.sealing import seal, seal_many, unseal

P = Badge("007")
ORDER = OrderId("shop/A-1")
ZHANG = PersonalData("张三丰", "13800138678", ("人民路1号3幢1501室", "浦东"), "上海", "200001", "CN")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, "T1")
    yield opened
    opened.close()


def receive(store: Store, order: OrderId, data: PersonalData) -> str:
    sealed = seal(store, order, data)
    incoming = c.IncomingOrder(
        order, ChannelCode("shop"), order, 0, CarrierCode("sf"), ((Sku("TEA"), 1),), (), False, data.masked(), sealed
    )
    store.execute(c.TakeOrders((incoming,)), P)
    return sealed


def files(store: Store) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(store.folder.iterdir()))


def test_sealed_recipient_opens_for_its_order_only(store: Store) -> None:
    sealed = seal(store, ORDER, ZHANG)
    assert unseal(store.rows, ORDER, sealed) == ZHANG
    other = OrderId("shop/A-2")
    assert unseal(store.rows, other, sealed) is None
    key = store.rows.connection.execute("SELECT key FROM sealing_key").fetchone()[0]
    assert len(key) == 32
    name = sealed.partition(".")[0]
    store.writer.do(
        lambda connection: connection.execute(
            "INSERT INTO sealing_key (subject, key) VALUES (?, ?)", (f"{other}:{name}", key)
        )
    )
    with pytest.raises(ValueError, match="does not open"):
        unseal(store.rows, other, sealed)  # right key, but the order is part of what was sealed


def test_no_plain_text_in_any_file(store: Store) -> None:
    receive(store, ORDER, ZHANG)
    recipient = store.rows.get(Recipient, ORDER)
    order = store.rows.get(Order, ORDER)
    assert recipient is not None
    assert order is not None
    assert unseal(store.rows, ORDER, recipient.sealed) == ZHANG
    assert order.masked == "张* 1*******678 上海"
    held = files(store)
    assert recipient.sealed.encode() in held  # the right files were read
    for secret in (ZHANG.name, ZHANG.phone, *ZHANG.address_lines):
        assert secret.encode() not in held
    key = store.rows.connection.execute("SELECT key FROM sealing_key").fetchone()[0]
    bodies = store.rows.connection.execute("SELECT group_concat(body) FROM journal").fetchone()[0]
    assert key not in bodies.encode()
    assert key.hex() not in bodies


def test_destroying_the_key_erases_the_person_and_keeps_the_ledger(store: Store) -> None:
    sealed, kept = receive(store, ORDER, ZHANG), receive(store, OrderId("shop/A-10"), ZHANG)
    key = store.rows.connection.execute("SELECT key FROM sealing_key WHERE subject LIKE ?", (f"{ORDER}:%",)).fetchone()[
        0
    ]
    assert key in files(store)
    facts = store.head()
    erase(store, [ORDER], P, "asked")
    assert unseal(store.rows, ORDER, sealed) is None
    assert key not in files(store)  # overwritten, also in the write-ahead log
    assert unseal(store.rows, OrderId("shop/A-10"), kept) == ZHANG
    assert store.head() == facts + 1  # that she was erased
    assert verify(store.rows).problems == ()
    told = store.rows.connection.execute("SELECT count(*) FROM sealing_key WHERE key IS NULL AND sent = 0").fetchone()
    assert told == (1,)  # the destruction is still to be told to the others


def test_destroyed_keys_leave_no_bytes_behind(store: Store) -> None:
    orders = [OrderId(f"A-{n}") for n in range(60)]
    seal_many(store, dict.fromkeys(orders, ZHANG))
    keys = [row[0] for row in store.rows.connection.execute("SELECT key FROM sealing_key")]
    assert all(key in files(store) for key in keys)
    erase(store, orders, P, "asked")
    assert sum(key[4:20] in files(store) for key in keys) == 0


def test_an_order_sealed_twice_has_two_keys_and_both_go(store: Store) -> None:
    first, second = seal(store, ORDER, ZHANG), seal(store, ORDER, ZHANG)
    assert first.partition(".")[2] != second.partition(".")[2]
    assert unseal(store.rows, ORDER, first) == unseal(store.rows, ORDER, second) == ZHANG
    erase(store, [ORDER], P, "asked")
    assert unseal(store.rows, ORDER, first) is unseal(store.rows, ORDER, second) is None


def test_orders_whose_ids_begin_alike_are_not_mixed_up(store: Store) -> None:
    orders = [OrderId(name) for name in ("A", "A:1", "A:0123456789abcdef", "A;", "A%", "")]
    sealed = seal_many(store, dict.fromkeys(orders, ZHANG))
    erase(store, [OrderId("A"), OrderId("A%")], P, "asked")
    gone = {order for order in orders if unseal(store.rows, order, sealed[order]) is None}
    assert gone == {"A", "A%"}


def test_damaged_text_is_said_to_be(store: Store) -> None:
    sealed = seal(store, ORDER, ZHANG)
    with pytest.raises(ValueError, match="does not open"):
        unseal(store.rows, ORDER, sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB"))
    with pytest.raises(ValueError, match="no sealed recipient"):
        unseal(store.rows, ORDER, "plain")


@pytest.mark.parametrize(
    ("name", "phone", "city", "shown"),
    [
        ("张三丰", "+86 138-0013-8678", "上海", "张* 8*********678 上海"),
        ("Jane Doe", "555 0199", "", "J* ******9"),
        ("李", "", "", "*"),
        ("", "12345", "Köln", "***** Köln"),
    ],
)
def test_masked_line(name: str, phone: str, city: str, shown: str) -> None:
    assert PersonalData(name, phone, (), city).masked() == shown


@pytest.mark.parametrize("phone", ["13800138678", "021-66668888", "5550199", "12345", "+44 20 7946 0958"])
def test_screens_hide_of_a_phone_what_labels_hide(phone: str) -> None:
    on_paper = "".join(char for char in mask_phone(phone) if char.isdigit() or char == "*")
    assert PersonalData("", phone, ()).masked() == on_paper


def test_a_person_never_shows_in_a_traceback() -> None:
    assert "张" not in repr(ZHANG)


def test_the_cipher_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, wms.store.sealing; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False).returncode == 0
