"""Where learners' servers come from: a process that has imported JupyterLab and pandas once, and forks.

What is imported lies in the memory once for the whole class, not once a learner, and a server starts in a fraction of
the time. The nursery belongs to root, listens in a folder that only root can enter, and holds nothing of any learner;
each child gives up root before it does anything for her. With --untuned each server makes its own imports instead.

    python -m hub.nursery           listens at nursery.sock in this folder, until its input ends
    python -m hub.nursery --once    becomes the server whose request comes by its input
"""
import ctypes
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import threading

from launcher import environment, private, warm

from hub import learner

ADDRESS = "nursery.sock"
NO_NEW_PRIVS, DUMPABLE = 38, 4      # of prctl: no su and no sudo; /proc shows the process as hers
FIRST_TO_END = "500"                # where memory runs out, the system ends learners' processes before the hub's


def main(arguments):
    if arguments == ["--once"]:
        return become_learner(json.load(sys.stdin))
    listener = socket.socket(socket.AF_UNIX)
    if os.path.lexists(ADDRESS):
        os.unlink(ADDRESS)
    listener.bind(ADDRESS)
    listener.listen(64)         # who asks before the imports are made waits
    signal.signal(signal.SIGINT, signal.SIG_IGN)        # Ctrl-C is for the hub
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)       # nobody waits for a server that ended
    learner.make_imports()
    gc.collect()
    gc.freeze()     # the servers share this memory as long as none writes to it
    gc.collect()    # nothing is left to collect: or Python would wait for as many objects again before it tidies up
    assert threading.active_count() == 1, "a process with threads must not fork"
    while sys.stdin not in (ready := select.select([listener, sys.stdin], [], [])[0]):
        if ready:
            serve(listener.accept()[0])
    return None


def variables(**more):
    """The variables of the nursery: few, since a learner can read those with which her process began.

    What else is in root's environment, a password of some other program perhaps, is none of her business.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", "PYTHONPATH": str(environment.NOTEBOOKS), "TAKEAWAYS_ENV": str(environment.ENV),
            **private.places(environment.OWN), **more}


def serve(connection):
    """Fork for one request; the new process reads it, and answers with its number once it has given up root.

    The nursery itself never reads one: a learner's keys would lie in the memory of all who come after her.
    """
    with connection:
        if os.fork():
            return
        try:
            with connection.makefile() as lines:
                request = json.loads(lines.readline())
            become_learner(request, connection)
        finally:
            os._exit(1)


def become_learner(request, connection=None):
    """Give up root for good, keep to the limits, and be a learner's server until it ends.

    request: "arguments" and "env" of the server; "uid", "gid" and "home" of the account; "limits", numbers by the names
        of module resource. connection: gets the number of this process when that is done.
    """
    warm.stand_apart()
    answer = connection.fileno() if connection else 3
    os.closerange(3, answer)        # what else is the nursery's own, before her other processes could reach for it
    os.closerange(answer + 1, 256)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write(FIRST_TO_END)
    for name, most in request["limits"].items():
        resource.setrlimit(getattr(resource, name), (most, most))
    os.setgroups([])
    os.setresgid(*[request["gid"]] * 3)
    os.setresuid(*[request["uid"]] * 3)
    process = ctypes.CDLL(None, use_errno=True)
    if process.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or process.prctl(DUMPABLE, 1, 0, 0, 0) or 0 in os.getresuid():
        os._exit(1)
    if connection:
        connection.sendall(str(os.getpid()).encode())
        connection.close()
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["home"])
    learner.main(request["arguments"], forked="nursery" in request)


def ask(request):
    """Ask the nursery of the folder in which the hub runs; returns the number of the new process."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(ADDRESS)
        connection.sendall(json.dumps({**request, "nursery": True}).encode() + b"\n")
        return int(connection.recv(20))


if __name__ == "__main__":
    main(sys.argv[1:])
