"""Sync, a terminal's side: `client` works in the background, `membership` joins a hub and syncs once."""
