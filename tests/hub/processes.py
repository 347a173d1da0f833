"""What a hub and the servers and kernels of its learners take: memory as PSS, and seconds of the processor (Linux).

MB are of 2**20 bytes. PSS counts a page that several processes share in equal parts to each, so that the sum over all
is what the class takes.
"""
import os
from collections import Counter
from pathlib import Path

from hub.limits import after_name, proportional

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PARTS = ("hub", "proxy", "server", "kernel")
SIGNS = (("configurable-http-proxy", "proxy"), ("ipykernel", "kernel"), ("singleuser", "server"))


def family(first):
    """{process id: part} of a hub's first process and of all that came from it; part: one of PARTS."""
    children = {}
    for process in map(int, filter(str.isdigit, os.listdir("/proc"))):
        children.setdefault(parent_of(process), []).append(process)
    found, waiting = {}, [(first, "hub")]
    while waiting:
        process, above = waiting.pop()
        found[process] = part_of(process, above)
        waiting += [(child, found[process]) for child in children.get(process, [])]
    return found


def parent_of(process):
    return int(numbers(process)[1] or 0)


def numbers(process):
    """What /proc/PID/stat says after the name; nothing but zeros where the process has ended meanwhile."""
    return after_name(process) or [0] * 50


def part_of(process, above):
    """By its command line, or by who started it: a learner's server is not the hub's own, a kernel is its child."""
    if sign := next((part for sign, part in SIGNS if sign in command_of(process)), None):
        return sign
    if above == "hub" and owner_of(process) == os.geteuid():
        return "hub"
    return {"hub": "server", "server": "kernel"}.get(above, above)


def command_of(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def owner_of(process):
    try:
        return os.stat(f"/proc/{process}").st_uid
    except OSError:
        return None


def memory(first):
    """Megabytes (PSS) by part, of a hub and all that came from it."""
    taken = Counter(dict.fromkeys(PARTS, 0.0))
    for process, part in family(first).items():
        taken[part] += proportional(process) / 2**20
    return taken


def processor(first):
    """Seconds of the processor by part, those of children that have ended included."""
    used = Counter(dict.fromkeys(PARTS, 0.0))
    for process, part in family(first).items():
        used[part] += sum(map(int, numbers(process)[11:15])) / TICKS
    return used


def who_listens(port):
    """The process that listens on a port of this machine, or None; seen only by its owner and by root."""
    sockets = {f"socket:[{line.split()[9]}]" for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
               if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in sockets:
                return int(link.parts[2])
        except OSError:
            continue
    return None


def hub_behind(port):
    """The first process of the hub whose proxy listens on a port; None where it cannot be seen."""
    process = who_listens(port)
    while process and is_of_a_hub(above := parent_of(process)):
        process = above
    return process


def is_of_a_hub(process):
    """By its command, and not by a path in it: the tests of a hub, which start one, are none."""
    words = command_of(process).split("\0")[:3]
    return any(Path(word).name in ("jupyterhub", "hub.serve") for word in words)
