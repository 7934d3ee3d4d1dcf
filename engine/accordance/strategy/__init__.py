"""Strategy folders: what a public body wrote as rules, read into one frozen `Strategy`."""
