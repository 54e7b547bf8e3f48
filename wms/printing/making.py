"""A job as the bytes its printer gets. Imported late: fonts and pictures are no part of the first paint."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from labels import Language, Library, Profile, ShippingLabel, render
from wms.domain.catalogue import Site
from wms.domain.records import replace
from wms.printing import jobs, kept, rendering
from wms.printing.documents import local
from wms.printing.jobs import Job, Unprintable
from wms.printing.marking import mark
from wms.printing.queue import Made
from wms.store.tables import SqliteRows


def made(
    rows: SqliteRows,
    job: Job | None,
    profile: Profile,
    language: Language,
    *,
    keeps: bool,
    templates: Path | None = None,
) -> Made | None:
    """Raises `Unprintable`. Without `job` something is drawn that nobody gets: it loads what labels are made with.
    `templates` is the folder of the site's own."""
    if job is None:
        render(_a_label(), profile, language)
        return None
    plain, fresh = _before(rows, job, profile), None
    if plain is None:
        plain = rendering.rendered(rows, replace(job, reprint=False), language, profile, Library(templates))
        fresh = kept.keep(rows, job, profile.name, plain) if keeps else None
    return Made(_marked(rows, job, plain, profile, language), fresh)


def _a_label() -> ShippingLabel:
    return ShippingLabel(
        order="A-1",
        waybill="SF100000000001",
        carrier_name="顺丰 SF",
        routing_code="SF 200001",
        recipient_lines=("张三", "人民路1号"),
        recipient_phone="13800138000",
        sender_lines=("一号仓",),
        weight_g=1,
        created=datetime.now(UTC),
    )


def _before(rows: SqliteRows, job: Job, profile: Profile) -> bytes | None:
    try:
        return kept.printed_before(rows, job, profile.name) if job.reprint else None
    except ValueError as error:
        raise Unprintable("recipient", "damaged") from error


def _marked(rows: SqliteRows, job: Job, plain: bytes, profile: Profile, language: Language) -> bytes:
    if not job.reprint:
        return plain
    copy = jobs.copies_before(rows.connection, job)
    site = rows.get(Site, "site") or Site("site", "", "UTC")
    return mark(copy, local(job.created // 1000, site), profile, language) + plain
