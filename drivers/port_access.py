"""Who may open a device, and what to do when it is not us."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

if os.name == "posix":
    import grp
    import pwd


@dataclass(frozen=True, slots=True)
class Access:
    """`group` is the one whose members may open the device, '' if there is none. `detail`, `mend`: '' if allowed."""

    allowed: bool
    group: str = ""
    detail: str = ""
    mend: str = ""


UDEV_RULE = "let udev give it to dialout: install deploy/udev/70-wms.rules"


def access_to(device: str) -> Access:
    """Whether this process may open a device, else which command changes that. Never raises."""
    if os.name != "posix":
        return Access(True)
    try:
        status = Path(device).stat()
    except (OSError, ValueError):
        return Access(False)
    group = _group_name(status.st_gid)
    opens_to_group = bool(status.st_mode & stat.S_IRGRP and status.st_mode & stat.S_IWGRP) and status.st_gid != 0
    group = group if opens_to_group else ""
    if os.access(device, os.R_OK | os.W_OK):
        return Access(True, group)
    owner = _user_name(status.st_uid)
    if not group:
        return Access(False, "", f"only {owner} may open {device}", UDEV_RULE)
    says = f"only {owner} and members of {group} may open {device}"
    user = _user_name(os.geteuid())
    if _is_listed(user, group):
        mend = f"{user} is in {group} from the next sign-in on: sign out and in again"
    else:
        mend = f"sudo usermod -aG {group} {user}, then sign out and in again"
    return Access(False, group, says, mend)


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _is_listed(user: str, group: str) -> bool:
    try:
        return user in grp.getgrnam(group).gr_mem
    except KeyError:
        return False
