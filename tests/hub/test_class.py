"""What a learner finds, and who may log in."""
import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import CLASS_PASSWORD
from hub.accounts import run
from client import Client


@pytest.fixture(scope="module")
def ana(hub):
    return hub.enter("ana garcía")      # as she would write it, not as her slip has it


@pytest.fixture(scope="module")
def kernel(ana):
    return ana.open_kernel("my_work/00_start_here.ipynb")


def test_after_the_login_her_own_copy_of_lesson_00_is_open(hub, ana):
    assert ana.start().endswith(f"/user/{hub.prefix}ana-garcia/lab/tree/my_work/00_start_here.ipynb")
    laid = {path.name for path in (hub.home("Ana García") / "Four Takeaways" / "my_work").glob("*.ipynb")}
    assert len(laid) == 6


def test_a_cell_runs_under_her_account_on_her_desk(hub, kernel):
    home = hub.home("Ana García")
    assert kernel.said("import os; print(os.getuid(), os.getcwd())").split(" ", 1) == [
        str(home.stat().st_uid), f"{home}/Four Takeaways/my_work\n"]


def test_her_page_does_not_ask_for_a_check_that_runs_node(hub, ana):
    page = ana.page(f"{hub.address}/user/{ana.account}/lab").text
    assert '"buildCheck": false' in page and '"buildAvailable": false' in page


def test_her_kernel_is_warm(kernel):
    """It comes from the nursery, and so shares what is imported with all others."""
    assert "hub.nursery" in kernel.said("print(open('/proc/self/cmdline').read())")


def test_what_she_keeps_comes_back(kernel):
    assert "Kept in my_work/my_test.md" in kernel.said('from takeaways import *; keep("my_test", "Fewer deaths.")')
    assert "Fewer deaths." in kernel.said('print(recall("my_test"))')
    assert "Lesson 00" in kernel.said("where_was_i()")


def test_a_notebook_is_saved_as_the_launcher_saves_it(ana):
    cell = {"cell_type": "code", "id": "a", "source": "1", "outputs": [], "execution_count": 1,
            "metadata": {"execution": {"iopub.execute_input": "2026-01-01"}}}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ana.api("PUT", "contents/my_work/own.ipynb", json={"type": "notebook", "content": notebook})
    saved = ana.api("GET", "contents/my_work/own.ipynb").json()["content"]
    assert saved["cells"][0]["metadata"].get("execution") is None


def test_the_course_is_there_to_read_and_not_to_write(kernel):
    tried = "open('../data/events.csv').read(5); open('../data/events.csv', 'a')"
    assert "PermissionError" in kernel.said(tried)


def test_what_she_makes_is_hers_alone(hub, kernel):
    kernel.said("open('made', 'w').write('x')")
    home = hub.home("Ana García")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (home, home / "Four Takeaways/my_work/made")]
    assert modes == [0o700, 0o600]


def test_her_kernel_draws_other_numbers_than_her_neighbour(kernel, neighbour):
    draw = "import numpy, random; print(numpy.random.random(), random.random())"
    hers, theirs = kernel.said(draw).split(), neighbour.said(draw).split()
    assert not set(hers) & set(theirs)


def let_in(hub, tried, class_password):
    """Try these names and passwords at once, as the system waits after a wrong one; returns those that were let in."""
    clients = [Client(hub.address, name, password, class_password=class_password) for name, password in tried]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(Client.log_in, clients))
    return [(one.name, one.password) for one, answer in zip(clients, answers, strict=True)
            if answer.status_code != 403 or one.account]


def test_who_has_no_right_password_is_refused(hub):
    tried = [("root", ""), ("root", CLASS_PASSWORD), ("nobody", CLASS_PASSWORD), ("daemon", "daemon"), ("Hal", ""),
             ("teacher", CLASS_PASSWORD), ("Hal", CLASS_PASSWORD), ("Nobody Known", ""), ("../../root", ""),
             ("Nobody Known", "her own words"), ("Hal\0", "x"), ("", CLASS_PASSWORD)]
    assert let_in(hub, tried, CLASS_PASSWORD[:-1]) == []


def test_a_system_account_with_the_right_password_is_refused(hub):
    """One that the hub did not make, also where its name looks like one of the hub's."""
    stranger = f"{hub.prefix}stranger"
    run("useradd", "--no-create-home", "--user-group", stranger)
    run("chpasswd", input=f"{stranger}:a right password\n")
    try:
        assert let_in(hub, [("stranger", "a right password"), (stranger, "a right password")], CLASS_PASSWORD) == []
    finally:
        run("userdel", stranger)


def test_the_class_password_makes_an_account_and_opens_no_other(hub):
    first = Client(hub.address, "Zoë New", "my own words", class_password=CLASS_PASSWORD)
    first.log_in()
    assert first.account == f"{hub.prefix}zoe-new"
    assert let_in(hub, [("Zoë New", "another word"), ("Zoë New", CLASS_PASSWORD)], CLASS_PASSWORD) == []
    again = Client(hub.address, "zoe-new", "my own words")
    again.log_in()
    assert again.account == first.account


def test_a_short_password_of_her_own_is_told(hub):
    answer = Client(hub.address, "Short", "abc", class_password=CLASS_PASSWORD).log_in()
    assert answer.status_code == 400 and "at least 8" in answer.text
    assert not hub.accounts.own(f"{hub.prefix}short")


def test_a_name_without_latin_letters_is_told_to_choose_another(hub):
    answer = Client(hub.address, "李小龙", "my own words", class_password=CLASS_PASSWORD).log_in()
    assert answer.status_code == 400 and "Latin letters" in answer.text


def test_only_the_teacher_sees_the_class_and_she_looks_into_no_server(hub, ana):
    teacher = Client(hub.address, "teacher", hub.slips()[hub.accounts.teacher])
    teacher.log_in()
    assert teacher.account == hub.accounts.teacher
    ana.start()
    asked = {"/hub/admin": 200, "/hub/api/users": 200, f"/user/{ana.account}/lab": 403,
             f"/user/{ana.account}/api/contents": 403, f"/hub/api/users/{ana.account}/tokens": 404}
    assert {path: teacher.page(hub.address + path).status_code for path in asked} == asked
    names = [one["name"] for one in teacher.ask("GET", f"{hub.address}/hub/api/users?include_stopped_servers=1").json()]
    assert ana.account in names
    assert ana.page(f"{hub.address}/hub/admin").status_code == 403
    assert ana.send("GET", f"{hub.address}/hub/api/users").status_code == 403


def test_the_teacher_stops_a_server_and_starts_it(hub):
    hal, teacher = hub.enter("Hal"), Client(hub.address, "teacher", hub.slips()[hub.accounts.teacher])
    teacher.log_in()
    server = f"{hub.address}/hub/api/users/{hal.account}/server"
    for method in ("DELETE", "POST"):
        teacher.ask(method, server)


def test_many_wrong_passwords_make_nobody_wait(hub, undisturbed):
    def guess(number):
        return Client(hub.address, ("Hal", "teacher", "root")[number % 3], f"guess {number}").log_in().status_code

    with ThreadPoolExecutor(24) as pool:
        guesses = [pool.submit(guess, number) for number in range(72)]
        time.sleep(1)
        started = time.monotonic()
        honest = Client(hub.address, "Carl Åberg", hub.slips()[hub.accounts.meant("Carl Åberg")])
        honest.log_in()
        waited = time.monotonic() - started
        undisturbed()
    assert honest.account and waited < 10
    answers = [one.result() for one in guesses]
    assert set(answers) == {403, 429} and answers.count(403) <= 5 + 5 + 30     # of Hal, the teacher and newcomers


def test_the_class_list_again_changes_nothing_and_a_newcomer_gets_a_slip(hub):
    before = hub.slips()
    assert list(hub.accounts.add(["Ana García", "Bea"])) == []
    [(name, account, password)] = hub.accounts.add(["Ana García", "Ana García"])
    assert account == f"{hub.prefix}ana-garcia-2" and before == hub.slips()


def test_the_settings_that_only_root_may_read(hub):
    for path in [hub.state / "hub", hub.state / "slips", *(hub.state / "hub").iterdir(), *(hub.state / "slips").iterdir()]:
        assert not path.stat().st_mode & 0o077 or path.is_socket(), path
    assert json.loads((hub.state / "hub" / "options.json").read_text())["class_password"] == CLASS_PASSWORD
