"""Warm kernels for one learner: forked, under her account, by a helper that her server started before all else.

The helper comes from the nursery too, so that pandas and matplotlib lie in the memory once for the whole class. It
speaks to her server alone, by a connection that has no name, and ends with it. A kernel is a process of its own with
an empty namespace, as one that Jupyter starts.
"""
import array
import contextlib
import json
import os
import signal
import socket
import sys

from launcher import warm

MOST = 200_000      # bytes of a request


def keep_warm():
    """Start the helper; from now on kernels of this server come from it."""
    # Private to jupyter_client and pinned by the lock. Were it gone, kernels would start cold: the same, only slower.
    from jupyter_client.provisioning import local_provisioner

    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        here.close()
        with contextlib.suppress(KeyboardInterrupt):
            help_server(there)
        os._exit(0)
    there.close()
    cold = local_provisioner.launch_kernel

    def launch(command, **how):
        if command[:4] != [sys.executable, "-m", "ipykernel_launcher", "-f"]:
            return cold(command, **how)
        return fork_kernel(here, command[3:], **how)

    local_provisioner.launch_kernel = launch


def fork_kernel(helper, arguments, env=None, cwd=None, **_):
    """Ask the helper for a kernel; returns what stands for its process."""
    connection, there = socket.socketpair()
    with there:
        request = json.dumps({"arguments": arguments, "env": dict(env or os.environ), "cwd": cwd})
        socket.send_fds(helper, [request.encode()], [there.fileno()])
    return warm.Process(connection)


def help_server(server):
    """In the helper: fork a kernel for each request, until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)       # nobody waits for a kernel that ended
    while True:
        words, handed, _, _ = server.recvmsg(MOST, socket.CMSG_SPACE(4))
        if not words:
            return
        connection = socket.socket(fileno=array.array("i", handed[0][2])[0])
        if os.fork() == 0:
            server.close()
            become_kernel(json.loads(words), connection)
        connection.close()


def become_kernel(request, connection):
    """In the new process: be what `python -m ipykernel_launcher -f FILE` would be."""
    warm.stand_apart()
    connection.sendall(str(os.getpid()).encode())       # and the other end stays open as long as this process runs
    warm.kernel(request).start()
    os._exit(0)
