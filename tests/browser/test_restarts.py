"""A question whose kernel is shared by two tabs, restarted, or gone; one is tried, as all are shown in one way."""
import lab
import pytest
from conftest import ASKING
from lab import look
from test_questions import agree, chooses, until

AGAIN = "Run this cell again"


@pytest.fixture(scope="module")
def question(desk):
    desk.theme("Light")
    desk.open(ASKING[0])
    desk.run_question()
    yield ASKING[0]
    desk.close()


def test_two_tabs_each_say_something_true(desk, question):
    """The second shows what is stored until the question is run there too; then each answers for itself."""
    second = lab.Desk(desk.page.context.new_page(), desk.address, desk.top)
    second.enter("second")
    second.open(question)
    controls, told, charts = look(second, "shows")
    assert (controls, charts) == (0, 1) and AGAIN in told
    second.run_question()
    for one, other in ((second, desk), (desk, second)):
        before = look(other, "answer")
        one.page.bring_to_front()
        look(one, "enter", 1)
        chooses(one, 1, "ArrowDown")
        assert look(one, "shows")[1:] == look(other, "shows")[1:] == ["", 1] and look(other, "answer") == before
    assert second.take_errors() == []
    second.page.close()
    desk.page.bring_to_front()


@pytest.mark.parametrize("command", ["notebook:run-cell", "notebook:run-all-cells"])
def test_run_again_while_a_key_is_held_the_last_answer_is_to_the_last_choice(desk, question, command):
    look(desk, "enter", 1)
    for number in range(24):
        if number == 8:
            desk.page.evaluate("command => { window.jupyterapp.commands.execute(command); }", command)
        desk.page.keyboard.down("ArrowDown")
        desk.page.wait_for_timeout(20)
    desk.page.keyboard.up("ArrowDown")
    desk.settle()
    until(desk, "waiting", lambda cells: not cells, 60)
    agree(desk)
    assert look(desk, "shows")[1:] == ["", 1] and look(desk, "errors") == []
    look(desk, "enter", 1)
    chooses(desk, 1, "ArrowDown")
    agree(desk)


def test_a_cleared_output_comes_back_whole(desk, question):
    look(desk, "enter")
    desk.command("notebook:clear-cell-output")
    assert until(desk, "shows", lambda shows: not shows[0]) == [0, "", 0]
    desk.run_question()
    assert look(desk, "shows")[0] > 0 and look(desk, "shows")[1:] == ["", 1]
    agree(desk)


def test_after_a_restart_it_says_to_run_the_cell_again(desk, question):
    assert look(desk, "shows")[1] == ""
    desk.page.evaluate("() => window.look.panel().sessionContext.session.kernel.restart()")
    controls, told, charts = until(desk, "shows", lambda shows: shows[1])
    assert controls and charts == 1 and AGAIN in told
    look(desk, "enter")
    before = look(desk, "state")
    for key in ("ArrowDown", "b"):
        desk.page.keyboard.press(key)
    assert look(desk, "state") == before and AGAIN in look(desk, "shows")[1]
    desk.run_question()
    assert until(desk, "shows", lambda shows: not shows[1])[1] == ""
    agree(desk)


@pytest.mark.parametrize("kernel_too", [False, True], ids=["kernel at work", "kernel gone"])
def test_reopened_it_shows_the_first_chart_and_says_to_run_the_cell(desk, question, kernel_too):
    desk.run_question()
    assert look(desk, "shows")[0] > 0
    desk.close(kernel_too)
    assert "widget-view" not in desk.path(question).read_text(encoding="utf-8")
    desk.open(question)
    controls, told, charts = look(desk, "shows")
    assert (controls, charts) == (0, 1) and AGAIN in told
