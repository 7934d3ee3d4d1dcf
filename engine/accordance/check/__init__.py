"""One case against a strategy: leaves evaluated in Python, combined by the durable_rules network."""
