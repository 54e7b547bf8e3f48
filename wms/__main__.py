"""`python -m wms` and the `wms` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; returns the exit code (0 done, 1 refused, 2 wrong usage)."""
    from wms.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
