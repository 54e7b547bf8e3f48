"""The planner without compiled libraries: the same problems and plans, found more slowly."""
