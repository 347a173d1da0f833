"""A class of simulated learners on a hub of its own: three in every run, thirty with --learners 30 (see load.py)."""
import argparse
import threading

import learner
import load
import pytest
from conftest import CLASS_PASSWORD, Hub

MB_OF_FEW, MB_OF_MANY = 240, 195    # a learner (PSS); what she shares with others is less for many. 30 x 195 MB: 6 GB
SECONDS, A_LEARNER = 45, 6          # for the first, and for each one more: 4 s of the processor, on 2 cores, with a margin


@pytest.fixture(scope="module")
def own_hub(request):
    one = Hub(f"l{load.os.getpid()}-")
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
        load.write(result, load.Path(out))
    assert not result["failures"], result["sentences"]
    assert result["seconds"] < SECONDS + learners * A_LEARNER + over
    assert tuning == "none" or result["pss_learner_mb"] < (MB_OF_MANY if learners >= 20 else MB_OF_FEW)
    assert result["pss_kernel_mb"] > 30 and result["pss_server_mb"] > 30, "processes were overlooked"


def alone(hub, name, password=CLASS_PASSWORD):
    return load.run(hub.address, 1, password, names=name)


def test_a_wrong_verdict_of_check_is_a_failure(own_hub, monkeypatch):
    slip, answer = learner.key()
    monkeypatch.setattr(learner, "key", lambda: (answer, slip))
    (sentence,) = alone(own_hub, "verdict")["sentences"]
    assert sentence.startswith(f"exercise: check took {answer} for right")


def test_a_lesson_that_says_something_else_is_a_failure(own_hub, monkeypatch):
    other = learner.copy.deepcopy(learner.stored())
    next(cell for cell in other["cells"] if cell["id"] == "monthly")["outputs"][0]["data"]["text/plain"] = "90 months"
    monkeypatch.setattr(learner, "stored", lambda: other)
    assert list(alone(own_hub, "other")["sentences"]) == [
        "lesson: The cell monthly of the lesson says something else than the stored lesson."]


def test_a_control_that_stands_still_is_a_failure(own_hub, monkeypatch):
    monkeypatch.setattr(learner.Kernel, "set_state", lambda *_: None)
    (sentence,) = alone(own_hub, "control")["sentences"]
    assert sentence.startswith("control: The control moved to 6 months says:")


def test_a_note_and_a_lesson_that_get_lost_are_failures(own_hub, monkeypatch):
    ask = learner.Learner.api

    def forgetful(her, method, path, **more):
        if method == "PUT" and path.startswith("contents/"):
            return None
        return ask(her, method, path.replace("my_note.md", "other.md"), **more)

    monkeypatch.setattr(learner.Learner, "api", forgetful)
    assert list(alone(own_hub, "note")["sentences"]) == [
        "note: GET /user/ACCOUNT/api/contents/my_work/other.md?content=1 was answered with 404."]
    monkeypatch.setitem(learner.Learner.STEPS, "note", lambda her: None)
    assert list(alone(own_hub, "save")["sentences"]) == ["read_back: What was saved has other words than what came back."]


def test_a_refused_login_is_a_failure(own_hub):
    assert list(alone(own_hub, "refused", "another password")["sentences"]) == ["login: The password was not taken."]


def test_a_hub_that_is_killed_is_one_failure_for_all(own_hub):
    """And no traceback; run as the last, since the hub does not answer afterwards."""
    own_hub.stop()
    result = load.run(own_hub.address, 3, CLASS_PASSWORD)
    assert result["sentences"] == {"login: the hub does not answer, or closed the connection.": 3}
    assert "Memory was not measured" in load.report(result)


@pytest.mark.parametrize("address", ["http://example.org:8000", "https://127.0.0.1", "http://127.0.0.1.example.org", "http://10.0.0.1:80"])
def test_no_other_computer_is_ever_tried(address, capsys):
    with pytest.raises(SystemExit):
        load.main([address, "--learners", "2"])
    assert "is not a hub on this machine" in capsys.readouterr().err
    with pytest.raises(argparse.ArgumentTypeError):
        load.run(address, 2, "")
    assert threading.active_count() < 20


def test_there_are_never_more_than_a_machine_has_room_for(capsys):
    with pytest.raises(SystemExit):
        load.main(["http://127.0.0.1:8000", "--learners", "1000"])
    assert "from 1 to 60 learners, not 1000" in capsys.readouterr().err
