"""What the scale of a packing bench says, and what to do about it, in the packer's words."""

from __future__ import annotations

from wms.domain.ids import ParcelId
from wms.domain.records import Record
from wms.workflows.prompt import NOTHING, Key, Msg, Said, info, msg, no

ZERO = Key("f5", msg("Zero"))
CLEAR_TARE = Key("f6", msg("Clear tare"), msg("Untare"))


class OnScale(Record):
    """`status` is a word of `drivers.scale.Reading`, or `lost` without a port, '' without a scale or a word of it yet.

    `can` are the commands it obeys; `net` while it takes a tare off; `loaded` while something lies on the pan.
    `weighed` is the parcel whose weight was taken and that was not seen to leave the pan since.
    """

    status: str = ""
    can: tuple[str, ...] = ()
    net: bool = False
    loaded: bool = False
    weighed: ParcelId = ParcelId("")


_TROUBLE = {
    "lost": msg("Scale lost: check cable, power"),
    "silent": msg("Scale is silent: check cable, power"),
    "over": msg("Scale overloaded: take it off"),
    "under": msg("Scale out of range: empty the pan"),
    "unknown_protocol": msg("Scale not understood: call the supervisor"),
}
_INSTEAD = {
    "lost": msg("No scale: type the grams"),
    "silent": msg("No scale: type the grams"),
    "over": msg("Too heavy: take it off, type the grams"),
    "unknown_protocol": msg("No weight comes: type the grams"),
    "moving": msg("Hands off: wait until it rests"),
}


def scale_trouble(scale: OnScale) -> Msg:
    """What is wrong with it for everybody; nothing while it weighs."""
    return _TROUBLE.get(scale.status, NOTHING)


def what_to_do(scale: OnScale, parcel: ParcelId) -> Msg:
    """What the weighing screen of `parcel` asks for instead of it; nothing while the scale is ready for it."""
    if scale.status in ("stable", "moving") and scale.weighed not in ("", parcel):
        return msg("Take the last parcel off first")
    if scale.status not in ("negative", "under"):
        return _INSTEAD.get(scale.status, NOTHING)
    if scale.net and "clear_tare" in scale.can:
        return msg("Below zero: empty the pan, then F6")
    if "zero" in scale.can:
        return msg("Below zero: empty the pan, then F5")
    return msg("Below zero: empty the pan, press zero on the scale")


def scale_keys(scale: OnScale) -> tuple[Key, ...]:
    """The keys that command it."""
    zero = (ZERO,) if "zero" in scale.can else ()
    return (*zero, CLEAR_TARE) if scale.net and "clear_tare" in scale.can else zero


def answered(command: str, result: str) -> Said:
    """What became of a command, for a result of `drivers.scale.Scale`."""
    if command == "zero":
        return _zeroed(result)
    if result == "done":
        return info(msg("Tare cleared"), msg("The scale shows all that lies on it"))
    return no(msg("Tare not cleared"), msg("Clear it on the scale itself"))


def _zeroed(result: str) -> Said:
    match result:
        case "done":
            return info(msg("Scale zeroed"), msg("Put the parcel on the scale"))
        case "moving":
            return no(msg("Not zeroed: the scale moves"), msg("Hands off the pan, then F5 again"))
        case "out_of_range":
            return no(msg("Not zeroed: something lies there"), msg("Empty the pan, then F5 again"))
        case "no_answer":
            return no(msg("The scale does not answer"), msg("Press zero on the scale itself"))
    return no(msg("The scale did not zero"), msg("Press zero on the scale itself"))
