"""Planning: which orders go together, what they take from where, and in which order it is walked. No I/O."""
