"""The autopilot: a whole day of a warehouse, lived by simulated people through the real screens, drivers and stores.

Each person reads a terminal's mirror as one reads a screen, and answers with a scanner, keys, a scale. None of them
looks into a database to decide. Afterwards the databases of all nodes are audited.
"""

from wms.demo.autopilot.children import HubDidNotStart
from wms.demo.autopilot.day import Stuck
from wms.demo.autopilot.person import Lost
from wms.demo.autopilot.report import Report
from wms.demo.autopilot.run import Interrupted, run
from wms.demo.autopilot.terminal import Dead
from wms.demo.autopilot.warehouse import NoOrders

FAILURES = (Dead, HubDidNotStart, Lost, NoOrders, Stuck)
"""How a day can end before it is over; the text of each names the terminal and its last prompt."""

__all__ = ["FAILURES", "Interrupted", "Report", "run"]
