"""The smallest Textual app: what any terminal app pays before its own first line runs."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class OneLabel(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("badge")


if __name__ == "__main__":
    OneLabel().run()
