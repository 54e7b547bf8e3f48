"""The registry of forms. A new one is a module with a `FORM`, and a line here."""

from __future__ import annotations

from wms.shipped import amazon, douyin, ebay, jd, pinduoduo, plain, taobao
from wms.shipped.form import Form

FORMS: tuple[Form, ...] = (taobao.FORM, douyin.FORM, pinduoduo.FORM, jd.FORM, amazon.FORM, ebay.FORM, plain.FORM)


def form_of(channel: str) -> Form:
    """By what the channel's code begins with; the plain one for all others."""
    name = channel.casefold()
    return next((form for form in FORMS if form.channels and name.startswith(form.channels)), plain.FORM)


def form_named(name: str) -> Form | None:
    return next((form for form in FORMS if form.name == name), None)
