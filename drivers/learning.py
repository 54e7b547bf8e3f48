"""Learning a scanner's settings from its reads of known codes, without any I/O.

What is learnt is proven before it is told: the same bytes go through the framing with the settings found, and the codes
must come out, each once and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias
from urllib.parse import quote_from_bytes

from drivers.framing import Framer, FramingConfig
from drivers.framing_options import DEFAULT_IDLE_MS, parse_framing
from drivers.known_codes import SETUP_CODES, Change, Found, KnownCode, find
from drivers.payload import AIM_ID, CODE_IDS, GS1_AIM_IDS
from drivers.ssi import Packet, Splitter

Chunk: TypeAlias = tuple[float, bytes]
"""When bytes came, in milliseconds, and which."""
Grade: TypeAlias = Literal["good", "look", "bad"]
What: TypeAlias = (
    Change
    | Literal[
        "ssi",
        "stx",
        "terminator",
        "no_terminator",
        "suffix",
        "prefix",
        "aim",
        "code_ids",
        "no_aim",
        "gs1_as_code128",
        "unknown_ids",
        "gs_kept",
        "utf8",
        "no_chinese",
        "seven_bits",
        "slow",
        "unusable",
    ]
)

_BETWEEN_READS_MS = 5000.0
_SLOW_MS = 200.0
_BAD: frozenset[What] = frozenset(
    {"case", "cut", "gs_lost", "gs_brackets", "chinese_lost", "suffix", "unknown_ids", "unusable", "gs1_as_code128"}
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the scanner's settings; `detail` are the bytes meant, if any."""

    what: What
    grade: Grade
    detail: bytes = b""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the reads told. `framing` is None where no setting of ours makes the codes come out.

    `line` are line settings as an address takes them, such as `bits=7&parity=E`, '' if the present ones are right.
    `missed` names the codes whose reads were not them.
    """

    framing: FramingConfig | None
    remarks: tuple[Remark, ...] = ()
    line: str = ""
    missed: tuple[str, ...] = ()


def learn(reads: Sequence[Sequence[Chunk]], expected: Sequence[KnownCode] = SETUP_CODES) -> Learned:
    """The settings of the scanner that sent `reads`, one read for each of `expected`; no chunks for an optional code
    that could not be read."""
    given = [(code, list(chunks)) for code, chunks in zip(expected, reads, strict=True) if chunks or not code.optional]
    line = ""
    if not any(_found(code, chunks) for code, chunks in given) and (seven := _seven_bits(given)):
        given, line = seven
    missed = tuple(code.name for code, chunks in given if _found(code, chunks) is None)
    if missed:
        return Learned(None, line=line, missed=missed)
    learned = _Learning(given).learned()
    remarks = [Remark("seven_bits", "look", line.encode())] if line else []
    if not any(code.aim == "]Q1" for code, _ in given):
        remarks.append(Remark("no_chinese", "look"))
    return replace(learned, remarks=(*learned.remarks, *remarks), line=line)


def _found(code: KnownCode, chunks: Sequence[Chunk]) -> Found | None:
    raw = b"".join(data for _, data in chunks)
    return find(message[0] if (message := ssi_message(raw)) else raw, code)


def heard(raw: bytes, codes: Sequence[KnownCode] = SETUP_CODES) -> KnownCode | None:
    """Which of the codes a scanner read, told from the bytes alone: through SSI packets and parity bits."""
    for data in (raw, bytes(byte & 0x7F for byte in raw)):
        if code := next((code for code in codes if _found(code, [(0.0, data)])), None):
            return code
    return None


def ssi_message(raw: bytes) -> tuple[bytes, str] | None:
    """The first code in `raw` and its AIM identifier if these are SSI packets with right checksums, else None."""
    data, first = b"", None
    for packet in Splitter().feed(raw):
        if not isinstance(packet, Packet) or not packet.intact or not packet.is_decode:
            continue
        if first and packet.same_as(first):
            continue
        first = first or packet
        data += packet.data
        if not packet.continued:
            return data, first.aim
    return None


def _seven_bits(given: list[tuple[KnownCode, list[Chunk]]]) -> tuple[list[tuple[KnownCode, list[Chunk]]], str] | None:
    """The reads without their parity bits, if it is these that hide the codes: 7E1 and 7O1 are as long as 8N1."""
    raw = b"".join(data for _, chunks in given for _, data in chunks)
    odd = {byte.bit_count() % 2 for byte in raw}
    plain = [(code, [(t, bytes(byte & 0x7F for byte in data)) for t, data in chunks]) for code, chunks in given]
    if len(odd) != 1 or not any(_found(code, chunks) for code, chunks in plain):
        return None
    return plain, f"bits=7&parity={'O' if odd.pop() else 'E'}"


@dataclass(frozen=True, slots=True)
class _Read:
    code: KnownCode
    chunks: list[Chunk]
    found: Found
    ssi_aim: str


def _pauses(read: _Read, *, whole: bool) -> Iterator[float]:
    """Milliseconds between the pieces of one code, up to its first byte of ending unless the `whole` read is wanted."""
    wanted, came = len(read.found.head) + len(read.found.body) + 1, 0
    for (before, data), (after, _) in pairwise(read.chunks):
        came += len(data)
        if whole or came < wanted:
            yield after - before


@dataclass(frozen=True, slots=True)
class _Identifiers:
    """What stands before the codes. `aims` are the identifiers read by read, '' where there is none."""

    prefix: bytes = b""
    code_id: str = "none"
    aims: tuple[str, ...] = ()
    trouble: tuple[Remark, ...] = ()


class _Learning:
    """All reads are there and hold their codes."""

    def __init__(self, given: list[tuple[KnownCode, list[Chunk]]]) -> None:
        self._ssi = all(ssi_message(b"".join(data for _, data in chunks)) for _, chunks in given)
        self._reads = [self._read(code, chunks) for code, chunks in given]
        self._gap_ms = max((gap for read in self._reads for gap in _pauses(read, whole=self._ssi)), default=0.0)

    def _read(self, code: KnownCode, chunks: list[Chunk]) -> _Read:
        raw = b"".join(data for _, data in chunks)
        message = ssi_message(raw) if self._ssi else None
        found = find(message[0] if message else raw, code)
        if found is None:
            raise ValueError(f"{code.name} is not in its read")
        return _Read(code, chunks, found, message[1] if message else "")

    def learned(self) -> Learned:
        heads = [read.found.head.lstrip(b"\0") for read in self._reads]
        framed = all(head.startswith(b"\x02") for head in heads)
        identifiers = self._identifiers([head.removeprefix(b"\x02") for head in heads])
        common = self._common(identifiers)
        candidates = self._candidates(common)
        framing = next((config for config in candidates if self._proves(config, identifiers)), None)
        remarks = [
            *self._framing_remarks(framing, framed),
            *self._identifier_remarks(identifiers),
            *self._content_remarks(identifiers),
        ]
        return Learned(framing, tuple(remarks))

    # Before the code

    def _identifiers(self, heads: list[bytes]) -> _Identifiers:
        heads = [head.removesuffix(b"\xef\xbb\xbf") for head in heads]
        if found := self._aim_identifiers(heads):
            return found
        for table in CODE_IDS:
            if found := self._code_identifiers(heads, table):
                return found
        aims = tuple(read.ssi_aim for read in self._reads)
        if len(set(heads)) == 1:
            return _Identifiers(heads[0], aims=aims)
        return _Identifiers(aims=aims, trouble=(Remark("unknown_ids", "bad", b" ".join(heads)),))

    def _aim_identifiers(self, heads: list[bytes]) -> _Identifiers | None:
        """AIM identifiers, with the same prefix before or after each."""
        matches = [AIM_ID.search(head) for head in heads]
        if not all(
            match and match.group()[1:2].upper() == read.code.aim[1:2].encode()
            for match, read in zip(matches, self._reads, strict=True)
        ):
            return None
        rests = {AIM_ID.sub(b"", head, count=1) for head in heads}
        if len(rests) > 1:
            return None
        return _Identifiers(rests.pop(), aims=tuple(match.group().decode("ascii") for match in matches if match))

    def _code_identifiers(self, heads: list[bytes], table: str) -> _Identifiers | None:
        """One vendor's identifiers, after the same prefix; kinds of symbol that the vendor's table lacks are told."""
        known = CODE_IDS[table]
        aims = [known.get(head[-1:], "") for head in heads]
        right = [aim[1:2] == read.code.aim[1:2] for aim, read in zip(aims, self._reads, strict=True)]
        linear = [not read.code.optional for read in self._reads]
        prefixes = {head[:-1] for head, counts in zip(heads, linear, strict=True) if counts}
        if len(prefixes) != 1 or not all(ok for ok, counts in zip(right, linear, strict=True) if counts):
            return None
        strange = [head for head, ok in zip(heads, right, strict=True) if not ok]
        trouble = tuple(Remark("unknown_ids", "bad", head) for head in strange)
        aims = [aim if ok else "" for aim, ok in zip(aims, right, strict=True)]
        return _Identifiers(prefixes.pop(), table, tuple(aims), trouble)

    # The configuration

    def _common(self, identifiers: _Identifiers) -> FramingConfig:
        separators = {
            read.found.separator
            for read, aim in zip(self._reads, identifiers.aims, strict=True)
            if read.found.separator and aim in GS1_AIM_IDS
        }
        chinese = any(not read.code.text.isascii() and self._is_readable(read) for read in self._reads)
        return FramingConfig(
            charset="auto" if chinese else "ascii",
            prefix=identifiers.prefix,
            code_id=identifiers.code_id,  # type: ignore[arg-type]
            gs_alternative=separators.pop() if separators else b"",
            stale_ms=self._patience(500),
        )

    def _patience(self, least: int) -> int:
        """Milliseconds of silence that end a code: well above the pauses within one."""
        return max(least, round(self._gap_ms * 2.5 / 10) * 10)

    def _candidates(self, common: FramingConfig) -> Iterator[FramingConfig]:
        """Settings worth trying, the ones that need the least luck first."""
        if self._ssi:
            yield replace(common, mode="ssi")
        yield replace(common, mode="stx")
        yield common
        for ends in ((b"\t",), (b"\x03",), (b"\0",), (b"\x1d",)):
            yield replace(common, terminators=ends)
        yield replace(common, idle_ms=self._patience(DEFAULT_IDLE_MS))

    def _proves(self, config: FramingConfig, identifiers: _Identifiers) -> bool:
        """Whether the reads, through the framing, give the codes and nothing else."""
        framer, texts, start = Framer(config), [], 0.0
        for read in self._reads:
            start += _BETWEEN_READS_MS
            frames = []
            for t, data in [*read.chunks, (read.chunks[-1][0] + _BETWEEN_READS_MS - 1, b"")]:
                at = start + t - read.chunks[0][0]
                while (due := framer.due()) is not None and due <= at:
                    frames += framer.tick(due)
                frames += framer.feed(data, at)
            if self._is_readable(read):
                # A trigger pulled twice is no fault of the settings, nor is a packet sent again.
                texts.append(list({(frame.kind, frame.text): 0 for frame in frames if frame.kind != "duplicate"}))
        aims = dict(zip((read.code.name for read in self._reads), identifiers.aims, strict=True))
        return texts == [[("scan", self._text(read, aims))] for read in self._reads if self._is_readable(read)]

    @staticmethod
    def _is_readable(read: _Read) -> bool:
        return "chinese_lost" not in read.found.changes

    @staticmethod
    def _text(read: _Read, aims: dict[str, str]) -> str:
        """What ought to come out for what came in."""
        body = read.found.body
        if read.found.separator and aims[read.code.name] in GS1_AIM_IDS:
            body = body.replace(read.found.separator, b"\x1d")
        return body.decode("gb18030" if "gb18030" in read.found.changes else "utf-8")

    # What to say of it

    def _framing_remarks(self, framing: FramingConfig | None, framed: bool) -> Iterator[Remark]:
        tail = min((read.found.tail for read in self._reads), key=len)
        if framing is None:
            is_suffix = tail.strip(b"\r\n\t\0\x03\x1d")
            yield Remark("suffix", "bad", tail) if is_suffix else Remark("unusable", "bad", tail)
        elif framing.mode == "ssi":
            yield Remark("ssi", "good")
        elif framing.mode == "stx":
            yield Remark("stx", "good")
        elif framing.idle_ms:
            yield Remark("no_terminator", "look")
        else:
            yield Remark("terminator", "good", tail)
        if framed and framing is None:
            yield Remark("unusable", "bad", b"\x02")
        if self._gap_ms > _SLOW_MS:
            yield Remark("slow", "look", str(round(self._gap_ms)).encode())

    def _identifier_remarks(self, identifiers: _Identifiers) -> Iterator[Remark]:
        yield from identifiers.trouble
        if identifiers.prefix:
            yield Remark("prefix", "look", identifiers.prefix)
        if identifiers.code_id != "none":
            yield Remark("code_ids", "look", identifiers.code_id.encode())
        elif any(identifiers.aims) and not self._ssi:
            yield Remark("aim", "good")
        elif not any(identifiers.aims) and not identifiers.trouble:
            yield Remark("no_aim", "look")
        for read, aim in zip(self._reads, identifiers.aims, strict=True):
            if read.code.aim in GS1_AIM_IDS and aim and aim not in GS1_AIM_IDS:
                yield Remark("gs1_as_code128", "bad", aim.encode())

    def _content_remarks(self, identifiers: _Identifiers) -> Iterator[Remark]:
        said: set[What] = set()
        for read, aim in zip(self._reads, identifiers.aims, strict=True):
            for change in read.found.changes:
                if change in said:
                    continue
                said.add(change)
                is_bad = change in _BAD or (change == "gs_replaced" and aim not in GS1_AIM_IDS)
                yield Remark(change, "bad" if is_bad else "look", read.found.separator or read.found.body)
            if read.code.aim in GS1_AIM_IDS and not read.found.changes:
                yield Remark("gs_kept", "good")
            if not read.code.text.isascii() and not set(read.found.changes) & {"gb18030", "chinese_lost"}:
                yield Remark("utf8", "good")


def framing_text(config: FramingConfig) -> str:
    """`config` as it is written after `PORT,`; '' for what goes without saying. `parse_framing` reads it back."""
    if config.mode == "line" and config.idle_ms:
        mode, rest = "idle", parse_framing("idle")
    else:
        mode, rest = config.mode, parse_framing(config.mode)
    names: dict[tuple[bytes, ...], str] = {(b"\t",): "tab", (b"\x03",): "etx", (b"\0",): "nul", (b"\x1d",): "gs"}
    options = [
        ("term", names.get(config.terminators, ""), config.terminators != rest.terminators),
        ("idle", str(config.idle_ms), config.idle_ms != rest.idle_ms),
        ("stale", str(config.stale_ms), config.stale_ms != rest.stale_ms),
        ("charset", config.charset, config.charset != rest.charset),
        ("codeid", config.code_id, config.code_id != rest.code_id),
        ("prefix", quote_from_bytes(config.prefix, safe=""), config.prefix != rest.prefix),
        ("gs", quote_from_bytes(config.gs_alternative, safe=""), config.gs_alternative != rest.gs_alternative),
    ]
    given = [f"{name}={value}" for name, value, differs in options if differs]
    return ":".join([mode, *given]) if given or mode != "line" else ""
