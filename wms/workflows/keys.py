"""The keys that mean the same on every operator's screen."""

from __future__ import annotations

from wms.workflows.prompt import Key, msg, plain

HELP = Key("f1", msg("Help"))
CANT = Key("f2", msg("Can't"))
UNDO = Key("f3", msg("Undo"))
MORE = Key("f4", msg("More"), plain(".."))
KEYS = (HELP, CANT, UNDO, MORE)
