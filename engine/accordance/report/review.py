"""A review in words: JSON as it is, a summary for the terminal, a page of Markdown, one of HTML."""

from __future__ import annotations

import json

from . import Json
from .page import Page


def text(review: Json, format_name: str, page: Page) -> str:
    """The review in one of the formats that are text."""
    if format_name == "json":
        return json.dumps(review, ensure_ascii=False, indent=2) + "\n"
    if format_name == "markdown":
        from .review_markdown import markdown

        return markdown(review)
    if format_name == "html":
        from .review_html import html

        return html(review)
    from .review_table import table

    return table(review, page)
