"""Scanners, scales and printers: bytes in, bytes out. Knows nothing of warehouses, screens or labels."""
