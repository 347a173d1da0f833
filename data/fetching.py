"""Fetch the publishers' newest files into a folder, all or none: `fetch(folder)`.

Links are read from CBP's two pages, the date of CDC's release from its catalogue, each time anew. A file lands in a
hidden folder beside the others, is read by the same code that makes the tables, and only then gets its name. Requests
(with urllib3's Retry) is the client: it comes with JupyterLab, so this room runs in the environment of the course.
"""
import contextlib
import datetime
import errno
import html.parser
import json
import os
import queue
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.exceptions import TimeoutError as SlowError
from urllib3.util import Retry

from layouts import AIR_AND_MARINE, AMO_PAGE, CALLED, CBP_PAGE, CDC_PAGE, NATIONWIDE, OVERDOSE
from publishers import Folder, SameRelease, claim_of, day_in, fingerprint, read_edition, read_folder
from reading import MOST_BYTES, SourceError

CDC_DATES = {"https://data.cdc.gov/api/views/xkb8-kh2a.json": "rowsUpdatedAt",     # seconds since 1970 ...
             "https://data.cdc.gov/api/views/metadata/v1/xkb8-kh2a": "dataUpdatedAt"}   # ... or a date as text
CDC_FILES = ["https://data.cdc.gov/api/views/xkb8-kh2a/rows.csv?accessType=DOWNLOAD",
             "https://data.cdc.gov/resource/xkb8-kh2a.csv?$limit=500000&$order=:id"]
PUBLISHERS = ["cbp", "cdc"]

AGENT = "Mozilla/5.0 (compatible; four-takeaways data refresh)"
CONNECT, READ, LONGEST = 10, 30, 600    # seconds: to be connected, to wait for the next byte, for one file in all
TRIES, PAUSE, LONGEST_PAUSE = 4, 1, 60  # tries beyond the first; seconds before the second, doubled each time; at most
BUSY = (429, 500, 502, 503, 504)
SMALL = 8 * 2**20                       # bytes of a page or of the catalogue, at most
PIECE = 65536
RECORD = ".fetched.json"                # what was fetched from where, to ask only for what is newer
HIDDEN = ".fetching-"
FILE_NAME = re.compile(r"[\w .()+-]+\.(csv|csv\.gz|zip)", re.IGNORECASE)
STALE = 24 * 3600
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BROKEN = (requests.exceptions.ChunkedEncodingError, ProtocolError)


def fetch(folder, tables=None, accept=(), only=None, say=None, client=None, sources=None):
    """Fetch what is newer than what `folder` holds, and return the names of the files saved: all of them, or none.

    `only` is "cbp" or "cdc"; `say(text)` is told how far it is; `client` and `sources` are for tests. Raises
    SourceError, whose text says what is wrong, what to do, and that the folder is as it was.
    """
    folder, there = Path(folder), Path(folder).is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        complain_of_folder(folder, tables, accept)
        sweep(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=HIDDEN, ignore_cleanup_errors=True) as place:
            run = Run(folder, Path(place), tables, say or progress, client or new_client(), sources or Sources())
            for publisher in PUBLISHERS if only is None else [only]:
                {"cbp": run.from_cbp, "cdc": run.from_cdc}[publisher]()
            run.complain(accept)
            return run.put_in_place()
    except SourceError as error:
        raise SourceError(f"{error}\nNothing was saved: {folder} is as it was.") from None
    except OSError as error:
        what = "The disk is full" if error.errno in FULL else f"{folder} cannot be written ({error.strerror or error})"
        raise SourceError(f"{what}. Nothing was saved: {folder} is as it was.") from None
    except KeyboardInterrupt:
        raise SourceError(f"Stopped. Nothing was saved: {folder} is as it was.") from None
    finally:
        if not there:
            take_away(folder)


def complain_of_folder(folder, tables, accept):
    """Refuse before anything is fetched when a file that is there already cannot be read."""
    try:
        read_folder(folder, tables, accept)
    except SourceError as error:
        raise SourceError(f"A file that was there before cannot be used. {error} Or take it out of {folder}, and run "
                          "this again.") from None


def sweep(folder):
    """Take away what a run that was killed has left."""
    for place in folder.glob(HIDDEN + "*"):
        if time.time() - place.stat().st_mtime > STALE:
            shutil.rmtree(place, ignore_errors=True)


def progress(text, passing=False):
    """Print a line about what goes on; a passing one only where it can be written over."""
    if not passing:
        print(text.ljust(79), file=sys.stderr, flush=True)
    elif sys.stderr.isatty():
        print(text.ljust(79), end="\r", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Sources:
    """Where the publishers are."""

    pages: dict = field(default_factory=lambda: {NATIONWIDE: CBP_PAGE, AIR_AND_MARINE: AMO_PAGE})
    dates: dict = field(default_factory=lambda: CDC_DATES)
    files: list = field(default_factory=lambda: CDC_FILES)


class Run:
    """One run: asks the publishers, lands files in a hidden place, and puts them into the folder at the end."""

    def __init__(self, folder, place, tables, say, client, sources):
        self.folder, self.place, self.tables = folder, place, tables
        self.say, self.client, self.sources = say, client, sources
        self.landed = {}                # name in the folder: path in the hidden place
        self.record = read_record(folder)

    def from_cbp(self):
        """Every file that CBP's two pages list and that is not there, or has changed."""
        for kind, page in self.sources.pages.items():
            self.say(f"Asking {page}")
            links = links_on(self.page(page), page, kind)
            if not links:
                raise SourceError(f"{page} shows no link to {CALLED[kind]}: the page has changed. "
                                  f"{by_hand(self.folder)}")
            for name, url in links.items():
                self.file(self.held_as(f"cbp/{name}"), url)

    def from_cdc(self):
        """CDC's newest release, unless it is there."""
        date = self.date()
        if there := self.release_of(date):
            self.say(f"CDC's newest release is that of {date}: {there} is there already.")
            return
        name, faults = f"cdc/vsrr_xkb8-kh2a_{date}.csv", []
        for url in self.sources.files:
            try:
                return self.file(name, url)
            except SourceError as error:
                self.landed.pop(name, None)
                faults.append(str(error))
        raise SourceError(faults[0])

    def date(self):
        """The date of CDC's newest release, from its catalogue."""
        faults = []
        for url, key in self.sources.dates.items():
            self.say(f"Asking {url}")
            try:
                value = json.loads(self.page(url))[key]
                return (datetime.datetime.fromtimestamp(value, datetime.UTC).date() if isinstance(value, int)
                        else datetime.date.fromisoformat(value[:10]))
            except SourceError as error:
                faults.append(str(error))
            except (ValueError, KeyError, TypeError, OverflowError, OSError):
                faults.append(f"{url} does not tell the date of the release: it has changed. {by_hand(self.folder)}")
        raise SourceError(faults[0])

    def release_of(self, date):
        """The name of the file that holds CDC's release of a date, or None."""
        for path in [*self.folder.glob("*"), *self.folder.glob("[cC][dD][cC]/*")]:
            if path.is_file() and claim_of(path.name) == OVERDOSE and day_in(path.name) == str(date):
                return path.relative_to(self.folder).as_posix()
        return None

    def held_as(self, name):
        """The name under which the folder has a file of CBP, wherever it is; the usual name when it has none."""
        file = name.rpartition("/")[2]
        places = [file, f"cbp/{file}", f"CBP/{file}", f"cbp/vintages/{file}"]
        return next((place for place in places if (self.folder / place).is_file()), name)

    def page(self, url):
        """The text of a page or of the catalogue."""
        path = self.place / "page"
        self.download(url, path, SMALL, {})
        return path.read_text("utf-8", "replace")

    def file(self, name, url):
        """Land one file, unless the one that is there is the same; it must be readable."""
        held, known = self.folder / name, self.record.get(name, {})
        same = held.is_file() and known.get("url") == url and known.get("sha256") == fingerprint(held)
        asked = {header: known[key] for header, key in (("If-None-Match", "etag"), ("If-Modified-Since", "modified"))
                 if same and known.get(key)}
        path = self.place / f"{len(self.landed)}.part"
        answer = self.download(url, path, MOST_BYTES, asked)
        if answer.status_code == 304 or (held.is_file() and fingerprint(held) == fingerprint(path)):
            self.say(f"  {name}: as it is here")
        else:
            self.landed[name] = path
            read_edition(path, name, Folder(), self.tables)
        if answer.status_code != 304:
            self.record[name] = {"url": url, "etag": answer.headers.get("ETag"),
                                 "modified": answer.headers.get("Last-Modified"), "sha256": fingerprint(path),
                                 "fetched": str(datetime.date.today())}

    def complain(self, accept):
        """Refuse new files that do not fit to those that are there; a release that only has a new date is left out."""
        try:
            read_folder(self.folder, self.tables, accept, self.landed)
        except SameRelease as same:
            if same.name not in self.landed:
                raise
            self.say(f"  {same.name}: CDC gave its release a new date, but the figures are those that are here; not "
                     "saved")
            self.landed.pop(same.name)
            read_folder(self.folder, self.tables, accept, self.landed)

    def download(self, url, path, most, headers):
        """Save what a URL serves, and return the answer; a connection that breaks is tried again from the start."""
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        for left in reversed(range(TRIES)):
            try:
                with closing(pieces(self.client, url, headers)) as body, open(path, "wb") as file:
                    answer = next(body)
                    complain_of_status(answer, self.folder)
                    for piece in body:
                        file.write(piece)
                        self.say(f"  {name}: {file.tell() / 2**20:.1f} MB", passing=True)
                        if file.tell() > most:
                            raise SourceError(f"{url} does not end: more than {most // 2**20} MB. "
                                              f"{by_hand(self.folder)}")
                return answer
            except BROKEN as error:
                if not left:
                    raise SourceError(f"{url}: the connection broke before the end, {TRIES} times ({plain(error)}). "
                                      "Try again later; a new "
                                      "try starts from the beginning.") from None
                time.sleep(PAUSE)
            except (requests.RequestException, HTTPError, TimeoutError) as error:
                raise SourceError(f"{url} {reason(error)}. {by_hand(self.folder)}") from None

    def put_in_place(self):
        """Give the landed files their names, all of them; what a file replaces is kept as a vintage. Returns the
        names."""
        undo = contextlib.ExitStack()
        with undisturbed():
            try:
                for name, path in self.landed.items():
                    put(path, self.folder / name, undo)
                    self.say(f"  {name}: saved")
                write_record(self.folder, self.place, self.record)
            except BaseException:
                undo.close()
                raise
        return sorted(self.landed)


# ---- on the way --------------------------------------------------------------------------------

def new_client(loopback=False):
    """A session that speaks https only, tries again with pauses, and sends no password; `loopback` (for tests) adds
    this machine."""
    client = requests.Session()
    retry = Retry(total=TRIES, redirect=0, other=0, backoff_factor=PAUSE, backoff_max=LONGEST_PAUSE,
                  backoff_jitter=PAUSE / 2, status_forcelist=BUSY, allowed_methods={"GET"},
                  raise_on_status=False, retry_after_max=LONGEST_PAUSE)
    client.adapters.clear()
    client.mount("https://", HTTPAdapter(max_retries=retry))
    if loopback:
        client.trust_env = False
        client.mount("http://127.0.0.1:", HTTPAdapter(max_retries=retry))
    client.max_redirects = 5
    client.auth = lambda request: request  # not what a .netrc holds
    client.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
    return client


def pieces(client, url, headers):
    """Yield the answer of a URL, then its body in pieces, as they come. Raises TimeoutError when all of it takes too
    long.

    The client waits in a thread of its own, because no time-out of a socket ends a body that comes byte by byte.
    """
    came, gone, end = queue.Queue(maxsize=4), threading.Event(), time.monotonic() + LONGEST

    def put(one):
        while not gone.is_set():
            with contextlib.suppress(queue.Full):
                return came.put(one, timeout=0.1)

    def work():
        try:
            with client.get(url, headers=headers, stream=True, timeout=(CONNECT, READ)) as answer:
                put(answer)
                while not gone.is_set() and (piece := answer.raw.read1(PIECE, decode_content=True)):
                    put(piece)
            put(None)
        except Exception as error:  # told to the thread that waits
            put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        while True:
            try:
                one = came.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise TimeoutError from None
            if one is None:
                return
            if isinstance(one, Exception):
                raise one
            yield one
    finally:
        gone.set()


def complain_of_status(answer, folder):
    """Refuse an answer that is no file, with what to do."""
    status, where = answer.status_code, f"{answer.url} answers {answer.status_code} {answer.reason}"
    if status in (200, 304):
        return
    if status in (401, 403, 451):
        raise SourceError(f"{where}: it refuses, perhaps because this is no browser. {by_hand(folder)}")
    if status in (404, 410):
        raise SourceError(f"{where}: it is not there any more, the publisher has moved it. {by_hand(folder)}")
    if status == 429:
        raise SourceError(f"{where}: it was asked too often. Try again in an hour.")
    if status in BUSY:
        raise SourceError(f"{where}, {TRIES + 1} times: the publisher's server has trouble. Try again later.")
    raise SourceError(f"{where}, which is no file. {by_hand(folder)}")


def by_hand(folder):
    """What to do when a publisher cannot be asked."""
    return (f"If it stays so, save the files with a browser: the CSVs of {CBP_PAGE} and {AMO_PAGE} into "
            f"{folder / 'cbp'}, that of {CDC_PAGE} "
            f"(Export, CSV) into {folder / 'cdc'} with the day of its release in the name; then python3 data --add "
            f"{folder}")


def reason(error):
    """Why a URL could not be had, in words."""
    if isinstance(error, InvalidSchema | MissingSchema | InvalidURL):
        return "leads to an address that is not https, and was not followed"
    if isinstance(error, requests.TooManyRedirects):
        return "sends in a circle"
    if isinstance(error, requests.exceptions.SSLError):
        return "shows a certificate that this computer does not trust, as some school networks do"
    if isinstance(error, requests.Timeout | SlowError | TimeoutError):
        return f"takes too long: no connection in {CONNECT} s, no byte in {READ} s, or not all of it in {LONGEST} s"
    return f"cannot be reached ({plain(error)})"


def plain(error):
    """The innermost reason of an error of the client, without the names of its classes."""
    while isinstance(inner := getattr(error, "reason", None) or (error.args[:1] or [None])[0], Exception):
        error = inner
    return re.sub(r"^(<.*?>|\w+\(host=.*?\)): ", "", str(error)).strip("() ")[:160] or type(error).__name__


class Links(html.parser.HTMLParser):
    """All addresses on a page, in whatever quotes, capitals and entities."""

    def __init__(self, text, page):
        super().__init__()
        self.base, self.addresses = page, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        address = dict(attributes).get("href")
        if address and tag == "base":
            self.base = urljoin(self.base, address.strip())
        elif address:
            self.addresses.append(re.sub(r"\s", "%20", address.strip()))


def links_on(text, page, kind):
    """{file name: URL} of one kind of files that a page of CBP links to, on its own site, in the order of the page."""
    links, site = {}, urlsplit(page)
    found = Links(text, page)
    for address in found.addresses:
        try:
            url = urljoin(found.base, address)
            parts = urlsplit(url)
        except ValueError:
            continue    # no address
        name = unquote(parts.path.rpartition("/")[2])
        ours = f".{parts.hostname}".endswith(f".{site.hostname.removeprefix('www.')}") and parts.scheme == site.scheme
        if ours and claim_of(name) == kind and FILE_NAME.fullmatch(name):
            links[name] = max(links.get(name, ""), url)     # the folder in the address is the month of publication
    return links


# ---- in the folder -----------------------------------------------------------------------------

@contextlib.contextmanager
def undisturbed():
    """Let Ctrl-C wait until the files have their names: an instant."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def put(path, final, undo):
    """Give a landed file its name; `undo` gets what takes it back."""
    make_room(final.parent, undo)
    if not final.exists():
        undo.callback(final.unlink, missing_ok=True)
    elif fingerprint(final) != fingerprint(path):   # the same when another run was quicker
        undo.callback(os.replace, keep_vintage(final, undo), final)
    os.replace(path, final)


def make_room(room, undo):
    """Make a folder that is not there."""
    if not room.is_dir():
        make_room(room.parent, undo)
        room.mkdir(exist_ok=True)
        undo.callback(take_away, room)


def take_away(room):
    """Remove a folder, unless it holds something, perhaps from another run."""
    with contextlib.suppress(OSError):
        room.rmdir()


def keep_vintage(path, undo):
    """Copy a file that is about to be replaced to cbp/vintages/, with today's date in its name; returns the copy."""
    parts = {"vintages": ".", "cbp": "vintages"}
    room = path.parent / parts.get(path.parent.name.lower(), "cbp/vintages")
    make_room(room, undo)
    stem, dot, suffix = path.name.partition(".")
    number, copy = 0, None
    while copy is None or copy.exists():
        number += 1
        copy = room / f"{stem} until {datetime.date.today()}{f' ({number})' if number > 1 else ''}{dot}{suffix}"
    shutil.copy2(path, copy)
    return copy


def read_record(folder):
    """{name: what is known of it} of what was fetched before; empty when there is none or it cannot be read."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        return {name: known for name, known in record.items() if isinstance(known, dict)}
    except (OSError, ValueError, AttributeError):
        return {}


def write_record(folder, place, record):
    """Write the record aside, then put it in place."""
    (place / "record").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    os.replace(place / "record", folder / RECORD)
