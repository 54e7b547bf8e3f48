"""How a person pulls a scanner's trigger."""

SECOND_PULL_MS = 280
"""A person who means a second unit leaves at least this much; a bounce (`drivers.bounce`) comes much sooner."""
