"""Facts in tables: CSV files and workbooks, in our own layout or in that of a body's register."""
