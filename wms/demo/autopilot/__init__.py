"""The autopilot: a whole day of a warehouse, lived by simulated people through the real screens, drivers and stores.

Each person reads a terminal's mirror as one reads a screen, and answers with a scanner, keys, a scale. None of them
looks into a database to decide. Afterwards the databases of all nodes are audited.
"""
