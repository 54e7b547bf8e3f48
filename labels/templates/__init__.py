"""Labels as templates in TOML: what stands where, in millimetres. A site may put its own in place of any of them."""

from __future__ import annotations

from labels.data import LabelData
from labels.model import Label
from labels.templates import composing
from labels.templates.captions import LANGUAGES, Language
from labels.templates.library import Library, UnknownTemplate, built_in
from labels.templates.samples import sample
from labels.templates.template import Template
from labels.templates.values import kind_of

__all__ = ["LANGUAGES", "Language", "Library", "Template", "UnknownTemplate", "compose", "kind_of", "sample"]


def compose(data: LabelData, width_mm: float, language: Language, template: Template | None = None) -> Label:
    """The label for `data`, `width_mm` wide, captions in `language`, by `template` or the usual one for such data.

    Raises LayoutError naming the field that stands in the way, ValueError for a template for other data.
    """
    chosen = template or built_in(kind_of(data))
    if chosen.label != kind_of(data):
        raise ValueError(f"template {chosen.name} is for {chosen.label} labels, not for {kind_of(data)}")
    return composing.compose(chosen, data, width_mm, language)
