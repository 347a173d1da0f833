"""What thirty at once took on one machine, for README.md, from measured.csv. Nothing but the standard library.

    python3 notebooks/hub/measured.py              prints the section
    python3 notebooks/hub/measured.py --write      puts it into README.md; a test holds the two together

tests/hub/load.py adds a row for each class that was measured.
"""
import csv
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLE, README = HERE / "measured.csv", HERE / "README.md"
BEGIN, END = "<!-- written by measured.py -->", "<!-- end of what measured.py wrote -->"
LEARNERS = 30
STEPS = {
    "first_chart": "from the log-in page to the first chart", "login": "log in for the first time, account made",
    "server": "wait for the server", "desktop": "load JupyterLab", "open": "open the lesson, kernel started",
    "lesson": "run the whole lesson", "control": "move a control", "exercise": "do an exercise, wrong and right",
    "note": "keep a note", "save": "save", "read_back": "read back what was saved",
}
COSTS = {
    "pss_learner_mb": "memory a learner, MB", "pss_server_mb": "of which her server", "pss_kernel_mb": "and her kernel",
    "pss_hub_mb": "hub, with what all share, MB", "pss_proxy_mb": "proxy, MB", "peak_mb": "all together at most, MB",
    "cpu_learner_seconds": "seconds of a processor a learner",
}
TUNINGS = {"all": "as it is", "none": "`--untuned`"}


def read(path=TABLE):
    """The newest row of each class of thirty, as (tuning, seconds over which they came) to row."""
    return {kind_of(row): row for row in classes_of_thirty(path)}


def classes_of_thirty(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if int(row["learners"]) == LEARNERS]


def kind_of(row):
    return row["tuning"], float(row["over_seconds"])


def failures(path, kind):
    """In all classes of one kind that were measured, not the newest alone: what fails seldom is not to be lost."""
    alike = [row for row in classes_of_thirty(path) if kind_of(row) == kind]
    return f"{sum(int(row['failures']) for row in alike)} of {LEARNERS * len(alike)}"


def section(path=TABLE):
    """The section as Markdown."""
    classes = read(path)
    chosen = {key: classes[key] for key in sorted(classes, key=lambda key: (key[1], key[0]))}
    lines = [["", *(heading(*key) for key in chosen)], ["---"] * (len(chosen) + 1)]
    lines.append(["learners for whom something failed", *(failures(path, key) for key in chosen)])
    lines += [[f"{words}, s", *(times(row, step) for row in chosen.values())] for step, words in STEPS.items()]
    lines += [[words, *(short(row[name]) for row in chosen.values())] for name, words in COSTS.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n" + circumstances(list(chosen.values()))


def times(row, step):
    return f"{short(row[f'{step}_median'])} ({short(row[f'{step}_p95'])})"


def heading(tuning, over):
    return f"{TUNINGS[tuning]}, {f'over {over:g} s' if over else 'all at once'}"


def circumstances(rows):
    script = max(float(row["cpu_load_seconds"]) / float(row["learners"]) for row in rows)
    days = sorted({row["date"] for row in rows})
    return (f"Seconds: median (95th percentile) of {LEARNERS} learners. Memory: PSS, in which what several share is "
            f"divided among them. Measured on {' and '.join(days)} with {rows[0]['cores']} processors and "
            f"{float(rows[0]['memory_gb']):.0f} GB; the simulated learners ran on the same machine and took "
            f"{script:.1f} seconds of a processor each.")


def short(number):
    """Three figures, and no decimals from ten on."""
    value = float(number)
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def placed(readme, text, begin=BEGIN, end=END):
    """README.md with a text between its two lines, those of this file or of another that writes there."""
    if readme.count(begin) != 1 or readme.count(end) != 1:
        raise ValueError(f"README.md needs the lines {begin} and {end} once each: what is computed goes between them.")
    return f"{readme[:readme.index(begin)]}{begin}\n\n{text}\n\n{readme[readme.index(end):]}"


def main(words):
    if words not in ([], ["--write"]):
        sys.exit(__doc__)
    if not words:
        return print(section())
    try:
        README.write_text(placed(README.read_text(encoding="utf-8"), section()), encoding="utf-8")
    except ValueError as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main(sys.argv[1:])
