"""A class of simulated learners on a hub that runs on this machine: what each step takes, and what it costs.

    .venv/bin/python tests/hub/load.py http://127.0.0.1:8000 --learners 30 --password PASSWORD
    ... --over 120          they come one after the other, over two minutes; otherwise all at once
    ... --out FILE.json     everything measured; FILE.csv gets one row added

Each learner logs in, opens lesson 01 in JupyterLab, runs it, moves its control, does an exercise, keeps a note, saves,
and looks whether all is there. What is not as it should be is a failure; so the exit status is 1.
"""
import argparse
import collections
import csv
import datetime
import json
import os
import statistics
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests
import websocket

sys.path += [str(Path(__file__).resolve().parents[2] / "notebooks"), str(Path(__file__).resolve().parent)]
import processes  # noqa: E402
from client import Failed  # noqa: E402
from learner import Learner, finding, key, stored, WINDOWS  # noqa: E402

MOST = 60               # learners; more than one machine has room for
SECONDS = 300           # the longest that one thing may take
EVERY = 5               # seconds between two looks at the memory
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_WAIT = 1200


def main(arguments):
    asked = read(arguments)
    result = run(asked.hub, asked.learners, asked.password, over=asked.over, names=asked.names, tuning=asked.tuning)
    print(report(result))
    if asked.out:
        write(result, Path(asked.out))
    return 1 if result["failures"] else 0


def read(arguments):
    reader = argparse.ArgumentParser("load.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("hub", type=local, help="its address on this machine, such as http://127.0.0.1:8000")
    reader.add_argument("--learners", type=some, default=3)
    reader.add_argument("--password", default="", help="the password of the class")
    reader.add_argument("--names", default="learner{:02d}", help="the names of their accounts, such as learner{:02d}")
    reader.add_argument("--over", type=float, default=0, metavar="SECONDS", help="the time over which they come")
    reader.add_argument("--tuning", default="", help="a word for the row, such as none or all")
    reader.add_argument("--out", metavar="FILE", help="FILE.json or FILE.csv")
    return reader.parse_args(arguments)


def local(address):
    """An address of this machine; there is no other that this may be tried on."""
    if urlsplit(address).scheme != "http" or urlsplit(address).hostname not in LOOPBACK:
        raise argparse.ArgumentTypeError(f"{address} is not a hub on this machine: thirty learners at once are tried "
                                         "only on one's own, such as http://127.0.0.1:8000")
    return address.rstrip("/")


def some(number):
    if not number.isdigit() or not 1 <= int(number) <= MOST:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST} learners, not {number}")
    return int(number)


def run(hub, learners, password, over=0, names="learner{:02d}", tuning=""):
    """Let a class work; returns all that was measured (seconds, MB), as a dictionary of plain values."""
    local(hub), some(f"{learners}")
    stored(), key(), [finding(window) for window in WINDOWS]    # computed once, before the clock runs
    group = [Learner(hub, names.format(number), password, number, SECONDS) for number in range(1, learners + 1)]
    watch = Watch(processes.hub_behind(urlsplit(hub).port or 80))
    started, own = time.monotonic(), time.process_time()
    stories, done = [Story() for _ in group], threading.Event()
    arrivals = [started + over * place / max(learners - 1, 1) for place in range(learners)]
    threads = [threading.Thread(target=story.live, args=(learner, arrives, done), daemon=True)
               for story, learner, arrives in zip(stories, group, arrivals)]
    with watch:
        for thread in threads:
            thread.start()
        while not all(story.over.is_set() for story in stories) and time.monotonic() - started < LONGEST_WAIT:
            time.sleep(0.2)
        seconds = time.monotonic() - started
    for story in stories:
        story.late = not story.over.is_set()
    done.set()
    for thread in threads:
        thread.join(30)
    return gather(stories, group, watch, seconds=round(seconds, 1), over_seconds=over, tuning=tuning,
                  cpu_load_seconds=round(time.process_time() - own, 1))


class Story:
    """What happened to one learner: how long each step took, and the sentence of the step that failed."""

    def __init__(self):
        self.seconds, self.failed, self.late, self.over = {}, None, False, threading.Event()

    def live(self, learner, arrives, done):
        time.sleep(max(0, arrives - time.monotonic()))
        came = time.monotonic()
        for step, do in Learner.STEPS.items():
            begun = time.monotonic()
            self.failed = in_a_sentence(lambda: do(learner), step)
            if self.failed:
                self.failed = self.failed.replace(learner.account or learner.name, "ACCOUNT")  # alike for all
                break
            self.seconds[step] = time.monotonic() - (came if step == "first_chart" else begun)
        self.over.set()
        in_a_sentence(lambda: learner.stay(done), "")
        if learner.account:
            in_a_sentence(learner.leave, "")


def in_a_sentence(do, step):
    """Do something; returns None, or what went wrong."""
    try:
        do()
    except Failed as fault:
        return f"{step}: {fault}"
    except (requests.Timeout, TimeoutError, websocket.WebSocketTimeoutException):
        return f"{step}: no answer within {SECONDS} seconds."
    except websocket.WebSocketBadStatusException as fault:
        return f"{step}: her kernel refused the connection ({fault.status_code})."
    except (KeyError, ValueError) as fault:
        return f"{step}: the answer could not be read ({type(fault).__name__}: {str(fault)[:80]})."
    except (requests.RequestException, websocket.WebSocketException, OSError):
        return f"{step}: the hub does not answer, or closed the connection."


class Watch:
    """Looks at the memory of a hub and of all that came from it, until it is told to end."""

    def __init__(self, process):
        self.process, self.looks, self.ended = process, [], threading.Event()
        self.used = collections.Counter()

    def __enter__(self):
        if self.process:
            self.used.subtract(processes.processor(self.process))
            self.thread = threading.Thread(target=self.look_on, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        if self.process:
            self.thread.join()
            self.looks.append(processes.memory(self.process))   # all are there, with all that they opened
            self.used.update(processes.processor(self.process))

    def look_on(self):
        while not self.ended.wait(EVERY):
            self.looks.append(processes.memory(self.process))


def gather(stories, group, watch, **more):
    failures = collections.Counter(story.failed or f"she did not come to the end within {LONGEST_WAIT} seconds."
                                   for story in stories if story.late or len(story.seconds) < len(Learner.STEPS))
    result = {"date": f"{datetime.date.today()}", "cores": os.cpu_count(), "memory_gb": memory_of_machine(),
              "learners": len(group), **more, "failures": sum(failures.values()), "sentences": dict(failures)}
    for step in Learner.STEPS:
        taken = [story.seconds[step] for story in stories if step in story.seconds]
        result[f"{step}_median"], result[f"{step}_p95"] = median_and_p95(taken)
    return result | costs(watch, len(group))


def median_and_p95(taken):
    if len(taken) < 2:
        return tuple(round(value, 2) for value in taken * 2) or (None, None)
    return round(statistics.median(taken), 2), round(statistics.quantiles(taken, n=20, method="inclusive")[-1], 2)


def costs(watch, learners):
    if not watch.looks:
        return {"pss_learner_mb": None}
    last, peak = watch.looks[-1], max(sum(look.values()) for look in watch.looks)
    used = watch.used
    return {"pss_server_mb": round(last["server"] / learners, 1),
            "pss_kernel_mb": round(last["kernel"] / learners, 1),
            "pss_learner_mb": round((last["server"] + last["kernel"]) / learners, 1),
            "pss_hub_mb": round(last["hub"], 1), "pss_proxy_mb": round(last["proxy"], 1), "peak_mb": round(peak),
            "cpu_server_seconds": round(used["server"] / learners, 2),
            "cpu_kernel_seconds": round(used["kernel"] / learners, 2),
            "cpu_learner_seconds": round(sum(used.values()) / learners, 2),
            "cpu_hub_seconds": round(used["hub"], 1), "cpu_proxy_seconds": round(used["proxy"], 1)}


def memory_of_machine():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def report(result):
    """The same for people."""
    how = f"over {result['over_seconds']:g} seconds" if result["over_seconds"] else "all at once"
    lines = ["{learners} learners, {how}: {failures} failures, {seconds:.0f} seconds in all.".format(how=how, **result)]
    lines += [f"  {count} x {sentence}" for sentence, count in result["sentences"].items()]
    lines += ["", f"{'seconds':<26}{'median':>8}{'95th percentile':>17}"]
    for step in Learner.STEPS:
        if result[f"{step}_median"] is not None:
            name = "first chart, from log-in" if step == "first_chart" else step.replace("_", " ")
            lines.append(f"{name:<26}{result[f'{step}_median']:>8.2f}{result[f'{step}_p95']:>17.2f}")
    if result["pss_learner_mb"] is None:
        return "\n".join([*lines, "", "Memory was not measured: the hub's processes are not to be seen from here."])
    return "\n".join([*lines, "", (
        "MB (PSS) a learner: {pss_learner_mb:.0f} (server {pss_server_mb:.0f}, kernel {pss_kernel_mb:.0f}); "
        "hub {pss_hub_mb:.0f}, proxy {pss_proxy_mb:.0f}; at most {peak_mb} in all.\n"
        "Seconds of the processor a learner: {cpu_learner_seconds:.1f} (server {cpu_server_seconds:.1f}, kernel "
        "{cpu_kernel_seconds:.1f}); this script itself {cpu_load_seconds:.0f} in all.").format(**result)])


def write(result, path):
    if path.suffix != ".csv":
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        return
    row = {name: value for name, value in result.items() if name != "sentences"}
    new = not path.exists()
    with open(path, "a", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, row, lineterminator="\n")
        if new:
            table.writeheader()
        table.writerow(row)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
