"""The plan: a strategy as every engine reads it."""
