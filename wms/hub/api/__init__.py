"""The interface for other programs: ERPs, shops, monitors. `wms.hub.api.routes` puts it together."""
