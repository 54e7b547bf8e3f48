"""`wms devices sheet`: the setup sheet on paper."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from wms.cli.output import Refusal, configured, emit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labels import Language, Profile, Rendered
    from labels.programming_codes import Maker
    from labels.setup_sheet import SetupCode


def run(options: Namespace) -> int:
    from drivers.known_codes import SETUP_CODES
    from labels import PROFILES, LayoutError
    from labels.programming_codes import PROGRAMMING_CODES
    from labels.setup_sheet import SetupCode

    codes = tuple(SetupCode(code.name, code.aim, code.text) for code in SETUP_CODES)
    maker: Maker | None = None if options.maker == "none" else options.maker
    try:
        outcome = _deliver(options, codes, maker, PROFILES[options.profile])
    except LayoutError as error:
        raise Refusal(f"{options.profile} is too narrow for {error}: take a wider --profile, or -o FILE.pdf") from error
    except OSError as error:
        raise Refusal(f"{error.filename or options.output}: {(error.strerror or str(error)).lower()}") from error
    emit(
        options,
        {
            "codes": [{"name": code.name, "text": code.text, "aim": code.aim} for code in codes],
            "settings": [
                {"purpose": code.purpose, "setting": code.setting, "command": code.command, "source": code.source}
                for code in (PROGRAMMING_CODES[maker] if maker else ())
            ],
            "file": options.output or "",
            "outcome": outcome,
        },
        lambda: f"the setup sheet is in {options.output}" if options.output else f"the setup sheet was {outcome}",
    )
    return 0


def _deliver(options: Namespace, codes: Sequence[SetupCode], maker: Maker | None, profile: Profile) -> str:
    """To the file or printer named. Returns '' for a file, else what became of the job. Raises OSError, LayoutError."""
    from labels.setup_sheet import pages, strip, write_pdf

    printer = getattr(options, "printer", None) or configured(options).label_printer.uri
    language = _language(options)
    if not options.output:
        if not printer:
            raise Refusal("where to? Give -o FILE.pdf, -o FILE.png or --printer URI", 2)
        return _print(b"".join(part.data for part in strip(codes, maker, profile, language)), printer)
    path = Path(options.output)
    match path.suffix.lower():
        case ".pdf":
            write_pdf(pages(codes, maker, language), path)
        case ".png":
            _save_picture(strip(codes, maker, profile, language), path, profile)
        case _:
            path.write_bytes(b"".join(part.data for part in strip(codes, maker, profile, language)))
    return ""


def _save_picture(parts: list[Rendered], path: Path, profile: Profile) -> None:
    from PIL import Image

    picture = Image.new("1", (profile.dots, sum(part.image.height for part in parts)), 255)
    y = 0
    for part in parts:
        picture.paste(part.image, (0, y))
        y += part.image.height
    picture.save(path, format="PNG", dpi=(profile.dpi, profile.dpi))


def _print(data: bytes, uri: str) -> str:
    from drivers.printer import open_printer

    try:
        delivery = open_printer(uri).send(data, timeout_s=30.0)
    except ValueError as error:
        raise Refusal(f"--printer {uri}: {error}", 2) from error
    if delivery.outcome in ("not_sent", "broken"):
        raise Refusal(f"{uri}: the sheet did not come out: {delivery.reason.replace('_', ' ')}")
    return delivery.outcome


def _language(options: Namespace) -> Language:
    named: Language | None = getattr(options, "language", None)
    return named or ("zh_CN" if configured(options).language == "zh_CN" else "en")
