"""Read one publisher's file as a table: whatever its packing, row by row, in bounded memory. The standard library
alone.

A file may be plain, gzip or zip (told by its first bytes, not by its name), with or without a byte-order mark. Whatever
cannot be a publisher's CSV (a web page, a workbook, an endless line, a bomb) is refused in one sentence, `SourceError`.
"""
import contextlib
import csv
import gzip
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 64 * 2**20         # of one file, unpacked; CDC's of 2026 has 14 MB and grows by 1.3 MB a year
MOST_ROWS = 500_000             # of one file; CDC's of 2026 has about 86,000
LARGEST_ZIP = 8 * 2**20         # as it lies on the disk: a zip is read as a whole list of names first
LONGEST_LINE = 20_000           # characters; the longest so far has about 250
PACKED, ZIPPED = b"\x1f\x8b", b"PK\x03\x04"
NO_TABLE = {                    # first bytes: what the file is
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "text in UTF-16, as Excel saves \"Unicode text\"",
    b"\xfe\xff": "text in UTF-16",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"version https://git-lfs": "the pointer of a file that Git LFS holds, not the file",
}
AGAIN = "Download it again."
csv.field_size_limit(LONGEST_LINE)


class SourceError(Exception):
    """A publisher's file that is missing or cannot be read as expected; the text says what to do."""


class Unlike(SourceError):
    """A file whose form is not that of a publisher's table."""


@dataclass(frozen=True)
class Row:
    """Where a row stands, for the sentences about it."""

    file: str
    line: int

    def __str__(self):
        return f"{self.file}, row {self.line}"


class Bounded(io.RawIOBase):
    """The bytes of a packed or plain file; a SourceError instead of the byte beyond MOST_BYTES."""

    def __init__(self, file, name):
        self.file, self.name, self.left = file, name, MOST_BYTES

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.file.read(min(len(buffer), 65536))
        self.left -= len(data)
        if self.left < 0:
            raise SourceError(f"{self.name} unpacks to more than {MOST_BYTES // 2**20} MB, far more than the "
                              "publishers' files "
                              f"have. {AGAIN}")
        buffer[:len(data)] = data
        return len(data)


@contextlib.contextmanager
def opened(path, name=None):
    """The text of a file, as a stream; `name` is what sentences call it. Raises SourceError, also later while it is
    read."""
    path = Path(path)
    name = name or path.name
    with contextlib.ExitStack() as stack, sentences(name):
        raw = stack.enter_context(open(path, "rb"))
        start = raw.read(64)
        raw.seek(0)
        if start.startswith(PACKED):
            raw = stack.enter_context(gzip.GzipFile(fileobj=raw))
        elif start.startswith(ZIPPED):
            if path.stat().st_size > LARGEST_ZIP:
                raise SourceError(f"{name} is a zip file of more than {LARGEST_ZIP // 2**20} MB, far more than a "
                                  "publisher's file has.")
            raw = stack.enter_context(only_member(stack.enter_context(zipfile.ZipFile(raw)), name))
        content = stack.enter_context(io.BufferedReader(Bounded(raw, name), 65536))
        complain_of_form(content.peek(64)[:64], name)
        yield stack.enter_context(io.TextIOWrapper(content, "utf-8-sig", newline=""))


@contextlib.contextmanager
def sentences(name):
    """Turn what goes wrong while a file is opened or unpacked into a SourceError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise Unlike(f"{name} is not UTF-8 text (byte {error.object[error.start]:#x}): another program has saved it "
                     f"anew. {AGAIN}") from None
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise Unlike(f"{name} cannot be unpacked ({error}): it is cut or damaged. {AGAIN}") from None
    except OSError as error:
        raise SourceError(f"{name} cannot be read ({error.strerror or error}).") from None


def only_member(archive, name):
    """The one CSV in a zip file, opened."""
    names = [one.filename for one in archive.infolist()
             if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if "xl/workbook.xml" in names:
        raise Unlike(f"{name} is an Excel workbook, not a CSV. Download the CSV again, without opening it in Excel.")
    tables = [one for one in names if one.lower().endswith(".csv")]
    if len(tables) != 1:
        raise Unlike(f"{name} holds {len(tables)} CSV files, not one. Unpack it into the folder, and take the "
                     "archive away.")
    return archive.open(tables[0])


def complain_of_form(start, name):
    """Refuse what is no text of a table, by its first bytes."""
    for mark, what in NO_TABLE.items():
        if start.startswith(mark):
            raise Unlike(f"{name} is {what}, not a CSV. Download the CSV again.")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise Unlike(f"{name} is empty. {AGAIN}")
    if text.startswith((b"<", b"{", b"[")):
        what = "a web page" if text.startswith(b"<") else "JSON"
        raise Unlike(f"{name} is {what}, not a CSV: perhaps an error message of the publisher's server. {AGAIN}")


def lines_of(text, name):
    """The lines of a text stream, each bounded; NUL bytes and endless lines are refused."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if "\0" in line:
            raise Unlike(f"{Row(name, number)} holds a NUL byte: the file is damaged or no text. {AGAIN}")
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise Unlike(f"{Row(name, number)} is longer than {LONGEST_LINE:,} characters: the file is damaged. "
                         f"{AGAIN}")
        if number > MOST_ROWS:
            raise SourceError(f"{name} has more than {MOST_ROWS:,} rows, far more than the publishers' files have. "
                              f"{AGAIN}")
        yield line


def records(text, name):
    """Yield (row number, cells) of a CSV stream, the header included; blank lines are passed over."""
    reader = csv.reader(lines_of(text, name), strict=True)
    line = 0
    try:
        for cells in reader:
            if reader.line_num > line + 1:
                raise csv.Error("a cell runs over several rows")
            line = reader.line_num
            if cells:
                yield line, cells
    except csv.Error as error:
        raise Unlike(f"{Row(name, line + 1)}: {error}; a quotation mark is missing or too many. {AGAIN}") from None


def column_name(name):
    """'Sum Qty (lbs)' -> 'sum_qty_lbs': the same name in every release."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


class Table:
    """A CSV whose header was read: `columns` {name: position}, and an iterator over (row number, cells).

    `aliases` gives the usual name of columns that had another one in some release. Raises Unlike when the header is no
    header.
    """

    def __init__(self, text, name, aliases=None):
        self.name, self.rows = name, records(text, name)
        self.header = next(self.rows, (1, []))[1]
        self.complain_of_hands()
        self.header = [re.sub(r"\s+", " ", cell).strip() for cell in self.header]
        names = [column_name(cell) for cell in self.header]
        names = [(aliases or {}).get(column, column) for column in names]
        names = ["" if column == "unnamed_0" else column for column in names]   # an index that another program added
        names = [cell if cell.startswith(":") else column for cell, column in zip(self.header, names)]  # Socrata's own
        if twice := next((column for column in names if names.count(column) > 1), None):
            raise Unlike(f"{Row(name, 1)}: column {twice!r} is there twice. {AGAIN}")
        self.columns = {column: place for place, column in enumerate(names)}

    def complain_of_hands(self):
        """Refuse what a spreadsheet leaves when somebody saves the file from it."""
        where = Row(self.name, 1)
        for mark, what in ((";", "semicolons"), ("\t", "tabs")):
            if len(self.header) == 1 and mark in self.header[0]:
                raise Unlike(f"{where}: the columns are separated by {what}, as spreadsheets do in some countries: "
                             "the file was saved "
                             f"anew by hand. Download it again, and leave it unopened.")
        empty = sum(not cell.strip() for cell in self.header[1:])
        if empty:
            raise Unlike(f"{where}: {empty} column{'s have' if empty > 1 else ' has'} no name, as Excel leaves them "
                         "at the end after "
                         "editing: the file was saved anew by hand. Download it again, and leave it unopened.")

    def need(self, needed, known=None):
        """Refuse the table when a column is missing, or one is there that `known` does not list."""
        where = Row(self.name, 1)
        missing = [column for column in needed if column not in self.columns]
        if missing:
            raise SourceError(f"{where}: column {missing[0]!r} is missing; the header reads "
                              f"{', '.join(self.header)[:300] or 'nothing'}. "
                              f"{AGAIN}")
        unknown = [column for column in self.columns if column not in (known or self.columns)
                   and column and not column.startswith(":")]
        if unknown:
            raise SourceError(f"{where}: column {unknown[0]!r} is not known. If the publisher added it, add it to "
                              "data/layouts.py.")

    def __iter__(self):
        width = len(self.columns)
        for line, cells in self.rows:
            if len(cells) != width:
                raise SourceError(f"{Row(self.name, line)}: {len(cells)} values for {width} columns: the file is "
                                  "cut, or was edited "
                                  f"by hand. {AGAIN}")
            yield line, cells
