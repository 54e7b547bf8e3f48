"""The screens: they draw the newest `View` of a station and hand it what the operator does. Nothing here decides."""

import os

# Read by Textual when it is first imported. An escape waits 25 ms for its sequence, so that ESC and a following digit
# stay two keys; the kitty protocol is off, so that a keyboard wedge's GS arrives as the control character it is.
os.environ.setdefault("ESCDELAY", "25")
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
