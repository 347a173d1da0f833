"""What notebooks/hub/README.md says of a class of thirty is what was measured."""
import csv


from hub import measured


def rows():
    with open(measured.TABLE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_guide_says_what_was_measured():
    readme = measured.README.read_text(encoding="utf-8")
    assert measured.placed(readme, measured.section()) == readme, "python3 notebooks/hub/measured.py --write"


def test_a_class_of_thirty_was_measured_with_and_without_tuning_and_nothing_failed():
    assert set(measured.read()) == {(tuning, over) for tuning in ("all", "none") for over in (0, 120)}
    assert {row["failures"] for row in rows()} == {"0"}


def test_thirty_fit_into_six_gigabytes():
    for over in (0, 120):
        assert float(measured.read()["all", over]["peak_mb"]) < 6 * 1024


def test_every_column_is_filled():
    assert all(value != "" for row in rows() for name, value in row.items() if name != "tuning")
    assert {row["tuning"] for row in rows()} <= {"all", "none"}


def test_the_parts_make_up_the_whole():
    for row in rows():
        parts = float(row["pss_server_mb"]) + float(row["pss_kernel_mb"])
        assert abs(parts - float(row["pss_learner_mb"])) < 0.2
        whole = parts * int(row["learners"]) + float(row["pss_hub_mb"]) + float(row["pss_proxy_mb"])
        assert whole <= float(row["peak_mb"]) * 1.01 + 1
        assert float(row["first_chart_median"]) <= float(row["first_chart_p95"]) <= float(row["seconds"])


def test_another_figure_in_the_table_is_noticed(tmp_path):
    text = measured.TABLE.read_text(encoding="utf-8")
    row = measured.read()["all", 0]["peak_mb"]
    (tmp_path / "measured.csv").write_text(text.replace(row, "9999"), encoding="utf-8")
    assert measured.section(tmp_path / "measured.csv") != measured.section()
