"""Fetching from publishers that answer well, badly, slowly, endlessly or not at all: all files come, or none."""
import csv
import gzip
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

import publisher_files as made
from publisher_files import AMO_NEW, AMO_OLD, CBP_NEW, CBP_OLD, DATA

import experience
import fetching
import layouts
import make
from reading import SourceError

RELEASE = 1797379200            # 2026-12-16
CDC_NEW = "cdc/vsrr_xkb8-kh2a_2026-12-16.csv"
FETCHED = sorted([CBP_OLD, CBP_NEW, AMO_OLD, AMO_NEW, CDC_NEW])


class Publishers(http.server.ThreadingHTTPServer):
    """A web server on this machine that stands for the publishers; `answers` {path: bytes or what to do with a
    request}."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked, self.headers = {}, [], {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that goes away is what these tests are about

    @property
    def sources(self):
        return fetching.Sources(
            {layouts.NATIONWIDE: self.url + "/stats/drugs", layouts.AIR_AND_MARINE: self.url + "/stats/amo"},
            {self.url + "/about.json": "rowsUpdatedAt", self.url + "/about2.json": "dataUpdatedAt"},
            [self.url + "/rows.csv?accessType=DOWNLOAD", self.url + "/resource.csv?$limit=500000"],
        )


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True      # it holds a body back for 40 ms after its headers

    def log_message(self, *values):
        pass

    def do_GET(self):
        path = self.path.split("?")[0]
        self.server.asked.append(path)
        self.server.headers[path] = dict(self.headers)
        answer = self.server.answers.get(path, status(404))
        if not isinstance(answer, bytes):
            return answer(self)
        tag = f'"{hash(answer)}"'
        if self.headers.get("If-None-Match") == tag:
            return status(304)(self)
        self.send(answer, {"ETag": tag})

    def send(self, body, headers=None, code=200):
        self.send_response(code)
        for name, value in {"Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)


def status(code, **headers):
    return lambda handler: handler.send(b"", {name.replace("_", "-"): value for name, value in headers.items()}, code)


def page(*links):
    """A page of CBP with links to files."""
    return (
        "<!DOCTYPE html><html><body>" + " ".join(f'<a href="{link}">CSV</a>' for link in links) + "</body></html>"
    ).encode()


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """What the publishers serve: {path: bytes}."""
    whole = made.fill(tmp_path_factory.mktemp("publishers"))
    answers = {
        f"/files/2026-06/{name.split('/')[1]}": (whole / name).read_bytes()
        for name in (CBP_OLD, CBP_NEW, AMO_OLD, AMO_NEW)
    }
    answers["/stats/drugs"] = page(*(path for path in answers if "/nationwide" in path))
    answers["/stats/amo"] = page(*(path for path in answers if "/amo" in path))
    answers["/about.json"] = json.dumps({"rowsUpdatedAt": RELEASE}).encode()
    answers["/rows.csv"] = made.text_of(release("2026-07", 60_000))
    return answers


def release(last, deaths):
    """A release of CDC with all states, 24 months to `last`."""
    year, month = int(last[:4]), int(last[5:])
    months = layouts.months_between(f"{year - 2 + (month == 12)}-{month % 12 + 1:02}", last)
    return [made.CDC_HEADER] + [made.vsrr_row(state, made.ALL_DRUGS, month, deaths if state == "US" else 1000, deaths)
                                for state in sorted(layouts.STATES) for month in months]


@pytest.fixture
def quick(monkeypatch):
    """Short pauses and time-outs."""
    for name, value in {"PAUSE": 0.01, "LONGEST_PAUSE": 1, "CONNECT": 2, "READ": 10, "LONGEST": 60}.items():
        monkeypatch.setattr(fetching, name, value)


@pytest.fixture
def server(files, quick):
    """The publishers, all well."""
    web = Publishers()
    web.answers = dict(files)
    yield web
    web.shutdown()
    web.server_close()


@pytest.fixture
def fetch(server, tmp_path):
    """Fetch from the publishers of this test into tmp_path/new."""
    def run(folder=tmp_path / "new", tables=DATA, **more):
        return fetching.fetch(folder, tables, client=fetching.new_client(loopback=True), sources=server.sources,
                              say=more.pop("say", lambda text, passing=False: None), **more)
    return run


def held(folder):
    """{name: bytes} of everything in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()
    }


# ---- when all is well --------------------------------------------------------------------------

def test_all_files_come_and_make_the_tables(fetch, server, tmp_path):
    said = []
    assert fetch(say=lambda text, passing=False: said.append(text)) == FETCHED
    new = tmp_path / "new"
    assert sorted(held(new)) == sorted([*FETCHED, ".fetched.json"])
    assert all(
        (new / name).read_bytes() == server.answers[f"/files/2026-06/{name.split('/')[1]}"] for name in FETCHED[:4]
    )
    assert any("MB" in text for text in said) and any(text.endswith(f"{CBP_NEW}: saved") for text in said)
    data = shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))
    make.remake(new, data, adding=True)
    before, after = (
        csv.DictReader(open(place / "overdose_12_months.csv", encoding="utf-8", newline="")) for place in (DATA, data)
    )
    before, after = list(before), list(after)
    assert [row for row in after if row["vintage"] != "2026-12-16"] == before and len(after) == len(before) + 24


def test_a_second_run_asks_again_and_fetches_only_what_is_newer(fetch, server, tmp_path):
    fetch()
    before, server.asked[:] = held(tmp_path / "new"), []
    assert fetch() == [] and held(tmp_path / "new") == before
    assert {"/stats/drugs", "/stats/amo", "/about.json"} <= set(server.asked) and "/rows.csv" not in server.asked
    assert "If-None-Match" in server.headers["/files/2026-06/" + CBP_NEW.split("/")[1]]
    newer = [
        *made.nationwide(2023, 2026),
        *(["2026 (FYTD)", "MAY", *row[2:]] for row in made.nationwide(2026, 2026)[1:] if row[1] == "APR"),
    ]
    server.answers["/files/2026-07/nationwide-drugs-fy23-fy26-may_0.csv"] = made.text_of(newer)
    server.answers["/stats/drugs"] = page(
        "/files/2026-07/nationwide-drugs-fy23-fy26-may_0.csv",
        "/files/2026-06/nationwide-drugs-fy19-fy22.csv",
        "/files/2026-06/nationwide-drugs-fy23-fy26-apr.csv",
    )
    server.answers["/about.json"] = json.dumps({"rowsUpdatedAt": RELEASE + 28 * 86400}).encode()
    server.answers["/rows.csv"] = made.text_of(release("2026-08", 59_000))
    assert fetch() == ["cbp/nationwide-drugs-fy23-fy26-may_0.csv", "cdc/vsrr_xkb8-kh2a_2027-01-13.csv"]
    after = held(tmp_path / "new")
    assert {name: after[name] for name in before if name != ".fetched.json"} == {
        name: data for name, data in before.items() if name != ".fetched.json"
    }


def test_a_file_served_anew_under_its_old_name_replaces_it_and_the_old_one_is_kept(fetch, server, tmp_path):
    fetch()
    path, before = "/files/2026-06/" + CBP_NEW.split("/")[1], held(tmp_path / "new")[CBP_NEW]
    server.answers[path] = re.sub(rb"(2026 \(FYTD\),APR,[^\r]*Fentanyl),(\d+),", rb"\1,1\2,", before, count=1)
    assert fetch(accept=experience.WORDS) == [CBP_NEW]
    after = held(tmp_path / "new")
    assert after[CBP_NEW] == server.answers[path]
    [kept] = [name for name in after if name.startswith("cbp/vintages/nationwide-drugs-fy23-fy26-apr until 20")]
    assert after[kept] == before
    assert fetch(accept=experience.WORDS) == []


def test_files_saved_by_hand_are_not_fetched_again(fetch, server, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (new / CBP_NEW.split("/")[1]).write_bytes(server.answers["/files/2026-06/" + CBP_NEW.split("/")[1]])
    (new / "VSRR_Provisional_Drug_Overdose_Death_Counts_20261216.csv").write_bytes(server.answers["/rows.csv"])
    assert fetch() == sorted([CBP_OLD, AMO_OLD, AMO_NEW])
    assert "/rows.csv" not in server.asked


def test_a_release_that_only_got_a_new_date_is_not_saved(fetch, server, tmp_path):
    fetch()
    server.answers["/about.json"] = json.dumps({"rowsUpdatedAt": RELEASE + 2 * 86400}).encode()
    said = []
    assert fetch(say=lambda text, passing=False: said.append(text)) == []
    assert any("gave its release a new date" in text for text in said)


def test_one_publisher_alone(fetch, server):
    assert fetch(only="cdc") == [CDC_NEW] and not any(path.startswith("/stats") for path in server.asked)
    assert fetch(only="cbp") == FETCHED[:4]


@pytest.mark.parametrize("broken", ["/rows.csv", "/about.json"])
@pytest.mark.parametrize(
    "how", [status(404), status(403), b"", b"<html>sorry</html>", b"{}"], ids=["404", "403", "empty", "html", "json"]
)
def test_cdc_has_a_second_way(fetch, server, broken, how):
    other = {"/rows.csv": "/resource.csv", "/about.json": "/about2.json"}[broken]
    header = [name.lower().replace(" ", "_") for name in made.CDC_HEADER]
    server.answers[other] = made.text_of([header, *release("2026-07", 60_000)[1:]]) if "rows" in broken \
        else b'{"dataUpdatedAt": "2026-12-16T12:00:00.000+0000"}'
    server.answers[broken] = how
    assert fetch(only="cdc") == [CDC_NEW]


@pytest.mark.parametrize(
    "link",
    [
        'href="{url}"',
        "href='{url}'",
        "HREF={url}",
        'href = "{url}?VersionId=3"',
        'HREF="{url}?a=1&amp;b=2#top"',
        'href="{path}"',
        'href="../files/2026-06/{name}"',
        'href="  {url} "',
        'href="&#47;files&#x2F;2026-06/{name}"',
        'class="x" target=_blank href="{url}"',
    ],
)
def test_links_in_every_spelling(server, link):
    name = "nationwide-drugs-fy23-fy26-apr.csv"
    path = "/files/2026-06/" + name
    text = f"<p><A {link.format(url=server.url + path, path=path, name=name)}>CSV</A> <a href=#top>x</a>"
    links = fetching.links_on(text, server.url + "/stats/drugs", layouts.NATIONWIDE)
    assert list(links) == [name] and links[name].split("?")[0].split("#")[0] == f"{server.url}/files/2026-06/{name}"


def test_links_of_other_sites_schemes_and_files_are_left():
    base = "https://www.cbp.gov/document/stats/nationwide-drug-seizures"
    name = "nationwide-drugs-fy23-fy26-apr.csv"
    wanted = f"https://www.cbp.gov/sites/default/files/2026-09/{name}"
    links = [
        "file:///etc/nationwide-drugs-a.csv",
        "http://www.cbp.gov/nationwide-drugs-b.csv",
        "https://evil.example/nationwide-drugs-c.csv",
        "//cbp.gov.evil.example/nationwide-drugs-d.csv",
        "https://notcbp.gov/nationwide-drugs-e.csv",
        "https://[bad/x.csv",
        "https://www.cbp.gov/nationwide-drugs-..%2f..%2fx.csv",
        "https://www.cbp.gov/amo-drug-seizures-fy23-fy26-dec.csv",
        "https://www.cbp.gov/nationwide-encounters-fy23-fy26.csv",
        f"https://www.cbp.gov/sites/default/files/2026-06/{name}",
        wanted,
        "https://assets.cbp.gov/nationwide-drugs-fy19-fy22.CSV",
        "/sites/nationwide-drugs%20fy22-fy25.csv",
    ]
    found = fetching.links_on(page(*links).decode(), base, layouts.NATIONWIDE)
    assert found == {name: wanted, "nationwide-drugs-fy19-fy22.CSV": links[-2],
                     "nationwide-drugs fy22-fy25.csv": "https://www.cbp.gov/sites/nationwide-drugs%20fy22-fy25.csv"}


# ---- when it is not ----------------------------------------------------------------------------

def cut_short(handler):
    body = handler.server.whole
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:len(body) // 2])
    handler.close_connection = True


def cut_unsaid(handler):
    body = handler.server.whole
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(body[:len(body) // 2])
    handler.close_connection = True


def cut_chunked(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nFY,Mo\r\n")
    handler.close_connection = True


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(4000):
        handler.wfile.write(b"2023,OCT,OFO,Northern Border,,x,Lsd,1,0\r\n" * 2000)


def drip(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"2")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_headers(handler):
    for _ in range(200):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.1)


def silent(handler):
    time.sleep(2)


def gzip_bomb(handler):
    """Five times what is let through."""
    body = gzip.compress(b"0" * (20 * 2**20), 1)
    handler.send(body, {"Content-Encoding": "gzip"})


BY_HAND = "save the files with a browser"
BAD = {
    "403": (status(403), ["answers 403", "no browser", BY_HAND, "python3 data --add"]),
    "404": (status(404), ["answers 404", "moved", BY_HAND]),
    "418": (status(418), ["answers 418", BY_HAND]),
    "429": (status(429, Retry_After="0"), ["answers 429", "asked too often", "in an hour"]),
    "500": (status(500), ["answers 500", "5 times", "Try again later"]),
    "503": (status(503, Retry_After="0"), ["answers 503", "Try again later"]),
    "204": (status(204), ["answers 204"]),
    "a web page": (b"<html>You are being watched</html>", ["is a web page, not a CSV"]),
    "empty": (b"", ["is empty"]),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\0", ["UTF-8"]),
    "another table": (b"a,b\r\n1,2\r\n", ["column 'fy' is missing"]),
    "cut, with its length": (cut_short, ["the connection broke before the end, 4 times", "starts from the beginning"]),
    "cut, without": (cut_unsaid, ["cut"]),
    "cut, in chunks": (cut_chunked, ["the connection broke before the end"]),
    "endless": (endless, ["does not end: more than 4 MB"]),
    "a byte at a time": (drip, ["takes too long"]),
    "headers at a time": (drip_headers, ["takes too long"]),
    "silent": (silent, ["takes too long"]),
    "gzip bomb": (gzip_bomb, ["does not end: more than 4 MB"]),
    "in a circle": (status(302, Location="/files/2026-06/nationwide-drugs-fy23-fy26-apr.csv"), ["sends in a circle"]),
    "to another scheme": (status(302, Location="file:///etc/passwd"), ["not https, and was not followed"]),
    "to http": (status(301, Location="http://localhost:9/x.csv"), ["not https, and was not followed"]),
}


@pytest.mark.parametrize("there", [False, True], ids=["new folder", "folder with files"])
@pytest.mark.parametrize("what", BAD)
def test_a_bad_answer_leaves_the_folder_as_it_was(fetch, server, tmp_path, monkeypatch, what, there):
    answer, words = BAD[what]
    path, new = "/files/2026-06/" + CBP_NEW.split("/")[1], tmp_path / "new"
    if there:
        (new / "cbp").mkdir(parents=True)
        (new / CBP_OLD).write_bytes(server.answers["/files/2026-06/" + CBP_OLD.split("/")[1]])
    before = held(new)
    server.whole, server.answers[path] = server.answers[path], answer
    started = time.monotonic()
    with monkeypatch.context() as short, pytest.raises(SourceError) as caught:
        short.setattr(fetching, "MOST_BYTES", 4 * 2**20)
        if "takes too long" in words:
            for name, value in {"LONGEST": 1, "READ": 1, "TRIES": 1}.items():
                short.setattr(fetching, name, value)
        fetch(tables=None, only="cbp")
    sentence = str(caught.value)
    assert "takes too long" not in words or time.monotonic() - started < 10, "it was waited for to its end, 20 s"
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith(f"Nothing was saved: {new} is as it was.") and path.rpartition("/")[2] in sentence
    assert server.asked.count(path) <= 7, "it was asked too often"
    assert new.exists() == there and held(new) == before and (not there or not list(new.glob(".fetching-*")))
    server.answers[path] = server.whole         # the next try is not in the way of the last one
    assert CBP_NEW in fetch(tables=None, only="cbp")


@pytest.mark.parametrize(
    "times, answer",
    [(2, status(500)), (2, status(429, Retry_After="0")), (2, cut_short), (1, status(503, Retry_After="1"))],
    ids=["500", "429", "cut", "Retry-After"],
)
def test_trouble_that_passes_is_tried_again(fetch, server, times, answer):
    path, asked = "/files/2026-06/" + CBP_NEW.split("/")[1], []
    server.whole = server.answers[path]

    def first(handler):
        asked.append(time.monotonic())
        return answer(handler) if len(asked) <= times else handler.send(server.whole)
    server.answers[path] = first
    assert fetch(tables=None, only="cbp") == FETCHED[:4] and len(asked) == times + 1
    if times == 1:
        assert asked[1] - asked[0] >= 1


@pytest.mark.parametrize(
    "path, answer, words",
    [
        (
            "/stats/drugs",
            page("/elsewhere.csv"),
            ["shows no link to the nationwide file of seizures: the page has changed", BY_HAND],
        ),
        ("/stats/amo", b"", ["shows no link to the file of Air and Marine Operations"]),
        ("/stats/drugs", status(403), ["answers 403", BY_HAND]),
        ("/stats/drugs", lambda handler: handler.send(b"x" * 9 * 2**20), ["does not end: more than 8 MB"]),
        ("/about.json", b"<html>", ["does not tell the date of the release"]),
        ("/about.json", b'{"rowsUpdatedAt": "soon"}', ["does not tell the date of the release"]),
        ("/about.json", b'{"rowsUpdatedAt": 99999999999999999}', ["does not tell the date of the release"]),
        ("/about.json", json.dumps({"rowsUpdatedAt": RELEASE + 5 * 365 * 86400}).encode(), ["cannot be its date"]),
    ],
)
def test_a_page_that_has_changed(fetch, server, tmp_path, path, answer, words):
    server.answers[path] = answer
    with pytest.raises(SourceError) as caught:
        fetch()
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_figure_beyond_what_was_seen_needs_its_word_before_it_is_saved(fetch, server, tmp_path):
    path = "/files/2026-06/" + CBP_NEW.split("/")[1]
    server.answers[path] = re.sub(rb"(2024,[A-Z]{3},[^\r]*),(\d+),", rb"\1,9\2,", server.answers[path], count=1)
    with pytest.raises(SourceError, match="fiscal year 2024 is closed.*--accept closed-year.*\nNothing was saved"):
        fetch()
    assert not (tmp_path / "new").exists()
    assert fetch(accept=["closed-year"]) == FETCHED


def test_a_file_that_was_bad_before_is_named_before_anything_is_asked(fetch, server, tmp_path):
    bad = tmp_path / "new" / "cbp" / "nationwide-drugs-fy23-fy26-apr.csv"
    bad.parent.mkdir(parents=True)
    bad.write_text("<html>")
    with pytest.raises(SourceError, match="A file that was there before cannot be used. cbp/nation.*Or take it out of"):
        fetch()
    assert server.asked == [] and bad.read_text() == "<html>"


def test_without_network(tmp_path, quick):
    sources = fetching.Sources({layouts.NATIONWIDE: "http://127.0.0.1:1/page"}, {}, [])
    with pytest.raises(SourceError, match="cannot be reached .*save the files with a browser"):
        fetching.fetch(
            tmp_path / "new",
            client=fetching.new_client(loopback=True),
            sources=sources,
            say=lambda *words, **more: None,
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://www.cbp.gov/", "file:///etc/passwd", "ftp://x/y", "data:text/csv,a"]
)
def test_the_client_speaks_https_only(url):
    with pytest.raises(requests.exceptions.InvalidSchema):
        fetching.new_client().get(url)


def test_nothing_of_a_netrc_is_sent(server, fetch, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client = fetching.new_client(loopback=True)
    client.trust_env = True
    client.get(server.url + "/about.json")
    assert "Authorization" not in server.headers["/about.json"]


# ---- the disk, Ctrl-C, two at once -------------------------------------------------------------

@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE raises no error there")
def test_a_full_disk(fetch, server, tmp_path):
    """Files larger than 100 kB cannot be written, as on a full disk."""
    import resource     # not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(SourceError, match="^The disk is full. Nothing was saved"):
            fetch()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not (tmp_path / "new").exists()
    assert fetch() == FETCHED


@pytest.mark.parametrize("fails", [1, 3, 5, 6])
def test_a_disk_that_fails_while_files_get_their_names(fetch, server, tmp_path, monkeypatch, fails):
    """The rename of some file, or of the record, fails: those that went before are taken back, the replaced one too."""
    new = tmp_path / "new"
    (new / "cbp").mkdir(parents=True)
    older = server.answers["/files/2026-06/" + CBP_NEW.split("/")[1]].replace(b",Fentanyl,", b",Fentanyl ,", 1)
    (new / CBP_NEW).write_bytes(older)
    before, count, rename = held(new), [], os.replace

    def replace(source, target):
        count.append(target)
        if len(count) == fails:
            raise OSError(5, "Input/output error")
        rename(source, target)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(SourceError, match="cannot be written .Input/output error.. Nothing was saved"):
        fetch()
    assert held(new) == before and sorted(path.name for path in new.rglob("*")) == sorted(
        ["cbp", CBP_NEW.split("/")[1]]
    )


WORKER = """
import sys
sys.path[:0] = sys.argv[1:4]
import fetching, json, layouts
url = sys.argv[5]
sources = fetching.Sources({layouts.NATIONWIDE: url + "/stats/drugs", layouts.AIR_AND_MARINE: url + "/stats/amo"},
                           {url + "/about.json": "rowsUpdatedAt"}, [url + "/rows.csv"])
try:
    print(fetching.fetch(sys.argv[4], client=fetching.new_client(loopback=True), sources=sources))
except fetching.SourceError as error:
    sys.exit(str(error))
"""


def start(folder, url):
    rooms = [str(DATA), str(DATA.parent / "notebooks"), str(DATA.parent / "tests")]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *rooms, str(folder), url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are other ones there")
def test_ctrl_c_leaves_the_folder_as_it_was(server, tmp_path):
    path, asked = "/files/2026-06/" + CBP_NEW.split("/")[1], threading.Event()

    def waits(handler):
        asked.set()
        drip(handler)
    server.answers[path] = waits
    before = signal.signal(signal.SIGINT, signal.default_int_handler)   # in the background it is ignored, also by children
    run = start(tmp_path / "new", server.url)
    signal.signal(signal.SIGINT, before)
    assert asked.wait(30)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 1 and "Stopped. Nothing was saved" in said and "Traceback" not in said
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are other ones there")
def test_a_run_that_was_killed_is_not_in_the_way(server, fetch, tmp_path):
    path, asked, whole = "/files/2026-06/" + CBP_NEW.split("/")[1], threading.Event(), None

    def waits(handler):
        asked.set()
        drip(handler)
    whole, server.answers[path] = server.answers[path], waits
    run = start(tmp_path / "new", server.url)
    assert asked.wait(30)
    run.kill()
    run.communicate(timeout=30)
    [left] = (tmp_path / "new").glob(".fetching-*")
    os.utime(left, (0, 0))
    server.answers[path] = whole
    assert fetch() == FETCHED and not left.exists()


def test_two_at_once(server, tmp_path):
    runs = [start(tmp_path / "new", server.url) for _ in range(2)]
    ends = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ends
    new = held(tmp_path / "new")
    assert sorted(name for name in new if name != ".fetched.json") == FETCHED and json.loads(new[".fetched.json"])
    assert not list((tmp_path / "new").glob(".fetching-*"))


def test_a_record_that_is_broken_is_no_obstacle(fetch, tmp_path):
    fetch()
    (tmp_path / "new" / ".fetched.json").write_text("[1]")
    assert fetch() == []
    assert set(json.loads((tmp_path / "new" / ".fetched.json").read_text())) == set(FETCHED[:4])
