"""A strategy in an editor: what is wrong as one types, what could be written here, what a name
means, where it stands and how to rename it. `server` speaks the protocol; the rest knows nothing of
it and counts characters of texts."""
