"""The planner's inner loops as compiled code (numba, numpy); needs the `plan` extra. Nothing outside imports it
unless it is there: `wms.planning.solve` asks."""
