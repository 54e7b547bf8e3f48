"""What a terminal and its hub give each other beside facts, and how the one makes up for the other's loss."""

from contextlib import closing
from pathlib import Path

from tests.hub.gatehouse import House, serving
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.ids import Badge
from wms.domain.pins import check_pin, hash_pin
from wms.store import Store, verify
from wms.store.peppers import PepperRing, ring_of
from wms.sync.membership import enrol, sync_now
from wms.sync.outbox_mirror import OutboxMirror
from wms.sync.recovery import read, recover
from wms.workflows.view import Link


def join(house: House, store: Store) -> None:
    enrol(store, f"http://127.0.0.1:{house.port}", house.code(store.device))
    assert sync_now(store).link == Link.IN_SYNC


def sam(pin: str) -> Person:
    return Person(Badge("S1"), "Sam", "supervisor", "en", pin)


def test_a_pin_given_on_one_terminal_opens_all(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "hub") as house,
        closing(Store(tmp_path / "a", "A")) as a,
        closing(Store(tmp_path / "b", "B")) as b,
    ):
        own = ring_of(a.folder).for_hashing()  # it was alone, and had people of its own
        a.record((e.PersonDefined(sam(hash_pin("4711", peppers=own))),), Badge(""))
        ring_of(tmp_path / "hub").for_hashing()
        join(house, a)
        join(house, b)
        sync_now(b)
        kept = b.rows.get(Person, "S1").pin
        assert check_pin(kept, "4711", PepperRing(b.folder).peppers())
        assert not check_pin(kept, "4712", PepperRing(b.folder).peppers())
        site = PepperRing(tmp_path / "hub").peppers()
        assert PepperRing(a.folder).peppers() == PepperRing(b.folder).peppers() == site
        assert (site.current != own.current, len(site.known)) == (True, 2)
    pepper = own.known[own.current]
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "wms.pepper":
            assert pepper not in path.read_bytes()
            assert pepper.hex().encode() not in path.read_bytes()


def test_a_hub_that_was_made_anew_learns_the_sites_pepper_from_its_terminals(tmp_path: Path) -> None:
    with serving(tmp_path / "hub") as house, closing(Store(tmp_path / "a", "A")) as a:
        site = ring_of(tmp_path / "hub").for_hashing()
        join(house, a)
        (tmp_path / "hub" / "wms.pepper").unlink()
        ring_of(tmp_path / "hub")._peppers = None
        sync_now(a)
        assert PepperRing(tmp_path / "hub").peppers().known == site.known


def test_a_lost_disk_is_made_up_for_by_medium_and_hub(tmp_path: Path) -> None:
    """Some facts had reached the hub, some only the second medium: in the end the hub has each once."""
    medium, places = tmp_path / "usb", [f"place {n}" for n in range(9)]
    medium.mkdir()

    def say(store: Store, *names: str) -> None:
        for name in names:
            store.record((e.SiteNamed(name, "UTC"),), Badge("LI"))

    with serving(tmp_path / "hub") as house:
        with closing(Store(tmp_path / "a", "A")) as store:
            join(house, store)
            say(store, *places[:3])
            mirror = OutboxMirror(store, medium)
            mirror.start()
            say(store, *places[3:5])
            assert sync_now(store).unsent == 0
            say(store, *places[5:8])  # the network is gone, and then the disk
            mirror.stop()
        (found,) = read(medium)
        with closing(Store(tmp_path / "new", found.device)) as again:
            assert recover(again, found).put_back == 8
            join(house, again)
            say(again, places[8])
            status = sync_now(again)
            assert (status.unsent, status.link) == (0, Link.IN_SYNC)
            assert verify(again.rows).problems == ()
            assert [fact.body.name for fact in again.since(0, 99)] == places
        assert [line.text.count("place") for line in house.hub.page(0, 99, 0).facts] == [1] * 9
