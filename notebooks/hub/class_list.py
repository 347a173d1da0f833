"""From a class list to names of accounts. Nothing here touches the system."""
import codecs
import csv
import re
import secrets
import unicodedata

LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
HEADINGS = {"name", "names", "full name", "student", "students", "learner", "first name", "last name", "surname",
            "given name", "family name", "nombre", "nombres", "apellido", "apellidos", "alumno", "alumna"}
LONGEST = 32                                        # of the name of an account, on Linux
CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"           # without what looks alike in print


class Unusable(ValueError):
    """A list that cannot be used; its text is a sentence for the teacher."""


def read(path):
    """The names in a class list, in its order, duplicates included; Unusable where there are none.

    path: a text with one name a line, or a .csv or .tsv, in which the columns headed as names are the name, or else the
        first cell with a letter in it. UTF-8 or what a spreadsheet writes instead. Blank lines and lines that begin
        with # are passed over.
    """
    try:
        text = decode(path.read_bytes())
    except OSError as fault:
        raise Unusable(f"The class list {path} cannot be read ({fault.strerror}).") from None
    if "\0" in text:
        raise Unusable(f"{path} is not a text. Save the class list as CSV or plain text, one name a line.")
    found = rows(text, path.suffix.lower())
    headed = [number for number, cell in enumerate(found[0] if found else ()) if same(cell) in HEADINGS]
    if headed:      # such as First name, Surname
        found = [[" ".join(row[number] for number in headed if number < len(row))] for row in found[1:]]
    names = [name for row in found if (name := tidy(row))]
    if not names:
        raise Unusable(f"There is no name in {path}. Write one name a line.")
    return names


def decode(data):
    """Bytes as text: UTF-8 or UTF-16 with or without a mark, else what an older Windows wrote."""
    for encoding in ("utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")       # which knows every byte


def rows(text, suffix):
    """Each line as its cells; a plain text has one a line, in which a comma is part of the name."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if suffix not in (".csv", ".tsv"):
        return [re.split(r"[\t;]", line) for line in lines]
    separator = max("\t;,", key=lambda one: sum(one in line for line in lines))
    return list(csv.reader(lines, delimiter=separator))


def tidy(cells):
    """The first cell with a letter in it, as a name on one line; empty where there is none."""
    for cell in cells:
        shown = "".join(one if one.isprintable() else " " for one in unicodedata.normalize("NFC", cell))
        if any(one.isalpha() for one in shown):
            return " ".join(shown.split())[:80]
    return ""


def plain(name):
    """A name as letters, digits and dashes, such as ana-garcia-lopez; empty where none of it is Latin."""
    bare = unicodedata.normalize("NFKD", name.lower().translate(LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def stem(name, prefix):
    """The name of an account but for the number: the prefix and her name, short enough."""
    return (prefix + (plain(name) or "learner"))[:LONGEST - 4].rstrip("-")


def account(name, prefix, taken):
    """A name of an account that is not taken yet, with a number where there are two."""
    first = stem(name, prefix)
    number, one = 2, first
    while one in taken:
        one, number = f"{first}-{number}", number + 1
    return one


def same(name):
    """What two writings of one name have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def password():
    """Twelve letters and digits in three groups: about 59 bits, so that no number of guesses finds it."""
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(3))
