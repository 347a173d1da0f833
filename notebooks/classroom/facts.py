"""The numbers of the negotiation and of the samples: facts of the tables, each with what it is."""

from takeaways.brief import fact
from takeaways.metrics import fentanyl
from takeaways.tables import load, pick


COMMON = (
    "seized_before",
    "seized_after",
    "seized_year",
    "seized_eight",
    "seized_same",
    "deaths_nation",
    "deaths_change",
    "deaths_nm",
    "extraditions_year",
    "extraditions_last",
    "extraditions_prisons",
    "transfers_all",
    "arms_origin",
    "arms_buyer",
    "instruments",
    "instruments_number",
)  # the facts that every side of the negotiation knows


def all_facts() -> dict:
    """Return every fact of the kit by name."""
    monthly = "seizures_monthly"
    files = [monthly, "seizures_fiscal_year_newest"]
    pounds = fentanyl()
    newest = pick(load("seizures_fiscal_year_newest"), drug="Fentanyl", fiscal_year=2026)["pounds"].sum()
    before, after = pounds["2024-09":"2025-08"].sum(), pounds["2025-09"] + newest
    eight = pounds["2025-09":"2026-04"].sum()
    return {
        "seized_before": fact(before, "{:,.0f}", "pounds of fentanyl seized, September 2024 to August 2025", monthly),
        "seized_after": fact(after, "{:,.0f}", "pounds of fentanyl seized, September 2025 to August 2026", files),
        "seized_year": fact(
            after / before - 1,
            "{:+.0%}",
            "pounds of fentanyl, the twelve months from the statement against those before",
            files,
        ),
        "seized_eight": fact(
            eight / pounds["2025-01":"2025-08"].sum() - 1,
            "{:+.0%}",
            "pounds of fentanyl, eight months from the statement against eight before",
            monthly,
        ),
        "seized_same": fact(
            eight / pounds["2024-09":"2025-04"].sum() - 1,
            "{:+.0%}",
            "pounds of fentanyl, eight months from the statement against the same a year earlier",
            monthly,
        ),
        **_earlier_dates(pounds, after / before - 1, files),
        **_deaths(),
        **_people(),
        **_others(),
    }


def _earlier_dates(pounds, fall, files):
    sums = pounds.rolling(12).sum()
    changes = (sums.shift(-12) / sums - 1).dropna()
    return {
        "dates_like_it": fact(
            (changes <= fall).sum(),
            "{:.0f}",
            "earlier dates after which fentanyl seizures fell at least as much in a year",
            files,
        ),
        "dates": fact(len(changes), "{:.0f}", "earlier dates with a full year of seizures on both sides", files),
    }


def _deaths():
    rows = load("overdose_states_april")
    deaths = rows.groupby(["state", "month_ending"])["predicted"].sum().unstack()
    change = deaths["2026-04"] / deaths["2025-04"] - 1
    words = "fentanyl-type deaths (T40.4, predicted), 12 months ending April 2026"
    return {
        "deaths_nation": fact(
            deaths.loc["US", "2026-04"], "{:,.0f}", f"{words}, United States", "overdose_states_april"
        ),
        "deaths_change": fact(
            change["US"], "{:+.0%}", f"{words} against April 2025, United States", "overdose_states_april"
        ),
        "deaths_nm": fact(change["NM"], "{:+.0%}", f"{words} against April 2025, New Mexico", "overdose_states_april"),
    }


def _people():
    years = load("extraditions_by_year")
    last = years[years["comparable"]].iloc[-1]
    prisons = load("extraditions_periods").set_index("period_id").loc["P33", "count"]
    return {
        "extraditions_year": fact(
            last["year"], "{:.0f}", "last calendar year with a comparable count", "extraditions_by_year"
        ),
        "extraditions_last": fact(
            last["count"],
            "{:.0f}",
            "people extradited to the United States in the last comparable year",
            "extraditions_by_year",
        ),
        "extraditions_prisons": fact(
            prisons,
            "{:.0f}",
            "people extradited from federal prisons, October 2024 to August 2025",
            "extraditions_periods",
        ),
        "transfers_all": fact(
            load("transfers")["people"].sum(),
            "{:.0f}",
            "people transferred outside the treaty, three groups",
            "transfers",
        ),
    }


def _others():
    guns, agreements = load("firearms").set_index("row_id"), load("agreements")
    return {
        "arms_origin": fact(
            guns.loc["F24", "us_sourced_pct"], "{:g}%", "guns of U.S. origin, of those traced 2017 to 2022", "firearms"
        ),
        "arms_buyer": fact(
            guns.loc["F40", "value"], "{:g}%", "guns followed to a U.S. buyer, of those traced 2022 to 2023", "firearms"
        ),
        "instruments": fact(
            len(agreements), "{:.0f}", "instruments in the table of agreements, 1978 to 2026", "agreements"
        ),
        "instruments_number": fact(
            agreements["has_metrics"].sum(), "{:.0f}", "instruments of the table that carry a number", "agreements"
        ),
    }
