"""The hub in a process of its own: the product's command line, with a mutation of the rig's where one is asked for.

`python -m tests.faults.hub_process [--mutate NAME] hub serve …`
"""

from __future__ import annotations

import sys

from tests.faults import mutants


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--mutate"]:
        mutants.apply(arguments[1])
        arguments = arguments[2:]
    from wms.cli.main import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
