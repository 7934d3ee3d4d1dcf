"""`python -m accordance`."""

from .cli.main import main

main()
