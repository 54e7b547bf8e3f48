"""Why a port could not be opened, told so that one can do something about it."""

from __future__ import annotations

import os
from pathlib import Path

from drivers.address import Address
from drivers.port_access import access_to
from drivers.port_owner import MODEM_MANAGER, Owner, modem_manager, owners_of
from drivers.port_system import HERE, System
from drivers.transport import PortError

PLUG_IN = "plug it in; wms doctor lists the ports there are"
KEEP_MODEM_MANAGER_AWAY = "it lets go within half a minute; to keep it away install deploy/udev/70-wms.rules"


def explained(error: PortError, address: Address, system: System = HERE) -> PortError:
    """The same fault with who holds the port, or who may open it. Takes some milliseconds; never raises."""
    if address.kind != "device" or error.mend:
        return error
    if error.reason == "busy":
        return _busy(address.target, system)
    if error.reason == "denied":
        access = access_to(address.target)
        if access.detail:
            return PortError("denied", access.detail, access.mend)
        return PortError("denied", error.detail, "in a container, hand the device in with --device")
    if error.reason == "missing":
        return PortError("missing", _missing_words(address.target, error), PLUG_IN)
    return error


def _missing_words(device: str, error: PortError) -> str:
    path = Path(device)
    if not path.is_symlink():
        return error.detail
    return f"{device} leads to {os.path.realpath(path)}, which is not there"


def _busy(device: str, system: System) -> PortError:
    return PortError("busy", *busy_words(device, owners_of(device, system), system))


def busy_words(device: str, owners: list[Owner], system: System = HERE) -> tuple[str, str]:
    """What to say of a port others have open, and what to do about it."""
    if any(owner.program == MODEM_MANAGER for owner in owners):
        return f"{device} is open in {MODEM_MANAGER}", KEEP_MODEM_MANAGER_AWAY
    if owners:
        names = [str(owner) for owner in owners if owner.pid != os.getpid()]
        names += ["this program"] * (len(names) < len(owners))
        return f"{device} is open in {', '.join(names)}", "close it there"
    if suspect := modem_manager(system):
        return f"{device} is open in another program, perhaps {suspect}", KEEP_MODEM_MANAGER_AWAY
    return f"{device} is open in another program", f"sudo fuser -v {device} names it"


def shared_words(address: Address, system: System = HERE) -> tuple[str, str]:
    """The same for a port that is open here and in other programs as well; '' and '' if it is open here alone."""
    if address.kind != "device":
        return "", ""
    others = [owner for owner in owners_of(address.target, system) if owner.pid != os.getpid()]
    if not others:
        return "", ""
    says, mend = busy_words(address.target, others, system)
    return f"{says} too: some of what is read goes there", mend
