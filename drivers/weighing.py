"""The protocols of scales by name: bytes and the time they came in, samples out."""

from __future__ import annotations

from collections.abc import Callable

from drivers.weighing_continuous import Cas22, plain, xk3190, xk3190_reversed, xk3190_wg
from drivers.weighing_frames import GRAMS_PER_UNIT, Parser, Sample, Settled, Status
from drivers.weighing_polled import CasEnquiry, dini, nci, sics
from drivers.weighing_toledo import ToledoContinuous, tol8217

__all__ = ["PROTOCOLS", "UNITLESS", "Parser", "Sample", "Status", "bare_parser", "build_parser", "settle"]

PROTOCOLS: dict[str, Callable[[], Parser]] = {
    "sics": sics,
    "toledo": ToledoContinuous,
    "tol8217": tol8217,
    "cas22": Cas22,
    "casenq": CasEnquiry,
    "nci": nci,
    "dini": dini,
    "xk3190": xk3190,
    "xk3190r": xk3190_reversed,
    "xk3190w": xk3190_wg,
    "plain": plain,
}
UNITLESS: dict[str, Callable[[str], Parser]] = {
    "tol8217": tol8217,
    "xk3190": xk3190,
    "xk3190r": xk3190_reversed,
}
"""These never say a unit: kg is meant, or the one appended to the name, `tol8217-lb`."""

SETTLING = {"xk3190": (5, 500.0), "xk3190r": (5, 500.0), "xk3190w": (5, 500.0)}
TWICE = (2, 0.0)
"""A stable weight counts when it was told twice: a digit mutilated on the line is not."""


def bare_parser(name: str) -> Parser:
    """The protocol's frames as they come. Raises ValueError for a name that is none."""
    protocol, dash, unit = name.partition("-")
    if protocol in PROTOCOLS and not dash:
        return PROTOCOLS[protocol]()
    if protocol in UNITLESS and unit in GRAMS_PER_UNIT:
        return UNITLESS[protocol](unit)
    if protocol in UNITLESS:
        raise ValueError(f"unknown unit {unit}: use one of {', '.join(GRAMS_PER_UNIT)}")
    raise ValueError(f"unknown protocol {name}: use auto or one of {', '.join(PROTOCOLS)}")


def settle(name: str, parser: Parser) -> Parser:
    """The parser with what its protocol takes until a weight counts as stable."""
    count, span_ms = SETTLING.get(name.partition("-")[0], TWICE)
    return Settled(parser, count, span_ms)


def build_parser(name: str) -> Parser:
    """The protocol from its beginning. Raises ValueError for a name that is none."""
    return settle(name, bare_parser(name))
