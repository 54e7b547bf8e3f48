"""The bounce of a trigger: one pull that reads the same code more than once."""

BOUNCE_MS = 200
"""The same code again within this time is a bounce: nobody pulls the trigger twice so fast."""
SECOND_PULL_MS = 280
"""A person who means two leaves at least this much."""
