"""Questions about the rules themselves: the plan as constraints, asked of z3."""
