"""Mistakes of the kind this product must never make, made on purpose."""


def apply(name: str) -> None:
    """Make the mistake in this process. Raises `KeyError` for a name that is none."""
    if name:
        raise KeyError(name)
