"""The same rules in other engines."""
