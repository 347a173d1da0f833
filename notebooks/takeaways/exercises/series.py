"""What the questions of several lessons start from."""

import pandas as pd

from ..tables import load, pick

KILOGRAMS_A_POUND = 0.45359237   # the international pound, by definition


def fentanyl(**only) -> pd.Series:
    """Return pounds of fentanyl seized by month; all of CBP, or only the rows with these values, such as region=..."""
    return pick(load("seizures_monthly"), drug="Fentanyl", **only).groupby("month")["pounds"].sum()
