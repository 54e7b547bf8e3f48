"""Handlers by area. Importing this package registers them all."""

from wms.workflows.handlers import (  # noqa: F401
    channels,
    counting,
    inspection,
    labelling,
    leasing,
    mending,
    office,
    packing,
    people,
    picking,
    shipping,
    waves,
)
