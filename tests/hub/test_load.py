"""A class of simulated learners on a hub of its own: three in every run, thirty with --learners 30 (see load.py)."""
import argparse
import copy
import os
import re
import threading
from pathlib import Path

import learner
import load
import processes
import pytest
from conftest import CLASS_PASSWORD, Hub

MB_OF_FEW, MB_OF_MANY = 240, 185    # a learner (PSS), less for many, who share more; 30 and the hub fit into 6 GB
SECONDS, A_LEARNER = 45, 6          # at first, and for each one: 4 s of a processor, of which there are two, and room


@pytest.fixture(scope="module")
def own_hub(request):
    one = Hub(f"l{os.getpid()}-", ["Ana García"])
    try:
        one.start("--untuned") if request.config.getoption("--untuned") else one.start()
        yield one
    finally:
        one.remove()


def test_a_class_finds_all_that_it_should(own_hub, request):
    option = request.config.getoption
    learners, over, out = option("--learners"), option("--over"), option("--measured")
    tuning = "none" if option("--untuned") else "all"
    result = load.run(own_hub.address, learners, CLASS_PASSWORD, over=over, tuning=tuning)
    print(load.report(result))
    if out:
        load.write(result, Path(out))
    assert not result["failures"], result["sentences"]
    assert result["seconds"] < SECONDS + learners * A_LEARNER + over
    assert tuning == "none" or result["pss_learner_mb"] < (MB_OF_MANY if learners >= 20 else MB_OF_FEW)
    assert result["pss_kernel_mb"] > 30 and result["pss_server_mb"] > 30, "processes were overlooked"


def test_nothing_but_the_hub_is_measured(own_hub):
    """Above it is whoever started it, as these tests, with another hub's learners perhaps."""
    assert processes.hub_behind(own_hub.port) == own_hub.process.pid
    assert os.getpid() not in processes.family(own_hub.process.pid)


class Unlucky(learner.Learner):
    """Each of these meets something else that must not happen."""

    def __init__(self, hub, name, password, number, seconds):
        super().__init__(hub, name, password if number < 6 else "another password", number, seconds)
        if number == 1:
            self.key = self.key[::-1]
        if number == 2:
            self.lesson = copy.deepcopy(self.lesson)
            next(cell for cell in self.lesson["cells"] if cell["id"] == "monthly")["outputs"] = []

    def open_lesson(self):
        super().open_lesson()
        if self.number == 3:
            self.kernel.set_state = lambda *_: None
        if self.number == 4:
            forget = "import takeaways; takeaways.keep = lambda *_: print('Kept in my_work/my_note.md')"
            self.kernel.run(forget)

    def api(self, method, path, **more):
        if self.number == 5 and method == "PUT":
            return None
        return super().api(method, path, **more)

    STEPS = learner.Learner.STEPS | {"open": open_lesson}


def test_each_thing_that_must_not_happen_is_a_failure(own_hub, monkeypatch):
    monkeypatch.setattr(load, "Learner", Unlucky)
    slip, answer = learner.key()
    found = load.run(own_hub.address, 6, CLASS_PASSWORD, names="unlucky{:02d}")["sentences"]
    expected = [
        "control: The control moved to 18 months says: October 2020: +130%",
        f"exercise: check took {answer} for right: 1.2: right.",
        "lesson: The cell monthly of the lesson says something else than the stored lesson.",
        "login: The password was not taken.",
        "note: GET /user/ACCOUNT/api/contents/my_work/my_note.md?content=1 was answered with 404.",
        "read_back: What was saved has other words than what came back."]
    assert len(found) == 6 and all(map(str.startswith, sorted(found), expected)), found


def test_a_hub_that_is_stopped_is_one_failure_for_each(own_hub):
    """In the middle of a lesson and afterwards, and no traceback; this hub is not started again."""
    threading.Timer(4, own_hub.stop).start()
    result = load.run(own_hub.address, 3, CLASS_PASSWORD, names="left{:02d}")
    assert result["failures"] == 3 and all(re.fullmatch(r"\w+: .+\.", sentence) for sentence in result["sentences"])
    own_hub.process.wait(60)
    result = load.run(own_hub.address, 3, CLASS_PASSWORD)
    assert result["sentences"] == {"login: the hub does not answer, or closed the connection.": 3}
    assert "Memory was not measured" in load.report(result)


@pytest.mark.parametrize("address", ["http://example.org:8000", "https://127.0.0.1", "http://127.0.0.1.example.org",
                                     "http://10.0.0.1:80"])
def test_no_other_computer_is_ever_tried(address, capsys):
    with pytest.raises(SystemExit):
        load.main([address, "--learners", "2"])
    assert "is not a hub on this machine" in capsys.readouterr().err
    with pytest.raises(argparse.ArgumentTypeError):
        load.run(address, 2, "")


def test_there_are_never_more_than_a_machine_has_room_for(capsys):
    with pytest.raises(SystemExit):
        load.main(["http://127.0.0.1:8000", "--learners", "1000"])
    assert "from 1 to 60 learners, not 1000" in capsys.readouterr().err
    with pytest.raises(argparse.ArgumentTypeError):
        load.run("http://127.0.0.1:8000", 1000, "")


def test_who_does_not_come_to_the_end_is_a_failure(monkeypatch):
    monkeypatch.setattr(load, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(load.Learner, "STEPS", {"login": lambda her: load.time.sleep(2)})
    assert load.run("http://127.0.0.1:9", 2, "")["sentences"] == {"she did not come to the end within 0.1 seconds.": 2}
