"""The review of a portfolio: what its people say, where the evidence puts it, how it compares."""
