"""Who has gone: her kernel is stopped, then her server, and what she saved is there when she comes back.

JupyterLab's server looks once a minute whether it has something to do. So the first test comes early and the second
last, with the others between (see conftest.py); alone they take a minute and a half.
"""
import os
import time

import pytest
from conftest import Hub
from hub import limits


@pytest.fixture(scope="session")
def ana():
    """On a hub of her own, where all ends after three seconds without work; her page stays open."""
    hub = Hub(f"i{os.getpid()}-", ["Ana García"])
    try:
        hub.start("--idle=0.05")
        ana = hub.enter("Ana García")
        ana.uid = hub.accounts.own(ana.account).pw_uid
        ana.kernel = ana.open_kernel()
        yield ana
    finally:
        hub.remove()


def test_a_kernel_at_work_is_not_stopped(ana):
    assert ana.kernel.said("open('kept', 'w').write('x'); import time; time.sleep(6.5); print('done')").endswith("done\n")
    assert len(ana.api("GET", "kernels").json()) == 1


def test_what_is_idle_is_stopped(ana):
    until = time.monotonic() + 90
    while any(map(limits.is_alive, limits.processes(ana.uid))):
        assert time.monotonic() < until, "her server still runs"
        time.sleep(0.5)
    ana.start()
    assert ana.api("GET", "kernels").json() == [] and ana.api("GET", "contents/my_work/kept").json()["content"] == "x"
