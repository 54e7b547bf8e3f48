"""Handlers by area. Importing this package registers them all."""

from wms.workflows.handlers import counting, inspection, labelling, leasing, mending, office, packing, people, picking, shipping  # noqa: F401
