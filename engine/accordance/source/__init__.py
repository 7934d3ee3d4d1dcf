"""Text files with positions: YAML and JSON become one tree that knows where each value stands."""
