"""Many cases at once: the plan of a strategy as a relational one, run over columns of facts."""
