"""The screens: they draw the newest `View` of a station and hand it what the operator does. Nothing here decides."""

import os

# Read by Textual when it is first imported. The kitty protocol is off, so that a keyboard wedge's GS arrives as the
# control character it is.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
