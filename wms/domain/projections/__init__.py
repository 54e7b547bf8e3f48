"""Projections: the one place where events become the picture of the warehouse.

`apply(tables, fact)` is total: it never raises for a fact that conflicts with others; the conflict becomes a row of
`review`. It looks at nothing but the tables and the fact, so that every node that holds the same events in the same
order holds the same state.
"""

from wms.domain.projections import (  # noqa: F401
    channels,
    counting,
    inspection,
    labelling,
    mending,
    orders,
    packing,
    people,
    picking,
    shipping,
    site,
    waves,
)
from wms.domain.projections.registry import apply

__all__ = ["apply"]
