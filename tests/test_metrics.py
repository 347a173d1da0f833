"""The metrics: each bound to the tables it comes from, and everything that is offered taken from the one list."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from takeaways import charts, tables, wording
from takeaways.explore import baseline, placebo
from takeaways.metrics import METRICS

every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


@every_metric
def test_its_series_is_the_table_s_and_leaves_gaps_out(metric):
    series = metric.series()
    assert len(series) > 5 and series.notna().all() and (series >= 0).all()
    assert series.index.freqstr.startswith({"month": "M", "year": "Y"}[metric.period]) and series.index.is_monotonic_increasing
    assert metric.unit in tables.describe(metric.table)["unit"] and metric.title.endswith(f"a {metric.period}")


def test_each_series_is_what_its_file_says():
    """Read without the course's own code."""
    monthly, deaths, years = (pd.read_csv(tables.DATA / f"{name}.csv") for name in ("seizures_monthly", "overdose_monthly", "extraditions_by_year"))
    held = {"interdictions": monthly[monthly["drug"] == "Fentanyl"].groupby("month")["pounds"].sum(),
            "overdoses": deaths.set_index("month")["deaths"], "extraditions": years[years["comparable"]].set_index("year")["count"]}
    assert held.keys() == METRICS.keys(), "a new metric is held against its file here too"
    for name, metric in METRICS.items():
        assert dict(zip(metric.series().index.astype(str), metric.series())) == {str(when): value for when, value in held[name].items()}


def test_a_table_speaks_of_one_metric_and_of_the_one_that_its_name_says():
    of = {table: name for name, metric in METRICS.items() for table in metric.tables}
    assert len(of) == sum(len(metric.tables) for metric in METRICS.values()) and of.keys() <= set(tables.names())
    for word, name in (("seizures", "interdictions"), ("overdose", "overdoses"), ("extraditions", "extraditions")):
        assert all(of.get(table) == name for table in tables.names() if word in table)
    assert "transfers" not in of    # outside the treaty: never counted with the extraditions


@every_metric
def test_its_colour_has_the_hue_that_its_name_says(metric, monkeypatch):
    assert wording.colour(metric.color) == metric.color_name
    monkeypatch.setattr(wording, "MEANINGS", {})
    assert wording.colour(metric.color).endswith(metric.color_name.rpartition("-")[2])
    assert to_hex(metric.color) == metric.color.lower()


def test_the_lessons_import_the_same_colours():
    assert [charts.INTERDICTIONS, charts.OVERDOSES, charts.EXTRADITIONS] == [METRICS[name].color for name in ("interdictions", "overdoses", "extraditions")]


def test_the_questions_offer_the_metrics_of_the_list():
    assert [name for _, name in placebo.controls()["metric"].options] == list(METRICS)
    assert list(baseline.controls()["metric"].options) == [name for name in METRICS if baseline.kinds_of(name)]
    assert {kind.metric for kind in baseline.KINDS.values()} <= set(METRICS)
    for kind in baseline.KINDS.values():
        assert set(kind.sources) <= set(tables.names())
