"""Small changes to a strategy, and which of them no rule case notices."""
