"""Labels that this terminal has not printed yet, because their printer can't."""

from __future__ import annotations

from wms.domain.ids import ParcelId
from wms.domain.records import Record
from wms.workflows.prompt import NOTHING, Msg


class Unprinted(Record):
    """`waiting` are parcels of whose present number nothing was ever sent, with what is wrong with the printer.

    `trouble` is what is wrong with the one that prints the labels asked for next; nothing if it is ready, or none is
    set up here.
    """

    waiting: tuple[tuple[ParcelId, Msg], ...] = ()
    trouble: Msg = NOTHING

    def why(self, parcel: ParcelId) -> Msg:
        """Why that parcel's label is not out; nothing if it may be."""
        return dict(self.waiting).get(parcel, NOTHING)
