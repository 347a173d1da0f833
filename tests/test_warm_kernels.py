"""The warm kernels of the lessons (warm_kernels.py) are as good as new: own numbers, own user, nothing left behind."""
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from launcher.environment import TOP

warm_kernels = pytest.importorskip("warm_kernels" if sys.platform == "linux" else "no_warm_kernels_here")
DRAW = "import numpy, random; print(numpy.random.random(), random.random())"


@pytest.fixture(scope="module")
def nursery(tmp_path_factory):
    """A nursery of its own, with a folder for temporary files whose path is longer than a socket's may be."""
    place = tmp_path_factory.mktemp("nursery") / ("long" * 30)
    place.mkdir()
    address = f"test-{uuid.uuid4()}"
    variables = {**os.environ, "TMPDIR": str(place), "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, warm_kernels.__file__, address], env=variables, stdin=subprocess.PIPE)
    yield address, place, process
    process.stdin.close()
    assert process.wait(timeout=20) == 0


def kernel(address, folder, number):
    """Start a kernel as nbval does, and return (the object that stands for its process, what a cell prints in it)."""
    from jupyter_client import BlockingKernelClient, write_connection_file
    file, _ = write_connection_file(str(folder / f"{number}.json"))
    os.environ[warm_kernels.ADDRESS], before = address, os.environ.get(warm_kernels.ADDRESS)
    try:
        process = warm_kernels.fork_kernel(["python", "-f", file], cwd=str(folder))
    finally:
        os.environ.pop(warm_kernels.ADDRESS) if before is None else os.environ.update({warm_kernels.ADDRESS: before})
    client = BlockingKernelClient(connection_file=file)
    client.load_connection_file()
    client.start_channels()
    try:
        client.kernel_info(reply=True, timeout=60)
        printed = []
        client.execute_interactive(DRAW, timeout=60, output_hook=lambda message: printed.append(message["content"].get("text", "")))
        return process, "".join(printed)
    finally:
        client.stop_channels()


def test_each_kernel_draws_its_own_random_numbers(nursery, tmp_path):
    address, place, _ = nursery
    kernels = [kernel(address, tmp_path, number) for number in range(2)]
    one, other = (numbers.split() for _, numbers in kernels)
    assert len(one) == 2 and one[0] != other[0] and one[1] != other[1]
    for process, _ in kernels:
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
        assert process.poll() == 0
    assert list(place.iterdir()) == []


def test_a_stranger_gets_no_kernel(monkeypatch):
    """The socket has a name but no file, so no permissions: the nursery asks who is at the other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert warm_kernels.is_mine(ours)
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        assert not warm_kernels.is_mine(ours)


def test_a_killed_pytest_leaves_no_nursery_and_no_folder(tmp_path):
    code = "import sys, time; sys.path.insert(0, sys.argv[1]); import warm_kernels; print(warm_kernels.NURSERY.pid, flush=True); time.sleep(60)"
    variables = {name: value for name, value in os.environ.items() if name != warm_kernels.ADDRESS}
    killed = subprocess.Popen([sys.executable, "-c", code, TOP / "tests"], env={**variables, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    with killed.stdout:
        pid = int(killed.stdout.readline())
    killed.kill()
    killed.wait()
    end = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]:
        assert time.monotonic() < end, "the nursery lives on"
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


