"""Open contracting data (OCDS): releases of one contracting process become the facts of a case."""
