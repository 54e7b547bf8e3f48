"""What lies on the disk, and who may read it."""

import stat
from contextlib import closing

from wms.domain import events as e
from wms.domain.ids import Badge
from wms.store import Store


def test_only_its_owner_reads_the_database_and_what_belongs_to_it(tmp_path):
    with closing(Store(tmp_path / "data", "T1")) as store:
        store.record((e.SiteNamed("Demo", "UTC"),), Badge(""))
        rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").glob("wms.*")}
    assert {"wms.sqlite3", "wms.sqlite3-wal", "wms.guard"} <= set(rights)
    assert set(rights.values()) == {0o600}
