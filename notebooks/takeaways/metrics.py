"""The metrics of the course, each once: its name, colour, unit, tables and series.

Charts take their colours from here, the interactive questions what can be chosen, the brief which table speaks of which metric,
and the exercises the two series from which most of them start. The lessons themselves make the series in the open.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .tables import load, pick

KILOGRAMS_A_POUND = 0.45359237   # the international pound, by definition


def fentanyl(**only) -> pd.Series:
    """Return pounds of fentanyl seized by month by Field Operations and Border Patrol.

    only: or only in the rows with these values, such as region="Southwest Border".
    """
    return pick(load("seizures_monthly"), drug="Fentanyl", **only).groupby("month")["pounds"].sum()


def newest_editions(drug_class: str = "synthetic opioids (T40.4)") -> pd.DataFrame:
    """Return the 12-month counts of a drug class, indexed by month_ending, each month from the newest release that has it.

    Fit for reported counts; predicted ones of different releases are not to be joined.
    """
    rows = pick(load("overdose_12_months"), drug_class=drug_class).sort_values(["month_ending", "vintage"])
    return rows.drop_duplicates("month_ending", keep="last").set_index("month_ending")


def deaths() -> pd.Series:
    """Return final counts of deaths involving synthetic opioids other than methadone (T40.4), by month."""
    return load("overdose_monthly").set_index("month")["deaths"].astype(float)


def extraditions() -> pd.Series:
    """Return people extradited to the United States by year; only comparable counts, gaps left out."""
    table = load("extraditions_by_year")
    comparable = table[table["comparable"]]
    return pd.Series(comparable["count"].astype(float).to_numpy(), index=pd.PeriodIndex(comparable["year"].astype(str), freq="Y"))


@dataclass(frozen=True)
class Metric:
    """What the course measures, once."""

    name: str
    color: str
    color_name: str     # in the words of a chart
    title: str          # as a list offers its series
    unit: str           # what is counted
    period: str         # of its series: "month" or "year"
    series: Callable[[], pd.Series]     # by period, without gaps filled in
    tables: tuple[str, ...]             # that count it; the first is the one of its series

    @property
    def table(self) -> str:
        """The table of the series."""
        return self.tables[0]


METRICS = {metric.name: metric for metric in (
    Metric("interdictions", "#2377BD", "interdiction-blue", "fentanyl seized by Field Operations and Border Patrol, pounds a month",
           "pounds", "month", fentanyl, ("seizures_monthly", "seizures_fiscal_year", "seizures_fiscal_year_newest", "seizures_published",
                                         "seizures_revisions", "seizures_air_and_marine", "checkpoint_seizures", "other_interdictions")),
    Metric("overdoses", "#A8281C", "overdose-red", "fentanyl-type deaths (T40.4) of U.S. residents, a month",
           "deaths", "month", deaths, ("overdose_monthly", "overdose_12_months", "overdose_annual", "overdose_month_on_year",
                                       "overdose_states", "overdose_states_april")),
    Metric("extraditions", "#4B1D6E", "extradition-purple", "extraditions to the United States, a year",
           "people", "year", extraditions, ("extraditions_by_year", "extraditions_periods", "extraditions_sources",
                                            "extraditions_to_mexico")),
)}
