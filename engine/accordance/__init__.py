"""Accordance: is this partnership in accordance with our collaboration strategy?"""

__version__ = "0.1.0"
