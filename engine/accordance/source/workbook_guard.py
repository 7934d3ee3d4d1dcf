"""Looks through a workbook before a library opens it: a few kilobytes can unpack to gigabytes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final
from xml.parsers import expat

from ..problem import Code, Place, Problem, Refused
from .text import MAX_FILE_BYTES

MAX_UNPACKED_BYTES: Final = 128 * 1024 * 1024
MAX_PARTS: Final = 1_000
MAX_WORKBOOK_CELLS: Final = 1_000_000
MAX_MERGED_CELLS: Final = 100_000
MAX_ELEMENTS: Final = 5_000_000
_CHUNK: Final = 1024 * 1024
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


def guard(data: bytes, name: str) -> None:
    """Raises Refused for what is no workbook, and for one that would fill the memory."""
    if len(data) > MAX_FILE_BYTES:
        raise _refusal(
            Code.FILE_TOO_LARGE,
            name,
            f"the workbook is larger than {MAX_FILE_BYTES // 2**20} MB",
            "split it into several",
        )
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _refusal(
            Code.FILE_KIND,
            name,
            "this is an old Excel file, or one with a password",
            "save it as a workbook (.xlsx) without one",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look_through(archive, name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError):
        raise not_a_workbook(name) from None
    except (RuntimeError, ValueError) as fault:  # a password; a broken offset; zlib's own errors
        if isinstance(fault, RuntimeError) and "password" in str(fault):
            raise _refusal(
                Code.FILE_KIND, name, "the workbook has a password", "save it without one"
            ) from None
        raise not_a_workbook(name) from None
    except Exception as fault:
        if type(fault).__module__ == "zlib":
            raise not_a_workbook(name) from None
        raise


def not_a_workbook(name: str) -> Refused:
    return _refusal(
        Code.FILE_KIND,
        name,
        "the file is not a workbook, or it is damaged",
        "save it again as a workbook (.xlsx)",
    )


def _look_through(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise _too_large(name)
    if "[Content_Types].xml" not in archive.namelist():
        raise not_a_workbook(name)
    left = MAX_UNPACKED_BYTES
    counter = _Counter(name)
    for part in parts:
        is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        parser = counter.parser() if is_xml else None
        # What the archive says of a part's size is not believed.
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _too_large(name)
                if parser is not None:
                    _feed(parser, chunk, False, name)
        if parser is not None:
            _feed(parser, b"", True, name)


def _feed(parser: expat.XMLParserType, chunk: bytes, is_last: bool, name: str) -> None:
    try:
        parser.Parse(chunk, is_last)
    except expat.ExpatError:
        raise not_a_workbook(name) from None


class _Counter:
    """Counts what a library would make objects of."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements = 0
        self.cells = 0
        self.merged = 0

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self.refuse_doctype
        parser.StartElementHandler = self.count
        return parser

    def refuse_doctype(self, *_: object) -> None:
        raise _refusal(
            Code.FILE_KIND,
            self.name,
            "the workbook holds a document type, which no spreadsheet writes",
            "save it again as a workbook (.xlsx)",
        )

    def count(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if tag == "c" or tag.endswith(":c"):
            self.cells += 1
        elif tag.endswith("mergeCell"):
            area = _AREA.fullmatch(attributes.get("ref", ""))
            if area:
                width = abs(_column(area[3]) - _column(area[1])) + 1
                self.merged += width * (abs(int(area[4]) - int(area[2])) + 1)
        if (
            self.cells > MAX_WORKBOOK_CELLS
            or self.merged > MAX_MERGED_CELLS
            or self.elements > MAX_ELEMENTS
        ):
            raise _too_large(self.name)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _too_large(name: str) -> Refused:
    return _refusal(
        Code.TOO_MANY_VALUES,
        name,
        f"the workbook unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB or holds more than "
        f"{MAX_WORKBOOK_CELLS:,} cells",
        "split it into several; clear formats and merged cells outside the table",
    )


def _refusal(code: Code, name: str, message: str, help: str) -> Refused:
    return Refused(Problem(code, message, Place(name), help))
