"""The numbers of a strategy, out to a sheet and back in."""
