"""Workbooks and other archives without the time at which they were made."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Final

MOMENT: Final = dt.datetime(1980, 1, 1)
"""The date of every part of an archive, so that the same content gives the same bytes."""


def settled(data: bytes) -> bytes:
    """The same workbook without the time at which it was made."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*",
                    rb"\g<1>" + f"{MOMENT.isoformat()}Z".encode(),
                    content,
                )
            entry = zipfile.ZipInfo(part.filename, MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content)
    return made.getvalue()
