"""What a change of the strategy does to partnerships: two sweeps of the same cases, compared."""
