"""Routing: the shortest walk past a set of stops, from where tours begin to where they end."""
