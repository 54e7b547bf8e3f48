"""Templates by name: a site's own from a folder first, then those that come with the program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from labels.data import LabelData
from labels.errors import TemplateError
from labels.model import Label
from labels.templates.captions import Language
from labels.templates.composing import compose
from labels.templates.template import Template, read_template
from labels.templates.values import KINDS, kind_of

_SUFFIX = ".toml"


class UnknownTemplate(LookupError):
    """There is no template of that name; the text lists those there are."""


class Library:
    """`folder` holds a site's templates, `NAME.toml` each; it need not exist."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._own = _in_folder(folder)

    @property
    def names(self) -> tuple[str, ...]:
        """Every template there is, those of the program in the order of its handbook, then the site's further ones."""
        return (*built_in_names(), *sorted(set(self._own) - set(built_in_names())))

    def is_own(self, name: str) -> bool:
        """True for a template that the site's folder holds."""
        return name in self._own

    def template(self, name: str) -> Template:
        """Raises UnknownTemplate, TemplateError for a mistake in it, or OSError."""
        if name not in self._own:
            return built_in(name)
        path = self._own[name]
        return _read(path, path.stat().st_mtime_ns)

    def compose(self, data: LabelData, width_mm: float, language: Language) -> Label:
        """The label for `data` by this site's template for such, or the program's. Raises LayoutError, TemplateError,
        OSError."""
        kind = kind_of(data)
        template = self.template(kind)
        if template.label != kind:
            path = str(self._own[kind])
            raise TemplateError(path, 1, 1, f"the template {kind} must be one for {kind} labels, not {template.label}")
        return compose(template, data, width_mm, language)


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> Template:
    """A site's template, read again once it has changed."""
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        before = path.read_bytes()[: error.start]
        column = error.start - before.rfind(b"\n")
        raise TemplateError(str(path), before.count(b"\n") + 1, column, "is not UTF-8") from error
    return read_template(source, path.stem, str(path), path.parent)


@cache
def built_in(name: str) -> Template:
    """A template that comes with the program. Raises UnknownTemplate."""
    if name not in built_in_names():
        raise UnknownTemplate(f"there is no template {name!r}; there are {', '.join(built_in_names())}")
    return read_template((files(__package__) / f"{name}{_SUFFIX}").read_text("utf-8"), name, f"{name}{_SUFFIX}")


def built_in_names() -> tuple[str, ...]:
    """Every kind of label has the template of its name."""
    return tuple(KINDS)


def _in_folder(folder: Path | None) -> Mapping[str, Path]:
    if folder is None or not folder.is_dir():
        return {}
    return {path.stem: path for path in sorted(folder.glob(f"*{_SUFFIX}"))}
