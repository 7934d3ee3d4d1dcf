"""What is known of a partnership: the fact model, and fact files that become cases."""
