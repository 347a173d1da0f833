"""An update of the tables: nothing by halves, each step of the real past gives the tables of today, and the report says what moved."""
import csv
import dataclasses
import functools
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import invented
import pytest

from launcher.environment import TOP

DATA = TOP / "data"
sys.path.append(str(DATA))
import check  # noqa: E402
import make  # noqa: E402
import moved  # noqa: E402
import publishers  # noqa: E402
import updating  # noqa: E402

SOURCES = Path(os.environ.get("TAKEAWAYS_SOURCES", "nowhere"))
with_sources = pytest.mark.skipif(not SOURCES.is_dir(), reason="TAKEAWAYS_SOURCES names no folder")
MADE = ["seizures_monthly", "seizures_fiscal_year", "seizures_revisions", "overdose_12_months", "overdose_states", "overdose_annual",
        "overdose_month_on_year"]
CBP, CDC = "cbp/nationwide-drugs-", "cdc/vsrr_xkb8-kh2a_"


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """releases(months): a folder with invented releases so many months ahead, made once: to be read only."""
    return functools.cache(lambda months: invented.make(SOURCES, months, tmp_path_factory.mktemp("invented") / "files"))


@pytest.fixture
def copy(tmp_path):
    """A copy of data/ that a test may change."""
    return shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__", ".*", "moved.md"))


def seal(folder):
    """Make the data package describe the tables of a folder as they are."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        text = (folder / resource["path"]).read_text("utf-8")
        resource["hash"], resource["bytes"] = make.checksum(text), len(text.encode())
        resource["minRows"] = min(resource["minRows"], text.count("\n") - 1)
    (folder / "datapackage.json").write_text(make.package_text(package), "utf-8")


def only_by_hand(folder):
    """Take the machine-made rows out of the tables of a folder, as if no file had ever been read."""
    for resource in json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]:
        if resource["name"] in [*MADE, "seizures_air_and_marine", "population"]:
            kept = [row for row in rows_of(folder / resource["path"]) if row.get("origin") == make.BY_HAND]
            columns = [column["name"] for column in resource["schema"]["fields"]]
            (folder / resource["path"]).write_text(make.to_csv(kept, columns), "utf-8")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        if resource["name"] == "overdose_annual":
            resource["vintage"] = resource["vintage"].replace("2025-07-16", "2015-01-01")
    (folder / "datapackage.json").write_text(make.package_text(package), "utf-8")
    seal(folder)


def place(source, folder, name):
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


# ---- as if time passed -------------------------------------------------------------------------

@with_sources
def test_from_the_oldest_files_forward_each_step_adds_and_the_last_gives_the_tables_of_today(copy, tmp_path):
    folder = tmp_path / "files"
    only_by_hand(copy)
    cbp, cdc, wild = SOURCES / "cbp", SOURCES / "cdc", SOURCES / "wild"
    steps = [
        [(cbp / "nationwide-drugs-fy19-fy22.csv", f"{CBP}fy19-fy22.csv"),
         (cdc / "vsrr_xkb8-kh2a_2019-04_all_states_all_indicators.csv.gz", f"{CDC}2019-04_all_states_all_indicators.csv.gz"),
         (cbp / "amo-drug-seizures-fy19-fy22.csv", "cbp/amo-drug-seizures-fy19-fy22.csv")],
        [(wild / "nationwide-drugs-fy22-fy25-may.csv.gz", f"{CBP}fy22-fy25-may.csv.gz"),
         (cdc / "vsrr_xkb8-kh2a_2025-07-16_all_states_all_indicators.csv.gz", f"{CDC}2025-07-16_all_states_all_indicators.csv.gz"),
         (cdc / "hus_drug_overdose_death_rates_1999_2018.csv.gz", "cdc/hus_drug_overdose_death_rates_1999_2018.csv.gz")],
        [(cbp / "vintages/nationwide-drugs-fy23-fy26-dec.csv", f"{CBP}fy23-fy26-dec.csv"),
         (cbp / "amo-drug-seizures-fy23-fy26-dec.csv", "cbp/amo-drug-seizures-fy23-fy26-dec.csv")],
        [(cbp / "nationwide-drugs-fy23-fy26-apr.csv", f"{CBP}fy23-fy26-apr.csv"), (cdc / "census_state_population_by_year.csv", "cdc/census_state_population_by_year.csv")],
        [(cdc / "vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz", f"{CDC}2026-06_all_states_T404.csv.gz")],
    ]
    newest = []
    for files in steps:
        for source, name in files:
            place(source, folder, name)
        made = make.stage(folder, copy, adding=True)
        make.put(made, copy)
        assert [fault for _, _, faults in check.check(copy) for fault in faults] == []
        assert make.stage(folder, copy, adding=True).changed == []
        newest.append(rows_of(copy / "seizures_monthly.csv")[-1]["month"])
    assert newest == ["2022-09", "2025-05", "2025-12", "2026-04", "2026-04"]
    for name in [*MADE, "seizures_air_and_marine", "population"]:
        today, then = (rows_of(where / f"{name}.csv") for where in (DATA, copy))
        if name == "seizures_revisions":    # the copy has met editions that the tables of today have not
            pairs = {(row["older_file"], row["newer_file"]) for row in then} - {(row["older_file"], row["newer_file"]) for row in today}
            assert pairs == {("nationwide-drugs-fy19-fy22.csv", "nationwide-drugs-fy22-fy25-may.csv.gz"),
                             ("nationwide-drugs-fy22-fy25-may.csv.gz", "nationwide-drugs-fy23-fy26-dec.csv")}
            then = [row for row in then if (row["older_file"], row["newer_file"]) not in pairs]
        assert then == today, name


@with_sources
def test_a_column_that_one_edition_lacks_does_not_break_the_comparison():
    read = publishers.read_folder(SOURCES)
    december, april = (next(one for one in read.nationwide if one.file.endswith(f"{month}.csv")) for month in ("dec", "apr"))
    place = len(april.rows[0]["key"]) - 1
    without = [{**row, "key": (*row["key"][:place], None)} for row in april.rows]
    for one, other in ((december, april), (december, dataclasses.replace(april, rows=without))):
        [closed] = [row for row in make.revisions_of(one, other) if (row["component"], row["drug"]) == ("All", "All drugs")]
        assert (closed["rows"], closed["rows_pounds_changed"], closed["rows_events_changed"]) == (7337, 0, 0)
        assert (closed["period_start"], closed["period_end"]) == ("2022-10", "2025-09")


def test_rows_that_share_a_key_are_compared_by_their_weight_and_a_row_of_one_edition_with_none():
    def row(drug, pounds, events):
        return {"drug": drug, "pounds": pounds, "events": events, "key": (2025, drug)}

    then, now = [row("Heroin", 1.0, 1), row("Heroin", 2.0, 2)], [row("Heroin", 2.0, 2), row("Heroin", 1.0, 1), row("Khat", 5.0, 3)]
    pairs = make.pairs_of(then, now, [0, 1])
    unchanged, lost = make.compare(pairs["Heroin"]), make.compare(pairs["Khat"])
    assert (unchanged["rows"], unchanged["rows_pounds_changed"], unchanged["rows_events_changed"]) == (2, 0, 0)
    assert (lost["rows"], lost["pounds_older"], lost["pounds_newer"], lost["events_newer"]) == (1, 0, 5, 3)


# ---- releases that nobody published ------------------------------------------------------------

MOVE_WITH_THE_NEWEST = {    # cells whose titles or sentences speak of the newest months or of the newest release
    "00": {"overdose-chart"}, "01": {"monthly", "placebo-chart", "clean", "question"}, "02": {"fan-chart", "fan-words", "exercise-2-2", "question"},
    "03": set(), "04": {"placebo", "deaths-chart", "deaths-publish"}, "05": {"chart-2-drawn"}}


@pytest.fixture(scope="module", params=[3, 24], ids=["three months ahead", "of 2028"])
def ahead(request, tmp_path_factory, releases):
    """(months ahead, the report, the exit code, the folder with the new tables) of a dry run on an invented release."""
    folder = tmp_path_factory.mktemp("ahead")
    data = shutil.copytree(DATA, folder / "data", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    code = updating.update(releases(request.param), "add", data=data, say=lambda text: None)
    return request.param, (data / updating.REPORT).read_text("utf-8"), code, data


@with_sources
def test_every_lesson_runs_on_it_and_each_sentence_holds_or_is_named(ahead):
    months, report, code, data = ahead
    lessons = re.split(r"^### ", report, flags=re.MULTILINE)[1:]
    assert [part[:2] for part in lessons] == ["00", "01", "02", "03", "04", "05"]
    assert "it stops" not in report and "**Stops**" not in report
    named = re.findall(r'^- Lesson (\d\d), cell "([\w-]+)": the data no longer bear', report, re.MULTILINE)
    assert named == [] and code == updating.MOVED and updating.VERDICTS[code] in report


@with_sources
def test_the_report_names_exactly_the_titles_and_sentences_that_speak_of_the_newest(ahead):
    _, report, _, _ = ahead
    for part in re.split(r"^### ", report, flags=re.MULTILINE)[1:]:
        cells = set(re.findall(r'^- cell "([\w-]+)":\n    - was: ', part, re.MULTILINE))
        assert cells == MOVE_WITH_THE_NEWEST[part[:2]], part[:2]


@with_sources
def test_what_the_lessons_say_of_the_argument_stays_what_it_was(ahead):
    _, report, _, _ = ahead
    for was, now in re.findall(r"- was: (.*)\n\s+- now: (.*)", report):
        spans = [set(re.findall(r"\b(?:eight months|8 months|12 months ending [A-Z]\w+ \d{4})", words)) for words in (was, now)]
        assert spans[0] == spans[1], (was, now)
    [(earlier, after)] = re.findall(r"earlier dates.*\n.*At \*\*(\d+) of (\d+)\*\* earlier dates", report)
    assert 0.25 < int(earlier) / int(after) < 0.34 and int(after) == 71     # none after the statement, however long the series


@with_sources
def test_the_report_gives_months_releases_dates_and_what_stays(ahead):
    months, report, _, data = ahead
    newest, release = {3: ("July 2026", "16 December 2026"), 24: ("April 2028", "16 September 2028")}[months]
    for words in (f"seizures_monthly: May 2026 to {newest} ({months} new)", f"release of {release}", "nationwide-drugs-fy23-fy26-apr.csv",
                  f"12 months ending April 2026, release of 16 September 2026 → 12 months ending {newest}, release of {release}",
                  "seizures_air_and_marine: the folder holds no cbp/amo-drug-seizures", "of them 0 beyond experience",
                  "12 months ending April 2026, reported: 65,726 → 65,989 (+0.4 %)", "README.md, line", "data/cards/seizures_monthly.md, line 3"):
        assert words in report, words
    assert ("seizures_fiscal_year_newest: as of 2026-08" in report) == (months == 24)
    tables = {resource["name"]: resource for resource in json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]}
    assert tables["seizures_revisions"]["asOfText"] == f"files to April 2026 and {newest}; older pairs from 2023"
    pairs = {(row["older_file"][-7:-4], row["newer_file"][-7:-4]) for row in rows_of(data / "seizures_revisions.csv")}
    assert {("dec", "apr"), ("apr", newest[:3].lower())} < pairs    # the former pair is remembered, though its files are gone
    assert check.report(data, lambda line: None) == 0


@with_sources
def test_answers_that_moved_are_those_of_the_tables_that_changed(ahead):
    _, report, _, data = ahead
    changed = {resource["name"] for resource, before in zip(*(json.loads((where / "datapackage.json").read_text("utf-8"))["resources"]
                                                              for where in (data, DATA))) if resource["hash"] != before["hash"]}
    assert changed == set(MADE)
    key = {(row["number"], row["part"]): row["tables"] for row in rows_of(TOP / "tests/answers.csv")}
    moved_parts = re.findall(r"^- (\d\.\d) (answer|slip \d) \(", report, re.MULTILINE)
    assert ("1.2", "answer") in moved_parts and "did NOT change" not in report
    assert all(changed & {one.split("@")[0] for one in key[part].split("; ")} for part in moved_parts)


# ---- the command -------------------------------------------------------------------------------

@pytest.fixture
def files(releases, tmp_path):
    """A folder with an invented release, which a test may change; without the real files it cannot be made."""
    if not SOURCES.is_dir():
        pytest.skip("TAKEAWAYS_SOURCES names no folder")
    return shutil.copytree(releases(3), tmp_path / "files")


@pytest.fixture
def quick(monkeypatch):
    """The lessons are not run."""
    monkeypatch.setattr(updating, "run_lessons", lambda made, data, copy: (["", "## The lessons"], False))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != updating.REPORT}


def test_a_dry_run_writes_the_report_and_no_table(files, copy, quick):
    before = contents(copy)
    assert updating.update(files, "add", dry=True, data=copy, say=lambda text: None) == updating.MOVED
    assert contents(copy) == before and "Dry run: no table was written" in (copy / updating.REPORT).read_text("utf-8")
    assert updating.update(files, "add", data=copy, say=lambda text: None) == updating.MOVED
    assert contents(copy) != before
    report = (copy / updating.REPORT).read_text("utf-8")
    said = []
    assert updating.update(files, "add", data=copy, say=said.append) == updating.NOTHING and said == ["Nothing moved: every byte is the same."]
    assert (copy / updating.REPORT).read_text("utf-8") == report        # what is still to be done is not forgotten


def test_stopped_while_the_lessons_run_nothing_was_written(files, copy, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    before = contents(copy)
    monkeypatch.setattr(updating, "run_lessons", stop)
    with pytest.raises(KeyboardInterrupt):
        updating.update(files, "add", data=copy, say=lambda text: None)
    assert contents(copy) == before and not (copy / updating.REPORT).exists() and list(copy.glob(".*")) == []


def test_a_sentence_that_no_longer_holds_needs_a_person_and_is_named(files, copy):
    path = next(files.glob("cbp/*-jul.csv"))
    header, *rows = invented.read(path)
    more = [1.6 if row[0].startswith("2026") and row[6] == "Fentanyl" else 1 for row in rows]
    invented.write(path, [header, *([*row[:-1], str(times * float(row[-1]))] for times, row in zip(more, rows))])
    code = updating.update(files, "add", ("moved-month", "large-number"), dry=True, data=copy, say=lambda text: None)
    report = (copy / updating.REPORT).read_text("utf-8")
    named = re.findall(r'Lesson (\d\d), cell "([\w-]+)": the data no longer bear the sentence', report)
    assert code == updating.A_PERSON and {("02", "headlines-read"), ("04", "placebo-text")} <= set(named)
    assert '"Both numbers are true, and a spokesman can pick either"' in report
    assert "What to rewrite: the paragraph: the two no longer differ in sign" in report


def test_a_value_beyond_experience_needs_a_person_and_says_so(files, copy, quick):
    path = next(files.glob("cbp/*-jul.csv"))
    header, *rows = invented.read(path)
    first = next(number for number, row in enumerate(rows) if row[0] == "2024" and row[6] == "Fentanyl" and float(row[-1]) > 100)
    rows[first][-1] = str(10 * float(rows[first][-1]))
    invented.write(path, [header, *rows])
    with pytest.raises(publishers.SourceError, match="closed"):
        updating.update(files, "add", data=copy, say=lambda text: None)
    accepted = ("closed-year", "moved-month", "large-number")
    assert updating.update(files, "add", accepted, data=copy, say=lambda text: None) == updating.A_PERSON
    report = (copy / updating.REPORT).read_text("utf-8")
    assert re.search(r"- seizures_monthly: 20\d\d-\d\d, Fentanyl, .*, pounds: .* → .* \(\+.* %\), \*\*beyond experience\*\*", report)
    assert "Accepted (closed-year)" in report


def test_tables_that_are_not_as_described_are_put_right_first(files, copy):
    path = copy / "seizures_monthly.csv"
    path.write_text(path.read_text("utf-8").replace("266.162", "266.163", 1), "utf-8")
    before = contents(copy)
    with pytest.raises(make.TableFault, match="seizures_monthly.csv, the checksum differs.*before they are made again.*git checkout"):
        make.stage(files, copy, adding=True)
    assert contents(copy) == before


def test_new_tables_that_do_not_fit_are_not_put_in_place(files, copy):
    made = make.stage(files, copy, adding=True)
    made.files["seizures_monthly.csv"] = made.files["seizures_monthly.csv"].replace(b"Fentanyl", b"Fentanil", 1)
    before = contents(copy)
    with pytest.raises(make.TableFault, match="does not fit.*'Fentanil' is not one of"):
        make.put(made, copy)
    assert contents(copy) == before


def test_of_two_runs_the_second_says_that_the_tables_changed_under_it(files, copy):
    one, other = (make.stage(files, copy, adding=True) for _ in range(2))
    make.put(one, copy)
    after = contents(copy)
    other.files[make.FILE] += b"\n"     # what the other run would write is not what is there now
    with pytest.raises(make.replacing.Busy, match="Run the command again"):
        make.put(other, copy)
    assert contents(copy) == after


def test_the_lessons_that_cannot_be_run_are_a_reason_for_a_person(files, copy, monkeypatch):
    monkeypatch.setattr(updating.environment, "prepare", lambda *locks: sys.exit("The packages cannot be downloaded."))
    assert updating.update(files, "add", dry=True, data=copy, say=lambda text: None) == updating.A_PERSON
    assert "The lessons were not run" in (copy / updating.REPORT).read_text("utf-8")


def test_a_dry_run_of_nothing_is_a_wrong_command_line():
    done = subprocess.run([sys.executable, str(DATA), "--dry-run"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "--dry-run goes with" in done.stderr and "Traceback" not in done.stderr


# ---- on the tables of today --------------------------------------------------------------------

def test_nothing_moved_on_the_tables_of_today():
    import lessons_moved

    lines, needed = lessons_moved.tell(DATA)
    assert not needed and [line for line in lines if line.startswith("### ")] == \
        [f"### {lesson.stem}: nothing moved" for lesson in lessons_moved.lesson_runner.LESSONS]


def test_the_month_behind_a_total_is_that_of_the_newest_release_that_has_both():
    rows = [{"drug_class": make.T404, "vintage": vintage, "month_ending": month, "reported": str(count), "predicted": str(count + 1)}
            for vintage, month, count in [("2026-01-01", "2025-11", 900), ("2026-01-01", "2025-12", 880), ("2026-01-01", "2026-01", 870),
                                          ("2026-06-01", "2025-12", 890), ("2026-06-01", "2026-01", 875), ("2026-06-01", "2027-01", 1)]]
    rows += [{"drug_class": "all drugs", "vintage": "2026-06-01", "month_ending": "2026-01", "reported": "5", "predicted": "5"}]
    made = make.overdose_month_on_year(rows, {"2024-12": 100, "2025-01": 50})
    assert [(row["month"], row["release"], row["difference_reported"], row["deaths_year_before"], row["base"]) for row in made] == \
        [("2025-12", "2026-01-01", -20, 100, "final, residents"), ("2026-01", "2026-06-01", -15, 50, "final, residents")]


def test_a_base_that_is_not_final_is_chained_as_far_as_needed():
    rows = [{"drug_class": make.T404, "vintage": "v", "month_ending": f"{year}-{month:02}", "reported": str(1000 - 10 * (year - 2024)),
             "predicted": str(1000 - 10 * (year - 2024) - month)} for year in (2025, 2026, 2027) for month in (1, 2)]
    made = {row["month"]: row for row in make.overdose_month_on_year(rows, {"2024-02": 500})}
    assert [made[month]["deaths_year_before"] for month in ("2025-02", "2026-02", "2027-02")] == [500, 499, 498]
    assert [made[month]["base"] for month in made] == ["final, residents", "chained", "chained"]
    assert made["2026-02"]["change_reported_pct"] is None and made["2026-02"]["change_predicted_pct"] == "-0.2"


def test_what_was_seen_bounds_what_is_called_usual():
    edition = moved.Edition(DATA)
    seen = moved.experience_of_seizures(edition)
    assert -0.07 < seen["pounds"][0] < 0 < seen["pounds"][1] < 0.08 and 0.3 < seen["events"][1] < 0.5
    of_deaths = moved.experience_of_deaths(edition.rows("overdose_12_months"), ["drug_class"])
    low, high = of_deaths["reported", True]
    assert -0.01 < low <= 0 and 0.03 < high < 0.06


@pytest.mark.parametrize("month, before", [("2026-01", "2025-12"), ("2026-10", "2026-09")])
def test_the_month_before(month, before):
    assert make.month_before(month) == before
