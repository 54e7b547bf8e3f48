"""The warehouse's data: journal, hub, waybill numbers, backups."""

from __future__ import annotations

from collections.abc import Iterator

from wms.cli.checks.finding import Finding, Subject, bad, look, ok

FEW_NUMBERS = 200
BACKUP_EVERY_S = 24 * 3600  # RULES: daily
HUB_S = 3.0


def database(subject: Subject) -> Iterator[Finding]:
    if subject.rows is None:
        if not (subject.folder / "wms.sqlite3").exists():
            mend = "wms setup template DIR, fill the files in, wms setup import DIR; or look around: wms demo"
            yield look("database", "there is none yet", mend)
        return
    faults = [str(row[0]) for row in subject.connection.execute("PRAGMA integrity_check(3)")]
    events = subject.connection.execute("SELECT count(*) FROM journal").fetchone()[0]
    if faults != ["ok"]:
        yield bad("database", f"it is damaged: {faults[0]}", "stop the terminal, then: wms restore FILE")
    else:
        yield ok("database", f"sound, {events} events (wms verify replays them)")


def hub(subject: Subject) -> Iterator[Finding]:
    """Whether the hub answers, and knows this terminal."""
    from wms.sync import identity, wire
    from wms.sync.connection import Connection, HubTrouble, NotReached
    from wms.sync.membership import URL

    if subject.rows is None or not subject.meta("member"):
        yield ok("hub", "none: this terminal decides for itself")
        return
    url, credentials = subject.meta(URL), identity.kept(subject.folder)
    again = "on the hub: wms hub enrol NAME; here: wms sync enrol URL CODE"
    if not credentials.token:
        yield bad("hub", f"the key to {url} is gone", again)
        return
    connection = Connection(url, credentials)
    try:
        connection.call("GET", "/v1/terminals", wire.Terminals, timeout=HUB_S)
    except NotReached as error:
        yield bad("hub", f"{url} can't be reached: {error}", "check network and hub; work goes on meanwhile")
    except HubTrouble as trouble:
        yield bad("hub", f"{url} will not go on: {trouble.says.text or trouble.error}", again)
    else:
        waiting = subject.connection.execute("SELECT count(*) FROM journal WHERE position IS NULL").fetchone()[0]
        if waiting:
            yield look("hub", f"{url} answers; {waiting} events are not handed over yet", "wms sync now")
        else:
            yield ok("hub", f"{url} answers; everything is handed over")
    finally:
        connection.close()


def waybills(subject: Subject) -> Iterator[Finding]:
    """How many numbers are left of each carrier, given out to terminals or not."""
    from wms.domain.catalogue import Carrier
    from wms.domain.packing import WaybillRange

    if subject.rows is None:
        return
    carriers = subject.rows.all(Carrier)
    if not carriers:
        yield look("waybills", "no carrier is set up", "fill in carriers.csv, then: wms setup import carriers.csv")
    leases = subject.rows.all(WaybillRange)
    for carrier in carriers:
        leased = sum(lease.last - lease.next + 1 for lease in leases if lease.carrier == carrier.code)
        free = carrier.last - carrier.next + 1
        says = f"{carrier.en or carrier.code}: {free} numbers free, {leased} at terminals"
        mend = "get a new range from the carrier, put it into carriers.csv, then: wms setup import carriers.csv"
        if free <= 0 and not leased:
            yield bad("waybills", says, mend)
        elif free < FEW_NUMBERS:
            yield look("waybills", says, mend)
        else:
            yield ok("waybills", says)


def backups(subject: Subject) -> Iterator[Finding]:
    from wms.cli.backups import BACKED_UP_AT

    if subject.rows is None:
        return
    at = int(subject.meta(BACKED_UP_AT) or 0)
    mend = "wms backup FILE, every day, to another disk"
    if not at:
        yield look("backup", "none was ever made", mend)
        return
    hours = max(0, subject.now - at) // 3600
    if subject.now - at > BACKUP_EVERY_S:
        yield look("backup", f"the last one is {hours} hours old", mend)
    else:
        yield ok("backup", f"made {hours} hours ago")
