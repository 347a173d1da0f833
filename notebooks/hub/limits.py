"""What a learner's processes and files take, and an end to them. Linux only; root reads what belongs to others."""
import contextlib
import os
import stat
import subprocess
import time
from dataclasses import dataclass

GB = 1_000_000_000
FIRST_OF_PEOPLE = 1000      # smaller numbers of accounts are the system's
PAGE = os.sysconf("SC_PAGE_SIZE")
BEFORE_FULL = 0.9       # of the processes: then only a storm of them grows further
LONGEST = 60            # seconds between two counts of her files


@dataclass
class Limits:
    """What one learner may use: memory and room in bytes, processes with their threads."""

    memory: int
    room: int
    processes: int


def excess(files, limits, room):
    """A sentence on what is more than a learner may use; None where all is well.

    files: hers. room: what they may take now, in bytes.
    """
    running = processes(files.uid)
    if sum(threads(pid) for pid in running) > BEFORE_FULL * limits.processes:
        return (f"More programs ran at once than this class allows ({limits.processes}), as when a cell starts others "
                "without end.")
    if sum(map(resident, running)) > limits.memory and sum(map(proportional, running)) > limits.memory:
        return (f"Your notebooks together took more memory than this class allows ({limits.memory / GB:g} GB). Shut "
                "down the kernels that you do not need, and keep tables small.")
    if files.exceed(room, running):
        return (f"Your files took more room than this class allows ({limits.room / GB:g} GB). Delete what you do not "
                "need; until then nothing can be added.")
    return None


def processes(uid):
    """The numbers of all processes of an account."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and is_of(uid, name)]


def is_of(uid, pid):
    """True if there is a process with this number, and it belongs to the account."""
    try:
        return os.stat(f"/proc/{pid}").st_uid == uid
    except OSError:     # gone meanwhile
        return False


def read(pid, name):
    try:
        with open(f"/proc/{pid}/{name}") as file:
            return file.read()
    except OSError:
        return ""


def after_name(pid):
    """What /proc/PID/stat says after the name of the process, as words; none where it has ended meanwhile."""
    return read(pid, "stat").rpartition(")")[2].split()


def threads(pid):
    words = after_name(pid)
    return int(words[17]) if len(words) > 17 else 0


def resident(pid):
    """The memory of a process in bytes, what it shares with others included: quickly told, and too much."""
    words = read(pid, "statm").split()
    return int(words[1]) * PAGE if len(words) > 1 else 0


def proportional(pid):
    """The memory of a process in bytes, what it shares divided among those who share it (PSS)."""
    for line in read(pid, "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


class Files:
    """The files of an account, counted again only where they may take much more than before.

    A count looks at each file, the disks tell at once how much room is left. While they have lost less than half of
    what she may still add, nothing is short: others must have deleted what she has added beyond. Such a thing is seen
    a minute later.

    folders: where she can write.
    """

    def __init__(self, uid, folders):
        self.uid, self.folders = uid, folders
        self.taken, self.left, self.next = 0, {}, 0

    def exceed(self, room, running):
        """True if they take more than this, in bytes. running: the numbers of her processes."""
        lost = sum(max(0, self.left.get(disk, 0) - now) for disk, now in free(self.folders).items())
        if time.monotonic() >= self.next or lost > (room - self.taken) / 2:
            self.count(running, room)
        return self.taken > room

    def count(self, running, enough):
        """The bytes that they take, as `occupied` counts them."""
        self.left, self.next = free(self.folders), time.monotonic() + LONGEST
        self.taken = occupied(self.uid, self.folders, running, enough)
        return self.taken


def free(folders):
    """Bytes that are free on each disk on which one of the folders lies, by the number of the disk."""
    left = {}
    for folder in folders:
        with contextlib.suppress(OSError):      # not every system has each
            about = os.statvfs(folder)
            left[os.stat(folder).st_dev] = about.f_bfree * about.f_frsize
    return left


def occupied(uid, folders, running, enough):
    """Bytes on the disk (or in memory, as in /dev/shm) of files of an account; stops counting when it is enough."""
    taken = sum(map(unnamed, running))
    waiting = [(folder, folder in folders[1:]) for folder in folders]
    while waiting and taken <= enough:
        folder, common = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    if about.st_uid != uid:
                        continue
                    taken += about.st_blocks * 512 + 512     # an empty file takes room as well
                    if stat.S_ISDIR(about.st_mode):
                        waiting.append((entry.path, False))
        except OSError:
            pass
    return taken


def unnamed(pid):
    """Bytes of the files that a process holds open and that have no name any more."""
    taken = {}
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            about = os.stat(f"/proc/{pid}/fd/{name}")
            if stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                taken[about.st_dev, about.st_ino] = about.st_blocks * 512
    except OSError:
        pass
    return sum(taken.values())


def end_all(entry):
    """Kill every process of an account at once, so that none can start another meanwhile.

    entry: of the hub's own account, as `accounts.own` gives it. ValueError for one of the system's: to kill all that
        belongs to root would end the computer.
    """
    if entry.pw_uid < FIRST_OF_PEOPLE:
        raise ValueError(f"{entry.pw_name} is no learner")
    as_her = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--"]
    for _ in range(50):
        if not processes(entry.pw_uid):
            return
        subprocess.run([*as_her, "sh", "-c", "kill -KILL -1"], stdin=subprocess.DEVNULL, capture_output=True)
        time.sleep(0.1)     # until nothing of them is left in the system's list


def is_alive(pid):
    """True if a process runs; one that has ended, and for which nobody waits, does not."""
    return after_name(pid)[:1] not in ([], ["Z"], ["X"])
