"""The first paint is not kept waiting by what it does not need."""

import subprocess
import sys

HEAVY = {"babel", "markdown_it", "pygments", "tree_sitter", "zoneinfo", "sqlite3", "PIL", "wms.terminal.screens.board"}


def test_the_app_loads_without_the_heavy_modules():
    code = "import sys, wms.terminal.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def test_the_mirror_and_the_messages_need_no_textual():
    code = "import sys, wms.terminal.mirror; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "textual" not in loaded
