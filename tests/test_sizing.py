"""The sizes and waits of large classes: the simulation against arithmetic and against what was measured."""
import csv
import dataclasses
import subprocess
import sys

import pytest
import yaml

from hub import sizing
from hub.kubernetes.checking import amount
from launcher.environment import TOP

VALUES = yaml.safe_load((TOP / "notebooks" / "hub" / "kubernetes" / "values.yaml").read_text())
GIVEN = sizing.Assumptions()
ONE = sizing.Learner(server=2, chart=3, rest=4, entrance=0, idle=0, memory_mb=250)
ROW = dict(date="2026-11-26", cores="2", learners="3", seconds="20", over_seconds="0", tuning="all", failures="0", cpu_load_seconds="0.9",
           first_chart_median="10", first_chart_p95="11", login_median="1", server_median="3", desktop_median="2",
           open_median="1", lesson_median="4", control_median="0.5", exercise_median="0.3", note_median="0.1",
           save_median="0.1", read_back_median="0.1", pss_learner_mb="250", cpu_learner_seconds="7.5", cpu_hub_seconds="0.6",
           cpu_proxy_seconds="0.7")


def machine(cores=2):
    return sizing.Cluster([sizing.Node(cores, sizing.math.inf, 0)])


def written(tmp_path, *rows):
    path = tmp_path / "measured.csv"
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.mark.parametrize("learners, cores, seconds", [(1, 2, 5), (2, 2, 5), (4, 2, 10), (30, 2, 75), (30, 8, 18.75), (1, 0.5, 10)])
def test_processors_are_shared_evenly(learners, cores, seconds):
    """All who come at once have their first chart when all that work is done: server and chart, 5 seconds each."""
    assert sizing.simulate([0] * learners, ONE, machine(cores)) == pytest.approx([seconds] * learners)


def test_who_comes_later_has_company():
    """Alone for 2 of her 5 seconds; then both at half pace on one processor; the first goes on with her lesson."""
    assert sizing.simulate([0, 2], ONE, machine(1)) == pytest.approx([2 + 2 * 3, 2 * 5])


def test_nobody_is_lost_and_nothing_is_made():
    """However they come and wait, each has one first chart, never sooner than her own work takes."""
    for limit, kept in [(3, 0), (3, 40), (1000, 7)]:
        cluster = sizing.Cluster([sizing.Node(4, 25, 0)], 25, 4, 100, kept, 5, limit, (3, 6))
        took = sizing.simulate(sizing.arrivals(200, 60, 1), dataclasses.replace(ONE, entrance=0.1), cluster)
        assert len(took) == 200 and min(took) >= 5 + 5 + 0.1 - 1e-9


def test_all_pass_the_entrance_one_by_one():
    took = sizing.simulate([0] * 100, dataclasses.replace(ONE, entrance=0.5), machine(1000))
    assert sorted(took) == pytest.approx([0.5 * place + 5 for place in range(1, 101)])


def test_without_a_place_she_waits_for_a_node_and_with_one_she_does_not():
    nobody, everybody = (sizing.beginning_of_class(50, 0, kept, ONE, GIVEN) for kept in (0, 50))
    assert nobody[0] >= GIVEN.node_start_seconds + GIVEN.pod_start_seconds
    assert everybody[1] < GIVEN.node_start_seconds


def test_a_placeholder_that_gives_way_is_replaced():
    """Four learners take the four places kept; the fourth placeholder to give way needs a second node again."""
    cluster = sizing.Cluster([sizing.Node(4, 5, 0)], 5, 4, 100, placeholders=4)
    assert [len(cluster.ask(0)) for _ in range(7)] == [0, 1, 0, 0, 0, 0, 1]


def test_nodes_fill_one_after_the_other():
    """A node of 4 processors with 4 learners is as quick as one alone; the fifth goes to the next node."""
    nodes = [sizing.Node(4, 4, 0), sizing.Node(4, 4, 0)]
    assert sizing.simulate([0] * 5, ONE, sizing.Cluster(nodes)) == pytest.approx([5] * 5)
    assert [node.free for node in nodes] == [0, 3]


def test_with_few_starts_at_a_time_nodes_are_ordered_in_waves():
    few, many = (sizing.beginning_of_class(200, 0, 0, ONE, GIVEN, limit) for limit in (25, 200))
    assert few[1] > 4 * GIVEN.node_start_seconds > many[1]
    assert few[2] == pytest.approx(175 / 200) and many[2] == 0      # all but the first 25 are told to try again


@pytest.fixture
def small(monkeypatch):
    """Sizes that are quickly simulated."""
    monkeypatch.setattr(sizing, "SIZES", (60, 600))


def test_the_same_figures_each_time_and_others_with_another_seed(small):
    rows = sizing.read()
    assert sizing.pages(rows=rows) == sizing.pages(rows=rows)
    other = dataclasses.replace(GIVEN, seed=18)
    assert sizing.arrivals(30, 600, 17) != sizing.arrivals(30, 600, 18)
    assert sizing.beginning_of_class(100, 600, 10, ONE, GIVEN) != sizing.beginning_of_class(100, 600, 10, ONE, other)


def test_what_was_measured_is_met():
    """The median of each measured class lies between a third below what all processors would give and a half above what
    those that it used would; how near exactly, the README's last table says."""
    rows = sizing.read()
    for row in rows:
        one = sizing.learner(sizing.alike(rows, row["tuning"]))
        quick, slow = (sizing.middle_and_late(sizing.on_one_machine(row, one, cores))[0] for cores in (None, sizing.used(row)))
        assert 2 / 3 * quick < row["first_chart_median"] < 3 / 2 * slow, row


def test_the_smallest_class_sets_what_one_learner_takes(tmp_path):
    """7.5 seconds of a processor over 15.1 seconds of steps, of which 4 until her server answers and 6 until her chart."""
    one = sizing.learner(sizing.read(written(tmp_path, ROW)))
    assert one.work == pytest.approx(7.5) and one.server / one.work == pytest.approx(4 / 15.1)
    assert one.entrance == pytest.approx(0.7 / 3) and one.memory_mb == 250
    assert one.idle == pytest.approx(10 - (7.5 + 0.3) * 10 / 15.1 * 3 / 2)


def test_classes_that_failed_do_not_count_and_a_container_shares_nothing(tmp_path, small):
    """Sizes beyond one machine rest on the classes in which no server or kernel shared memory with another."""
    path = written(tmp_path, ROW, ROW | {"failures": "1", "learners": "2"}, ROW | {"tuning": "none", "learners": "4", "pss_learner_mb": "301"},
                   ROW | {"learners": "30", "first_chart_median": ""})
    rows = sizing.read(path)
    assert [row["learners"] for row in rows] == [4, 3]
    assert "takes 301 MB" in sizing.pages(rows=rows) and "takes 250 MB" in sizing.pages(rows=rows[1:])


@pytest.mark.parametrize("rows, says", [
    ([{name: value for name, value in ROW.items() if name != "pss_learner_mb"}], "no column pss_learner_mb"),
    ([ROW | {"failures": "2"}], "without failures"),
], ids=["a missing column", "only failures"])
def test_a_table_that_will_not_do_gets_one_sentence(tmp_path, rows, says):
    with pytest.raises(ValueError, match=says) as told:
        sizing.read(written(tmp_path, *rows))
    assert "\n" not in str(told.value)
    with pytest.raises(ValueError, match="cannot be read"):
        sizing.read(tmp_path / "none.csv")


@pytest.mark.parametrize("word", ["learner=30", "learners", "learners=many", "learners=-1", "retry_seconds=5", "node_cores=1e9", "seed=nan"])
def test_a_word_that_sets_nothing_is_told(word):
    with pytest.raises(ValueError, match="NAME=NUMBER"):
        sizing.changed([word])


def tables(given):
    """What stands in the README of these assumptions: two tables alone, then all of it."""
    rows = sizing.read()
    one = sizing.learner(sizing.alike(rows, sizing.UNTUNED))
    yield list(sizing.sizes(one, given))
    yield list(sizing.ways(one, given))
    yield sizing.pages(given, rows)


@pytest.mark.parametrize("word, says", [("spawn_limit=0", "more than 0"), ("class_minutes=0", "more than 0"), ("hub_learners=0", "more than 0"),
                                        ("guarantee_gb=0", "more than 0"), ("placeholders=1.5", "a whole number"),
                                        ("node_memory_gb=2", "no learner finds room"), ("node_memory_gb=1", "no learner finds room")])
def test_a_number_with_which_nothing_can_be_computed_is_told(word, says):
    with pytest.raises(ValueError, match=says):
        sizing.changed([word])


def test_half_a_processor_is_a_size_too(small):
    assert sizing.changed(["node_cores=0.5"]).node_cores == 0.5
    assert "0.5 processors" in sizing.pages(sizing.changed(["node_cores=0.5", "learners=3"]))


def test_each_assumption_can_be_set_and_moves_the_tables(small):
    before = list(tables(GIVEN))
    for word in ("learners=90", "node_memory_gb=8", "disks_per_node=10", "node_start_seconds=60", "pod_start_seconds=60",
                 "spawn_limit=10", "class_minutes=50", "cull_minutes=10", "image_gb=3", "page_mb=12", "disk_gb=2",
                 "guarantee_gb=1", "hub_learners=500", "classes_a_month=4", "placeholders=9", "web_first_visit_mb=20", "node_cores=1"):
        # the tables that are quickly computed come first: where one has moved, no class is simulated
        assert any(now != then for now, then in zip(tables(sizing.changed([word])), before)), word
    assert len(sizing.assumptions().splitlines()) == len(dataclasses.fields(GIVEN))


def test_the_readme_shows_what_the_code_computes():
    """Measured anew? python3 notebooks/hub/sizing.py writes the tables."""
    readme = sizing.README.read_text()
    assert readme == sizing.placed(readme, sizing.pages(), sizing.BEGIN, sizing.END)


def test_the_sizes_rest_on_the_settings_for_kubernetes():
    single = VALUES["singleuser"]
    assert amount(single["memory"]["guarantee"]) == GIVEN.guarantee_gb * 2**30
    assert single["storage"]["capacity"] == f"{GIVEN.disk_gb:g}Gi"
    assert VALUES["cull"]["timeout"] == GIVEN.cull_minutes * 60
    assert VALUES["hub"]["concurrentSpawnLimit"] == GIVEN.spawn_limit
    # a whole node of learners at once, whose servers share its processors, twice over
    busy = sizing.per_node(GIVEN) * sizing.learner(sizing.alike(sizing.read(), sizing.UNTUNED)).server / GIVEN.node_cores
    assert VALUES["hub"]["config"]["KubeSpawner"]["http_timeout"] > 2 * busy
    assert single["startTimeout"] > GIVEN.node_start_seconds + GIVEN.pod_start_seconds


def test_the_guarantees_hold_what_was_measured():
    """Two lessons open fit into what is guaranteed, four below the limit; and the processor for a lesson of 50 minutes."""
    rows = sizing.alike(sizing.read(), sizing.UNTUNED)
    server, kernel = (rows[-1][name] * 1e6 for name in ("pss_server_mb", "pss_kernel_mb"))
    memory, cpu = VALUES["singleuser"]["memory"], VALUES["singleuser"]["cpu"]
    assert server + 2 * kernel < amount(memory["guarantee"]) and server + 4 * kernel < amount(memory["limit"])
    assert sizing.learner(rows).work / (50 * 60) < cpu["guarantee"]


def test_the_first_visit_is_as_the_web_edition_says():
    assert f"at most {GIVEN.web_first_visit_mb:g} MB the first time" in (TOP / "notebooks" / "web" / "pages" / "index.md").read_text()


def test_the_command_prints_other_assumptions_and_writes_nothing():
    before = sizing.README.read_bytes()
    for words, shows in [(["learners=30"], "| 30 |"), (["--assumptions"], "node_memory_gb=16"), (["learners=x"], "")]:
        done = subprocess.run([sys.executable, sizing.HERE / "sizing.py", *words], capture_output=True, text=True)
        assert shows in done.stdout and "Traceback" not in done.stderr and (done.returncode == 0) == bool(shows)
    assert sizing.README.read_bytes() == before
