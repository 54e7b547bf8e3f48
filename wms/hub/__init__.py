"""The hub: numbers what terminals record, decides what only one can decide, and tells everybody."""
