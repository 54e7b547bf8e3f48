"""A job as the bytes its printer gets. Imported late: fonts and pictures are no part of the first paint."""

from __future__ import annotations

import logging

from labels import (
    DEFAULT_PROFILE,
    Language,
    LayoutError,
    Library,
    ManifestSlip,
    Profile,
    ShippingLabel,
    TemplateError,
    render,
)
from wms.domain.catalogue import Site
from wms.domain.orders import Recipient
from wms.domain.packing import Parcel
from wms.domain.recipients import PersonalData
from wms.domain.rows import need
from wms.domain.shipping import Manifest
from wms.printing.documents import manifest_slip, shipping_label
from wms.printing.jobs import Job, Unprintable
from wms.store.database import DatabaseError
from wms.store.sealing import unseal
from wms.store.tables import SqliteRows

log = logging.getLogger(__name__)


def rendered(
    rows: SqliteRows,
    job: Job,
    language: Language,
    profile: Profile | None = None,
    templates: Library | None = None,
) -> bytes:
    """Raises `Unprintable` naming the field that stands in the way; `profile` is that of an 80 mm printer if None, and
    `templates` are those of the program."""
    printer = profile or DEFAULT_PROFILE
    try:
        site = need(rows, Site, "site")
        data: ManifestSlip | ShippingLabel
        if job.kind == "manifest":
            data = manifest_slip(rows, need(rows, Manifest, job.subject), site, language)
        else:
            data = _label(rows, job, site, language)
        return render((templates or Library()).compose(data, printer.width_mm, language), printer, language).data
    except TemplateError as error:
        raise Unprintable("template", str(error)) from error
    except LayoutError as error:
        # What is wrong with personal data may quote it, and a review stays in the journal.
        reason = "" if error.field.startswith("recipient") else error.reason
        raise Unprintable(error.field, reason) from error
    except (Unprintable, DatabaseError):
        raise
    except Exception as error:
        log.exception("%s %s", job.kind, job.subject)
        raise Unprintable("label", type(error).__name__) from error


def _label(rows: SqliteRows, job: Job, site: Site, language: Language) -> ShippingLabel:
    parcel = need(rows, Parcel, job.subject)
    person = _recipient(rows, parcel)
    return shipping_label(rows, parcel, person, site, job.created // 1000, language, reprint=job.reprint)


def _recipient(rows: SqliteRows, parcel: Parcel) -> PersonalData | None:
    """The person; None for an order that came without one."""
    found = rows.get(Recipient, parcel.order_id)
    if found is None:
        return None
    try:
        person = unseal(rows, parcel.order_id, found.sealed)
    except ValueError as error:
        raise Unprintable("recipient", "damaged") from error
    if person is None:
        raise Unprintable("recipient", "erased")
    return person
