"""How large a class beyond one machine must be built, computed from what was measured on one (measured.csv).

    python3 notebooks/hub/sizing.py                     writes the tables into README.md beside this file; prints them
    python3 notebooks/hub/sizing.py learners=300 node_memory_gb=32 placeholders=50      prints them for your own case
    python3 notebooks/hub/sizing.py --assumptions       what can be set, with its value and why

The beginning of a class is simulated: learners arrive, pass the hub one by one, wait for a place on a node, and share
its processors with the others there. The same simulation, with one node and nothing to wait for, is held against the
measured classes. Seeded: the same figures each time. Nothing but the standard library.
"""
import argparse
import collections
import csv
import dataclasses
import heapq
import itertools
import math
import operator
import random
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from hub.measured import README, TABLE as MEASURED, placed  # noqa: E402

BEGIN, END = "<!-- written by sizing.py -->", "<!-- end of what sizing.py wrote -->"
BEFORE_CHART = ("login", "server", "desktop", "open")      # the steps of a learner until she runs her first chart
WORK = ("server", "chart", "rest")      # of a Learner
AFTER_CHART = ("lesson", "control", "exercise", "note", "save", "read_back")
UNTUNED = "none"    # what `tuning` says where each server and kernel began by itself, as it does in a container
SIZES, AT_ONCE, TEN_MINUTES = (100, 1_000, 10_000), 0, 600


def setting(value, why):
    return dataclasses.field(default=value, metadata={"why": why})


@dataclasses.dataclass(frozen=True)
class Assumptions:
    """What was not measured here. Each can be set on the command line; look yours up."""
    node_memory_gb: float = setting(16, "memory of one node")
    node_cores: float = setting(4, "processors of one node")
    node_kept_gb: float = setting(2, "of a node's memory, for the system and the cluster's own programs")
    guarantee_gb: float = setting(0.5, "memory kept for each learner, as in values.yaml")
    disks_per_node: int = setting(25, "learners' disks that one node can hold; kubernetes.io names 16 to 127, by "
                                      "cloud; a common network disk has no such limit")
    disk_gb: float = setting(1, "each learner's own disk, as in values.yaml")
    image_gb: float = setting(1.5, "the image that each node pulls, compressed; not built here")
    page_mb: float = setting(6, "what a browser loads to open a lesson, counted in a browser")
    web_first_visit_mb: float = setting(42, "what a browser loads at the first visit of the web edition, at most; its "
                                            "tests hold it below 45")
    hub_learners: int = setting(1_000, "learners that one hub lets in; more get a hub of their own")
    node_start_seconds: float = setting(240, "from a pod that finds no place to a new node with the image on it")
    pod_start_seconds: float = setting(15, "a learner's disk is attached and her container begun")
    spawn_limit: int = setting(256, "servers that the hub starts at the same time, as in values.yaml")
    charts_spawn_limit: int = setting(64, "the same where nothing else is said")
    retry_seconds: tuple = setting((30, 60), "when too many start, the hub asks a learner to try again after so long")
    class_minutes: float = setting(75, "a lesson")
    cull_minutes: float = setting(60, "until an idle server is stopped, as in values.yaml")
    classes_a_month: float = setting(8, "for each learner")
    placeholders: int = setting(0, "places kept ready, for the learners asked about")
    learners: int = setting(0, "a size of your own instead of 100, 1,000 and 10,000")
    seed: int = setting(17, "of the arrivals")


# With none of these a class can still be imagined.
MAY_BE_NOTHING = {"node_kept_gb", "disk_gb", "image_gb", "page_mb", "web_first_visit_mb", "node_start_seconds",
                  "pod_start_seconds", "cull_minutes", "placeholders", "learners", "seed"}


@dataclasses.dataclass(frozen=True)
class Learner:
    """What one learner takes. Seconds of a processor for each step; `entrance` of the hub or its proxy, whichever is
    slower: each has one processor only, and all pass it."""
    server: float       # until her server answers
    chart: float        # then, until her first chart stands
    rest: float         # the rest of the lesson, run at once
    entrance: float
    idle: float         # seconds that pass without any processor at work
    memory_mb: float

    @property
    def work(self):
        return sum(getattr(self, part) for part in WORK)


# --- what was measured -----------------------------------------------------------------------------------------------

NEEDED = ["date", "cores", "learners", "seconds", "over_seconds", "tuning", "failures", "cpu_load_seconds",
          "first_chart_median", "first_chart_p95", *(f"{step}_median" for step in (*BEFORE_CHART, *AFTER_CHART)),
          "pss_learner_mb", "cpu_learner_seconds", "cpu_hub_seconds", "cpu_proxy_seconds"]


def read(path=MEASURED):
    """The measured classes without failures, those without tuning first, and of each kind the smallest.

    Raises ValueError with a sentence where the file lacks what is needed.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (table.fieldnames or [])]
            if missing:
                raise ValueError(f"{path.name} has no column {', '.join(missing)}. It is written by tests/hub/load.py "
                                 "--out FILE.csv; measure again with the load script of this edition.")
            rows = [{name: number(value) for name, value in row.items()} for row in table]
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). tests/hub/load.py writes it.") from None
    whole = [row for row in rows if row["failures"] == 0 and all(row[name] != "" for name in NEEDED)]
    if not whole:
        raise ValueError(f"{path.name} holds no class that was measured without failures.")
    order = operator.itemgetter("tuning", "learners", "over_seconds")
    return sorted(whole, key=lambda row: (row["tuning"] != UNTUNED, order(row)))


def alike(rows, tuning):
    """The classes measured with this tuning; all of them where there is none."""
    return [row for row in rows if row["tuning"] == tuning] or rows


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def learner(rows):
    """One learner, from the measured classes that came all at once.

    The processor was counted over the whole run. It is shared out among the steps by how long each took in the same
    run, in which all steps waited for the same processors. What the smallest class took beyond that is idle time. The
    memory is that of the largest class: as on a node, the files of the image lie in it once.
    """
    classes = [row for row in rows if row["over_seconds"] == 0] or rows
    small, large = classes[0], classes[-1]
    until = {step: small[f"{step}_median"] for step in BEFORE_CHART}
    chart = max(small["first_chart_median"] - sum(until.values()), 0)
    rest = sum(small[f"{step}_median"] for step in AFTER_CHART)
    share = small["cpu_learner_seconds"] / (sum(until.values()) + chart + rest)
    entrance = max(large["cpu_hub_seconds"], large["cpu_proxy_seconds"]) / large["learners"]
    one = Learner(server=(until["login"] + until["server"]) * share,
                  chart=(until["desktop"] + until["open"] + chart) * share, rest=rest * share,
                  entrance=entrance, idle=0, memory_mb=large["pss_learner_mb"])
    idle = small["first_chart_median"] - statistics.median(on_one_machine(small, one))
    return dataclasses.replace(one, idle=max(idle, 0))


def used(row):
    """Processors that a measured class and its load script had at work, on average."""
    return (row["cpu_learner_seconds"] * row["learners"] + row["cpu_load_seconds"]) / row["seconds"]


def on_one_machine(row, one, cores=None, seed=17):
    """Seconds to the first chart for each learner of a measured class, simulated; the load script takes its part.

    cores: processors that the class had; those of the machine where nothing is said.
    """
    script = 1 + row["cpu_load_seconds"] / row["learners"] / one.work
    slower = dataclasses.replace(one, entrance=0, **{part: getattr(one, part) * script for part in WORK})
    come = arrivals(int(row["learners"]), row["over_seconds"], seed, evenly=True)
    return simulate(come, slower, Cluster([Node(cores or row["cores"], math.inf, 0)]), seed)


# --- the simulation --------------------------------------------------------------------------------------------------

class Node:
    """A node whose processors are shared among those who compute, of whom each uses one at most."""

    def __init__(self, cores, places, ready):
        self.cores, self.free, self.ready = cores, places, ready
        self.served = self.at = 0.0     # what each has been served so far, and until when that was reckoned
        self.jobs, self.pace = [], 0    # (the amount at which it is done, number, what to do then); how quick each is

    def reckon(self, now):
        if self.jobs:
            self.served += (now - self.at) * self.pace
        self.at = now

    def share(self):
        """Share the processors among the jobs that are there now; returns when the first of them will be done."""
        self.pace = min(1, self.cores / len(self.jobs))
        return self.at + max(self.jobs[0][0] - self.served, 0) / self.pace


class Cluster:
    """Nodes that are there, and how further ones come."""

    def __init__(self, nodes, per_node=0, cores=0, node_start=0, placeholders=0, pod_start=0, limit=math.inf,
                 retry=(0, 0)):
        self.nodes, self.per_node, self.cores, self.node_start = nodes, per_node, cores, node_start
        self.placeholders, self.pod_start, self.limit, self.retry = placeholders, pod_start, limit, retry
        self.asked = self.full = 0      # learners who have asked for a place; nodes that are full, the first of all

    def ask(self, now):
        """One more learner needs a place. Returns the nodes ordered for it, and for the placeholder that gave way."""
        self.asked += 1
        if not self.per_node:
            return []
        lacking = self.asked + self.placeholders - len(self.nodes) * self.per_node
        number = math.ceil(lacking / self.per_node)
        ordered = [Node(self.cores, self.per_node, now + self.node_start) for _ in range(number)]
        self.nodes += ordered
        return ordered

    def place(self, now):
        """The first node that is ready with a free place, as the user scheduler fills them; else None. (They stand in
        the order in which they become ready.)"""
        while self.full < len(self.nodes) and not self.nodes[self.full].free:
            self.full += 1
        node = self.nodes[self.full] if self.full < len(self.nodes) else None
        return node if node and node.ready <= now else None


class Beginning:
    """The beginning of a class: a clock, what will happen next, and who waits for a place."""

    def __init__(self, arriving, one, cluster, seed):
        self.one, self.cluster, self.chance = one, cluster, random.Random(seed)
        self.asking = list(self.entering(arriving))     # a heap of (when, arrived, whether she was turned away before)
        self.coming, self.order = [], itertools.count()
        self.waiting, self.starting = collections.deque(), 0
        self.took, self.turned = [], 0      # seconds to the first chart; how many were told to try again

    def entering(self, arriving):
        """The hub takes one after the other."""
        free = 0.0
        for since in sorted(arriving):
            free = max(free, since) + self.one.entrance
            yield free, since, False

    def at(self, when, do, *about):
        heapq.heappush(self.coming, (when, next(self.order), do, about))

    def run(self):
        while self.asking or self.coming:
            until = self.coming[0][0] if self.coming else math.inf
            if self.asking and self.asking[0][0] <= until:
                self.spawn(until)
            else:
                now, _, do, about = heapq.heappop(self.coming)
                do(now, *about)
        return self

    def spawn(self, until):
        """Whoever asks next has her server started. While too many start, all who ask are told to try again."""
        asking, (least, most) = self.asking, self.cluster.retry
        if self.starting < self.cluster.limit:
            now, since, _ = heapq.heappop(asking)
            self.start(now, since)
        else:
            while asking[0][0] <= until:    # "Too many users trying to log in right now"
                now, since, again = asking[0]
                self.turned += not again
                heapq.heapreplace(asking, (now + self.chance.uniform(least, most), since, True))

    def start(self, now, since):
        self.starting += 1
        self.waiting.append(since)
        for node in self.cluster.ask(now):
            self.at(node.ready, self.seat)
        self.seat(now)

    def seat(self, now):
        while self.waiting and (node := self.cluster.place(now)):
            node.free -= 1
            since = self.waiting.popleft()
            self.at(now + self.cluster.pod_start, self.compute, node, self.one.server, self.served, since)

    def served(self, now, node, since):
        self.starting -= 1
        self.compute(now, node, self.one.chart, self.charted, since)

    def charted(self, now, node, since):
        self.took.append(now - since + self.one.idle)
        self.compute(now, node, self.one.rest, lambda *_: None, since)

    def compute(self, now, node, work, then, since):
        node.reckon(now)
        heapq.heappush(node.jobs, (node.served + work, next(self.order), then, since))
        self.at(node.share(), self.look, node)

    def look(self, now, node):
        """Whoever is done on this node goes on; whoever is not, because others came, is looked at again."""
        node.reckon(now)
        done = []
        while node.jobs and node.jobs[0][0] <= node.served + 1e-9:
            done.append(heapq.heappop(node.jobs))
        for _, _, then, since in done:
            then(now, node, since)
        if done and node.jobs:
            self.at(node.share(), self.look, node)


def simulate(arriving, one, cluster, seed=17):
    """Seconds from arriving to the first chart, one a learner."""
    return begin(arriving, one, cluster, seed).took


def begin(arriving, one, cluster, seed=17):
    """The beginning of a class, run to its end.

    arriving: the seconds at which they come. one: a Learner. cluster: a Cluster, which is used up.
    """
    return Beginning(arriving, one, cluster, seed).run()


def arrivals(learners, over, seed, evenly=False):
    """When each comes: all at once, one after the other as the load script lets them, or by chance as people do."""
    if evenly:
        return [over * place / max(learners - 1, 1) for place in range(learners)]
    chance = random.Random(seed)
    return sorted(chance.uniform(0, over) for _ in range(learners))


def beginning_of_class(learners, over, placeholders, one, given, limit=None):
    """The beginning of a class on a cluster that held only placeholders before: median and 95th percentile of the
    seconds to the first chart, and which part of the learners was told to try again.
    """
    places = per_node(given)
    warm = [Node(given.node_cores, places, 0) for _ in range(math.ceil(placeholders / places))]
    cluster = Cluster(warm, places, given.node_cores, given.node_start_seconds, placeholders, given.pod_start_seconds,
                      limit or given.spawn_limit, given.retry_seconds)
    beginning = begin(arrivals(learners, over, given.seed), one, cluster, given.seed)
    return *middle_and_late(beginning.took), beginning.turned / learners


def middle_and_late(took):
    if len(took) < 2:
        return took[0], took[0]
    return statistics.median(took), statistics.quantiles(took, n=20, method="inclusive")[-1]


# --- the tables ------------------------------------------------------------------------------------------------------

def per_node(given):
    """Learners on one node: by memory and by disks, whichever is less."""
    return min(int((given.node_memory_gb - given.node_kept_gb) / given.guarantee_gb), given.disks_per_node)


def sizes(one, given):
    """The table of what a class of each size needs."""
    yield ["learners", "hubs", "nodes", "memory guaranteed, GB", "processors at work", "node-hours a class",
           "node-hours a month", "disks, GB-months", "images to nodes, GB", "pages to browsers, GB"]
    for learners in asked(given):
        nodes = math.ceil(learners / per_node(given))
        hours = nodes * (given.class_minutes + given.cull_minutes + given.node_start_seconds / 60) / 60
        yield [f"{learners:,}", f"{math.ceil(learners / given.hub_learners)}", f"{nodes:,}",
               f"{learners * given.guarantee_gb:,.0f}", f"{learners * one.work / (given.class_minutes * 60):,.1f}",
               f"{hours:,.0f}", f"{hours * given.classes_a_month:,.0f}", f"{learners * given.disk_gb:,.0f}",
               f"{nodes * given.image_gb:,.0f}", f"{learners * given.page_mb / 1000:,.1f}"]


def ways(one, given):
    """The table of what the web edition and a hub ask of network and servers."""
    yield ["learners", "web edition: loaded once, GB", "web edition: memory on servers",
           "a hub: pages loaded, GB", "a hub: memory in use, GB", "a hub: memory guaranteed on Kubernetes, GB"]
    for learners in (30, *asked(given)):
        yield [f"{learners:,}", f"{learners * given.web_first_visit_mb / 1000:,.1f}", "none",
               f"{learners * given.page_mb / 1000:,.1f}", f"{learners * one.memory_mb / 1000:,.1f}",
               f"{learners * given.guarantee_gb:,.0f}"]


def storms(one, given):
    """The table of the beginning of a class: how long until the first chart stands."""
    yield ["learners", "they come", "places kept ready", "median", "95th percentile", "told to try again",
           f"with {given.charts_spawn_limit} starts at a time: 95th percentile", "told to try again"]
    come = {"all at once": AT_ONCE, "over ten minutes": TEN_MINUTES}
    for learners in asked(given):
        kept = {"none": 0, "a tenth": math.ceil(learners / 10), "all": learners}
        if given.placeholders:
            kept = {f"{given.placeholders}": given.placeholders}
        elif learners > given.hub_learners:     # what one hub would make of them; only the best case
            kept = {"all, but one hub": learners}
        for (words, over), (name, places) in itertools.product(come.items(), kept.items()):
            median, late, turned = beginning_of_class(learners, over, places, one, given)
            _, few_late, few_turned = beginning_of_class(learners, over, places, one, given, given.charts_spawn_limit)
            yield [f"{learners:,}", words, name, clock(median), clock(late), f"{turned:.0%}", clock(few_late),
                   f"{few_turned:.0%}"]


def asked(given):
    return (given.learners,) if given.learners else SIZES


def clock(seconds):
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def check(rows):
    """The table that holds the simulation against what was measured: with all processors of the machine, and with as
    many as the class had at work on average. What was measured should lie near the one or between the two."""
    yield ["measured on", "tuning", "learners", "they came", "processors used", "median, measured", "simulated",
           "on those used", "95th percentile, measured", "simulated"]
    for row in rows:
        one = learner(alike(rows, row["tuning"]))
        median, late = middle_and_late(on_one_machine(row, one))
        slow, _ = middle_and_late(on_one_machine(row, one, used(row)))
        came = f"over {row['over_seconds']:.0f} s" if row["over_seconds"] else "all at once"
        measured = (row["first_chart_median"], median, slow, row["first_chart_p95"], late)
        yield [f"{row['date']}, {row['cores']:.0f} processors", row["tuning"], f"{row['learners']:.0f}", came,
               f"{used(row):.1f}", *(f"{seconds:.0f} s" for seconds in measured)]


def table(rows):
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def pages(given=Assumptions(), rows=None):
    """All that stands in the README between the two marks, as Markdown."""
    rows = rows or read()
    one = learner(alike(rows, UNTUNED))
    parts = [
        f"A node of {given.node_memory_gb:g} GB and {given.node_cores:g} processors holds {per_node(given)} learners. "
        f"In a container of her own one "
        f"takes {one.memory_mb:.0f} MB with a lesson open and {one.work:.1f} seconds of a processor for a whole "
        f"lesson, of which {one.entrance:.2f} are the hub's or its proxy's, for one learner after the other.",
        table(sizes(one, given)),
        "To the first chart, from arriving at the log-in page, when nothing runs yet but the places kept ready:",
        table(storms(one, given)),
        "What a class asks of network and servers, by the way it goes:",
        table(ways(one, given)),
        "How near the simulation comes to what was measured on one machine. Of each tuning the smallest class sets its "
        "idle time. The machine served others too: a class that had fewer processors at work than the machine has was "
        "held up by them, or had nothing to do.",
        table(check(rows)),
    ]
    return "\n\n".join(parts)


def assumptions(given=Assumptions()):
    """Each assumption with its value and why, as lines of text."""
    return "\n".join(f"{field.name}={shown(getattr(given, field.name))}    {field.metadata['why']}"
                     for field in dataclasses.fields(given))


def shown(value):
    return "-".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"


def changed(words):
    """The assumptions with what the command line sets. Raises ValueError with a sentence."""
    known, more = {field.name: field for field in dataclasses.fields(Assumptions)}, {}
    for word in words:
        name, _, text = word.partition("=")
        value = number(text)
        fixed = name not in known or isinstance(known[name].default, tuple)
        if fixed or not isinstance(value, float) or not 0 <= value < 1e6:
            raise ValueError(f"{word} sets nothing. Write NAME=NUMBER with one of these names: {', '.join(known)}.")
        if not value and name not in MAY_BE_NOTHING or known[name].type is int and value % 1:
            raise ValueError(f"{word}: {'a whole number' if value else 'more than 0'} is needed.")
        more[name] = known[name].type(value)
    found = dataclasses.replace(Assumptions(), **more)
    if per_node(found) < 1:
        raise ValueError("no learner finds room on such a node: its memory, less what is kept for the system, is below "
                         "what is kept for one learner.")
    return found


def main(words):
    form = argparse.ArgumentParser(prog="python3 notebooks/hub/sizing.py", description=__doc__, allow_abbrev=False,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    form.add_argument("settings", nargs="*", metavar="NAME=NUMBER")
    form.add_argument("--assumptions", action="store_true", help="list what can be set")
    chosen = form.parse_args(words)
    try:
        given = changed(chosen.settings)
        text = assumptions(given) if chosen.assumptions else pages(given)
        if not words:
            README.write_text(placed(README.read_text(encoding="utf-8"), text, BEGIN, END), encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
