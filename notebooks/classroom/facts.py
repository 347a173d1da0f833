"""The numbers of the negotiation and of the samples: facts of the tables, each with what it is."""

import pandas as pd

from takeaways.analysis import by_calendar_year, placebo_changes, rank_among
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
    "deaths_az",
    "deaths_ca",
    "deaths_nm",
    "deaths_tx",
    "deaths_border",
    "deaths_border_change",
    "extraditions_year",
    "extraditions_last",
    "extraditions_prisons",
    "transfers_all",
    "arms_origin",
    "arms_whole",
    "arms_buyer",
    "instruments",
    "instruments_number",
)  # the facts that every side of the negotiation knows


BORDER = {"AZ": "Arizona", "CA": "California", "NM": "New Mexico", "TX": "Texas"}


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
        **_placebo(pounds),
        **_coders(),
        **_yearly_deaths(),
    }


def _placebo(pounds):
    """October 2020 among the other months: numbers of lesson 01, for the sentences that its kit adds."""
    table, date, changes = "seizures_monthly", pd.Period("2020-10"), placebo_changes(pounds, 12)
    every, near, far = (rank_among(changes, date, *apart) for apart in ((), (12,), (24,)))
    runup = sum(changes[date - back] > changes[date] for back in range(1, 11))
    spring, summer = pounds["2019-10":"2020-05"].mean(), pounds["2020-06":"2020-09"].mean()
    after = pounds["2020-11":"2021-10"].mean()
    months = "months that rise at least as much as October 2020"
    mean = "pounds of fentanyl in an average month, {}"
    return {
        "placebo_more": fact(every.at_least, "{:.0f}", f"other {months}", table),
        "placebo_all": fact(every.others, "{:.0f}", "other months with a full year on both sides", table),
        "placebo_tenths": fact(round(10 * every.share), "{:.0f}", f"of ten other months: {months}", table),
        "placebo_runup": fact(runup, "{:.0f}", f"of the ten months before October 2020: {months}", table),
        "placebo_near": fact(near.at_least, "{:.0f}", f"{months}, more than twelve months away", table),
        "placebo_near_all": fact(near.others, "{:.0f}", "months more than twelve months from October 2020", table),
        "placebo_near_share": fact(near.share, "{:.0%}", f"share of {months}, more than twelve away", table),
        "placebo_far": fact(far.at_least, "{:.0f}", f"{months}, more than twenty-four months away", table),
        "placebo_far_all": fact(far.others, "{:.0f}", "months more than twenty-four months from October 2020", table),
        "steps_spring": fact(spring, "{:,.0f}", mean.format("October 2019 to May 2020"), table),
        "steps_summer": fact(summer, "{:,.0f}", mean.format("June to September 2020"), table),
        "steps_after": fact(after, "{:,.0f}", mean.format("November 2020 to October 2021"), table),
    }


def _coders():
    events = load("events")
    recent, table = events["date"] >= "2025", "events"

    def count(column, when, code, what):
        return fact((events.loc[when, column] == code).sum(), "{:.0f}", f"events {what}", table)

    return {
        "coders_agree": fact(
            (events["effect"] == events["effect_second_coder"]).sum(),
            "{:.0f}",
            "events that both coders code alike",
            table,
        ),
        "coders_all": fact(len(events), "{:.0f}", "events in the table of events", table),
        "first_widen": count("effect", recent, 1, "since 2025 that widen, by the first coder"),
        "first_narrow": count("effect", recent, -1, "since 2025 that narrow, by the first coder"),
        "second_widen": count("effect_second_coder", recent, 1, "since 2025 that widen, by the second coder"),
        "second_narrow": count("effect_second_coder", recent, -1, "since 2025 that narrow, by the second coder"),
        "second_widen_old": count("effect_second_coder", ~recent, 1, "up to 2024 that widen, by the second coder"),
        "second_narrow_old": count("effect_second_coder", ~recent, -1, "up to 2024 that narrow, by the second coder"),
    }


def _yearly_deaths():
    yearly = by_calendar_year(load("overdose_monthly").set_index("month")["deaths"])
    more, table = yearly.diff(), "overdose_monthly"
    what = "more fentanyl-type deaths of U.S. residents in {} than in the year before"
    return {
        "people_2020": fact(more[2020], "{:,.0f}", what.format(2020), table),
        "people_2021": fact(more[2021], "{:,.0f}", what.format(2021), table),
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
    border = deaths.loc[list(BORDER)].sum()
    words = "fentanyl-type deaths (T40.4, predicted), 12 months ending April 2026"
    return {
        "deaths_nation": fact(
            deaths.loc["US", "2026-04"], "{:,.0f}", f"{words}, United States", "overdose_states_april"
        ),
        "deaths_change": fact(
            change["US"], "{:+.0%}", f"{words} against April 2025, United States", "overdose_states_april"
        ),
        **{
            f"deaths_{code.lower()}": fact(
                change[code], "{:+.0%}", f"{words} against April 2025, {name}", "overdose_states_april"
            )
            for code, name in BORDER.items()
        },
        "deaths_border": fact(
            border["2026-04"], "{:,.0f}", f"{words}, the four border states together", "overdose_states_april"
        ),
        "deaths_border_change": fact(
            border["2026-04"] / border["2025-04"] - 1,
            "{:+.0%}",
            f"{words} against April 2025, the four border states together",
            "overdose_states_april",
        ),
    }


def _people():
    years = load("extraditions_by_year")
    last = years[years["comparable"]].iloc[-1]
    moved = load("transfers")
    groups = ", ".join(f"{row.people} on {row.date.day} {row.date:%B %Y}" for row in moved.itertuples())
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
            moved["people"].sum(),
            "{:.0f}",
            f"people transferred outside the treaty, three groups: {groups}",
            "transfers",
        ),
    }


def _others():
    guns, agreements = load("firearms").set_index("row_id"), load("agreements")
    return {
        "arms_origin": fact(
            guns.loc["F24", "us_sourced_pct"],
            "{:g}%",
            "of U.S. origin (made or legally imported there), of the firearms and parts recovered in Mexico and traced "
            "by ATF, 2017 to 2022",
            "firearms",
        ),
        "arms_whole": fact(
            guns.loc["F24", "value"],
            "{:,.0f}",
            "the whole of that share: firearms and parts recovered in Mexico and traced by ATF, 2017 to 2022",
            "firearms",
        ),
        "arms_buyer": fact(
            guns.loc["F40", "value"],
            "{:g}%",
            "traced as far as a buyer in the U.S., of crime guns in Mexico traced by ATF, 2022 to 2023 "
            "(their number is not given)",
            "firearms",
        ),
        "instruments": fact(
            len(agreements), "{:.0f}", "instruments in the table of agreements, 1978 to 2026", "agreements"
        ),
        "instruments_number": fact(
            agreements["has_metrics"].sum(), "{:.0f}", "instruments of the table that carry a number", "agreements"
        ),
    }
