"""Killed in the middle of a lesson: what was saved is there, and everyone is back within a minute."""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from hub import limits
from hub.accounts import run

MINUTE = 60


@pytest.fixture(scope="module")
def ana(hub):
    client = hub.enter("Ana García")
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    client.api("PUT", "contents/my_work/saved.ipynb", json={"type": "notebook", "content": notebook})
    return client


@pytest.fixture
def kernel(ana):
    return ana.open_kernel("my_work/saved.ipynb")


def running(hub, client):
    """The numbers of her processes; one that has ended stays in the system's list for a while, and is none."""
    return list(filter(limits.is_alive, limits.processes(hub.accounts.own(client.account).pw_uid)))


def server_of(hub, client):
    """The number of the process of her server: the oldest of hers."""
    return min(running(hub, client))


def until(works):
    """Try until it works, a minute at most; returns what it gave."""
    end = time.monotonic() + MINUTE
    while True:
        try:
            return works()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def saved(client):
    return client.api("GET", "contents/my_work/saved.ipynb").json()["content"]["nbformat"] == 4


def found_again(hub, client):
    """The hub is back, and knows of her server: until it looks the proxy leads to a server that it has forgotten."""
    hub.wait()
    assert client.ask("GET", f"{hub.address}/hub/api/users/{client.account}").json()["server"]


def test_a_kernel_killed_starts_again(ana, kernel):
    before = kernel.said("import os; print(os.getpid())")
    os.kill(int(before), signal.SIGKILL)

    def works():
        kernel.open()
        after = kernel.said("import os; print(os.getpid())", 5)
        assert after.strip() and after != before
        return after

    assert until(works)
    assert saved(ana)


def test_a_server_killed_starts_again(hub, ana, kernel):
    before, all_hers = server_of(hub, ana), running(hub, ana)
    assert int(kernel.said("import os; print(os.getpid())")) in all_hers
    os.kill(before, signal.SIGKILL)

    def works():
        ana.start()
        return ana.open_kernel("my_work/saved.ipynb").said("print(3)", 10)

    assert until(works) == "3\n"
    assert server_of(hub, ana) != before and saved(ana)
    until(lambda: not any(map(limits.is_alive, all_hers)) or 1 / 0)     # no kernel outlives its server


def test_the_hub_killed_finds_the_servers_again(hub, ana, neighbour, undisturbed):
    before, servers = hub.part("jupyterhub_config"), [server_of(hub, one) for one in (ana, neighbour.client)]
    os.kill(before, signal.SIGKILL)
    undisturbed()       # her kernel is reached by the proxy, which runs on
    until(lambda: hub.part("jupyterhub_config") != before or 1 / 0)
    until(lambda: found_again(hub, ana))
    assert [server_of(hub, one) for one in (ana, neighbour.client)] == servers
    until(neighbour.open)
    undisturbed()
    assert ana.open_kernel("my_work/saved.ipynb").said("print(4)") == "4\n" and saved(ana)


def test_the_proxy_killed_starts_again(hub, ana, neighbour, undisturbed):
    os.kill(int((hub.state / "hub" / "proxy.pid").read_text()), signal.SIGKILL)
    until(lambda: ana.api("GET", "contents"))
    until(neighbour.open)
    undisturbed()
    assert saved(ana)


def test_without_the_nursery_servers_start_alone(hub, ana):
    os.kill(hub.part("hub.nursery"), signal.SIGKILL)
    dana = hub.enter("Dana")
    assert dana.open_kernel().said("from takeaways import *; print(5)").endswith("5\n")
    assert ana.open_kernel("my_work/saved.ipynb").said("print(6)") == "6\n"


def test_the_command_itself_killed_and_started_again_finds_the_servers(hub, ana):
    before = server_of(hub, ana)
    hub.process.kill()
    hub.process.wait()
    hub.start()
    until(lambda: hub.part("jupyterhub_config"))       # and not the old one, which ended with its command
    until(lambda: found_again(hub, ana))
    assert server_of(hub, ana) == before and saved(ana)


def said(hub, *more):
    """What a second start with these options says; it must end by itself, without a traceback."""
    done = subprocess.run(hub.command(*more), capture_output=True, text=True, timeout=MINUTE, cwd="/")
    assert done.returncode and "Traceback" not in done.stderr
    return done.stderr


def test_a_second_start_is_refused(hub):
    assert "A hub runs already" in said(hub)


def test_a_port_that_is_taken_is_told(hub):
    told = said(hub, f"--state={hub.state / 'another'}", f"--prefix={hub.prefix}o-")
    assert f"port {hub.port} (Address already in use)" in told and "--port N" in told


def test_a_wrong_certificate_is_told(hub, tmp_path):
    (tmp_path / "c").write_text("none")
    assert "cannot be used with the key" in said(hub, f"--certificate={tmp_path}/c", f"--key={tmp_path}/c")


def test_a_full_disk_is_told(hub):
    small = hub.state / "small"
    small.mkdir()
    try:
        run("mount", "-t", "tmpfs", "-o", "size=20m", "none", small)
    except subprocess.CalledProcessError:
        pytest.skip("nothing can be mounted here, as in most containers")
    try:
        assert "The disk is full" in said(hub, f"--state={small}", f"--prefix={hub.prefix}o-")
    finally:
        run("umount", small)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_leaves_no_process_and_no_port(hub, number):
    if hub.process.poll() is not None:
        hub.start()
    kernel = hub.enter("Ana García").open_kernel()
    kernel.said("import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)")    # outlives her kernel
    accounts = hub.accounts.all()
    assert any(limits.processes(entry.pw_uid) for entry in accounts)
    assert hub.stop(number) == 0
    assert not any(limits.processes(entry.pw_uid) for entry in accounts)
    assert not [pid for pid in Path("/proc").glob("[0-9]*") if limits.is_alive(pid.name) and
                str(hub.state).encode() in (pid / "cmdline").read_bytes()]
    for port in range(hub.port, hub.port + 3):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", port))


def test_started_again_her_work_is_there(hub, ana):
    if hub.process.poll() is None:
        hub.stop()
    hub.start()
    assert saved(hub.enter("Ana García"))
