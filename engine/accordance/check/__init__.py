"""One case against a strategy: leaves evaluated in Python, combined by durable_rules."""
