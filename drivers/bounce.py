"""The bounce of a trigger: one pull that reads the same code more than once."""

BOUNCE_MS = 150
"""The same code again within this time is a bounce. Bounces were measured up to 120 ms apart; a person's second pull
comes 250 ms after the first at the soonest, and what delays a read on its way brings some of them closer."""
