"""Over https, each learner's server under a name of its own: browsers keep their pages apart."""
import os
import socket

import certipy
import pytest
from client import Client
from conftest import Hub

NAME = "class.localhost"


@pytest.fixture
def apart(tmp_path, monkeypatch):
    """A hub whose names lead here, with a certificate for them."""
    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **how: found(
        "127.0.0.1" if f".{host}".endswith(f".{NAME}") else host, *more, **how))
    maker = certipy.Certipy(store_dir=str(tmp_path))
    authority = maker.create_ca("own")["files"]["cert"]
    files = maker.create_signed_pair("server", "own", alt_names=[f"DNS:{NAME}", f"DNS:*.{NAME}"])["files"]
    hub = Hub(f"s{os.getpid()}-", ["Ana García", "Bea"])
    hub.address, hub.authority = f"https://127.0.0.1:{hub.port}", authority
    try:
        hub.start(f"--certificate={files['cert']}", f"--key={files['key']}", "--address=127.0.0.1",
                  f"--subdomains=https://{NAME}:{hub.port}")
        yield hub
    finally:
        hub.remove()


def test_each_server_has_a_name_of_its_own(apart):
    pages = {}
    for name in ("Ana García", "Bea"):
        client = Client(f"https://{NAME}:{apart.port}", name, apart.slips()[apart.accounts.meant(name)])
        client.browser.verify = apart.authority
        client.log_in()
        pages[client] = own = f"https://{client.account}.{NAME}:{apart.port}/user/{client.account}"
        assert client.start().startswith(f"{own}/lab/tree/my_work/00_start_here.ipynb")
        assert client.send("GET", f"{own}/api/contents").json()["type"] == "directory"
    ana, bea = pages
    assert [ana.page(f"{pages[bea]}/{path}").status_code for path in ("lab", "api/contents")] == [403, 403]
    held = [cookie for cookie in ana.browser.cookies if cookie.name.endswith("-login")]
    assert held and all(cookie.name.startswith("__Host-") and cookie.secure for cookie in held), held
    assert f"The class is at https://{NAME}:{apart.port}" in (apart.state / "log").read_text()
