"""Rules over the portfolio: groups of cases, what each group amounts to, and why."""
