"""The two series from which several questions and exercises start; the lessons themselves make them in the open."""

import pandas as pd

from .tables import load, pick

KILOGRAMS_A_POUND = 0.45359237   # the international pound, by definition


def fentanyl(**only) -> pd.Series:
    """Return pounds of fentanyl seized by month by Field Operations and Border Patrol, or only in rows with these values (region=...)."""
    return pick(load("seizures_monthly"), drug="Fentanyl", **only).groupby("month")["pounds"].sum()


def newest_editions(drug_class: str = "synthetic opioids (T40.4)") -> pd.DataFrame:
    """Return the 12-month counts of a drug class, indexed by month_ending, each month from the newest release that has it.

    Fit for reported counts; predicted ones of different releases are not to be joined.
    """
    rows = pick(load("overdose_12_months"), drug_class=drug_class).sort_values(["month_ending", "vintage"])
    return rows.drop_duplicates("month_ending", keep="last").set_index("month_ending")
