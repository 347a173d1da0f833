"""Bring the tables up to date and say what moved: `python3 data --from DIR`, `--refresh DIR`, `--add DIR`.

The new tables are made and checked aside, held against those in place, and the lessons are run on them in a copy of the
repository. Only then are they put in place, all at once. What is told is saved as data/moved.md.
"""
import datetime
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import make
import moved
from launcher import environment

TOP = Path(__file__).resolve().parent.parent
REPORT = "moved.md"
NOTHING, MOVED, A_PERSON = 0, 3, 4      # exit codes; 1 is a fault, 2 a wrong command line
LEFT_OUT = shutil.ignore_patterns(".*", "my_work", "node_modules", "__pycache__", "figures")
VERDICTS = {
    MOVED: "Every sentence of the lessons holds, and no value moved beyond experience. What is listed below is to be "
           "blessed.",
    A_PERSON: "**A person is needed**: look first at what stops, at sentences that no longer hold and at what is "
              "beyond experience.",
}


def update(folder, how, accept=(), dry=False, data=make.HERE, say=print):
    """Make the tables from `folder`, put them in place unless `dry`, print and save the report; return the exit code.

    how: "from" makes every machine-made table anew, "refresh" and "add" keep what the folder does not hold.

    Raises SourceError, TableFault or Busy before anything is written.
    """
    made = make.stage(folder, data, how != "from", accept)
    if not made.changed:
        say("Nothing moved: every byte is the same.")
        return NOTHING
    with tempfile.TemporaryDirectory() as place:
        tables, beyond = moved.report(made, data, make.checked_copy(made, data, Path(place) / "data"))
        lessons, needed = run_lessons(made, data, Path(place) / "copy")
    code = A_PERSON if beyond or needed else MOVED
    done = "**Dry run: no table was written.**" if dry else "The new tables are in place."
    text = "\n".join([f"# What moved, {datetime.date.today():%d %B %Y}", "",
                      f"`python3 data --{how} {folder}`. {done}", "", VERDICTS[code], *tables, *lessons,
                      "", "## Next", "", NEXT_DRY if dry else NEXT]) + "\n"
    if not dry:
        make.put(made, data)
    (Path(data) / REPORT).write_text(text, encoding="utf-8")
    say(text)
    say(f"Saved as data/{REPORT}.")
    return code


NEXT = ("UPDATING.md has the steps: mend the sentences, then `python3 tests --bless`, `python3 figures`, the texts "
        "above, `python3 tests`. To undo it all: `git checkout -- data`.")
NEXT_DRY = "To do it: the same command without --dry-run. UPDATING.md has the steps that follow."


def run_lessons(made, data, copy):
    """(lines of the report on the lessons, whether a person is needed), from a run in a copy of the repository."""
    try:
        environment.prepare(environment.COURSE, environment.TESTS)
    except SystemExit as fault:
        return not_run(fault)
    shutil.copytree(TOP, copy, ignore=LEFT_OUT)
    shutil.rmtree(copy / "data")
    make.lay_out(made, data, copy / "data")
    done = subprocess.run([environment.PYTHON, copy / "tests" / "lessons_moved.py", data], capture_output=True,
                          encoding="utf-8", check=False, cwd=copy, env=variables(copy))
    if done.returncode not in (NOTHING, A_PERSON) or not done.stdout:
        return not_run(done.stderr.strip().rpartition("\n")[2])
    return done.stdout.rstrip("\n").split("\n"), done.returncode == A_PERSON


def variables(copy):
    """The variables for a run in the copy: its own package, and UTF-8 on every system."""
    return {**environment.variables(), "PYTHONPATH": os.fspath(copy / "notebooks"), "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1"}


def not_run(reason):
    return ["", "## The lessons were not run", "", f"{reason}", "", "Run `python3 tests` and read each lesson."], True

