"""Questions of lesson 04, *Weigh the results*."""

import pandas as pd

from ..analysis import one_scale, scores, share_ahead
from ..explore.weights import scorecard, third_metric, two_metrics
from ..metrics import fentanyl
from ..tables import load, pick
from .questions import Question, Slip


STATEMENT = pd.Period("2025-09")
YEAR, RIVAL, OTHER_RIVAL = 2025, 2024, 2020     # of the scorecard: the year that is judged, and those to compare with
LAST_OCTOBER, APRIL = pd.Period("2025-10"), pd.Period("2026-04")        # fiscal year 2026, to the end of the windows


def _so_far():
    return pick(load("seizures_fiscal_year_newest"), drug="Fentanyl", fiscal_year=2026)["pounds"].sum()


def _april(kind="predicted"):
    two = pick(load("overdose_states_april"), state=["NM", "US"])
    return two.groupby(["state", "month_ending"])[kind].sum().unstack().set_axis(["before", "after"], axis=1)


def _changes(kind="predicted"):
    april = _april(kind)
    return april["after"] / april["before"] - 1


def _in_scope(scope):
    sources = load("extraditions_sources")
    rows = sources[(sources["scope"] == scope) & sources["full_year"] & sources["year"].between(2019, 2021)]
    return rows.groupby("year")["count"].max()


# 4.1 fiscal year 2026, October to August, against the same months a year before, per cent

def same_months():
    return 100 * (_so_far() / fentanyl()[LAST_OCTOBER - 12:STATEMENT - 1].sum() - 1)


def part_against_whole():
    return 100 * (_so_far() / fentanyl()[LAST_OCTOBER - 12:STATEMENT].sum() - 1)


def monthly_file_against_whole():
    return 100 * (fentanyl()[LAST_OCTOBER:APRIL].sum() / fentanyl()[LAST_OCTOBER - 12:STATEMENT].sum() - 1)


def seven_months():
    return 100 * (fentanyl()[LAST_OCTOBER:APRIL].sum() / fentanyl()[LAST_OCTOBER - 12:APRIL - 12].sum() - 1)


def calendar_months():
    return 100 * (_so_far() / fentanyl()["2025-01":STATEMENT - 1].sum() - 1)


def whole_year():
    return 100 * ((fentanyl()[STATEMENT] + _so_far()) / fentanyl()[STATEMENT - 12:STATEMENT - 1].sum() - 1)


# 4.2 people extradited in the last three comparable years

def three_years():
    extraditions = load("extraditions_by_year").set_index("year").loc[2019:2025]
    clean = extraditions[extraditions["comparable"]]
    return clean["count"].tail(3).sum()


def last_three_figures():
    return load("extraditions_by_year")["count"].dropna().tail(3).sum()


def all_countries():
    return load("extraditions_by_year").set_index("year").loc[[2020, 2021], "count"].sum() + _in_scope("all_destinations")[2019]


def nationals_only():
    return _in_scope("to_us_mexican_nationals_only").sum()


def with_transfers():
    return three_years() + load("transfers")["people"].sum()


# 4.3 New Mexico's change above the nation's, percentage points

def points_apart(kind: str = "predicted"):
    changes = _changes(kind)
    return 100 * (changes["NM"] - changes["US"])


def percent_of_percent():
    return 100 * (_changes()["NM"] / _changes()["US"] - 1)


def reported_points():
    return points_apart("reported")


def added_points():
    return 100 * _changes().sum()


def more_deaths():
    return _april().loc["NM", "after"] - _april().loc["NM", "before"]


# 4.4 equal weights, less seized is better: the lead of 2025 over 2024, points of 100

def _lead(scale):
    scored = scores(scale, [1, 1, 1])
    return 100 * (scored[YEAR] - scored[RIVAL])


def equal_lead():
    return _lead(scorecard("transfers", "less"))


def other_sign():
    return _lead(scorecard("transfers", "more"))


def weights_of_one():
    return 3 * equal_lead()


def deaths_not_turned():
    scale = scorecard("transfers", "less")
    return _lead(scale.assign(overdoses=1 - scale["overdoses"]))


def percent_of_a_score():
    scored = scores(scorecard("transfers", "less"), [1, 1, 1])
    return 100 * (scored[YEAR] / scored[RIVAL] - 1)


# 4.5 share of all weightings under which 2025 beats 2020, less seized is better, any count of extraditions, per cent

def share_of_weightings(third: str = "any count", seized: str = "less", rival: int = OTHER_RIVAL):
    return 100 * share_ahead(scorecard(third, seized), YEAR)[rival]


def deaths_alone_turned():
    return 100 * share_ahead(one_scale(two_metrics().assign(third=third_metric("any count")), ["interdictions"]), YEAR)[OTHER_RIVAL]


QUESTIONS = {
    "4.1": Question(
        kind="per cent", unit="per cent", answer=same_months, tolerance=0.4, change=True,
        trains="the same months of two fiscal years",
        why="Eleven months against the same eleven. The fall of the whole year is twice as large because of one month: September 2024 was the highest "
            "of its year. Of these eleven, October to April fell; May to August were nearly as a year before.",
        hints=("How many months has fiscal year 2026 in the table? Which months of fiscal year 2025 are the same?",
               '`so_far` covers October to August; `monthly["2024-10":"2025-08"].sum()` has the same months a year before.',
               '`answer_4_1 = 100 * (so_far / monthly["2024-10":"2025-08"].sum() - 1)`'),
        slips=(Slip(part_against_whole, "This holds eleven months against twelve. A part of a year is always smaller than a whole one: compare the same months."),
               Slip(monthly_file_against_whole, "These are the seven months of the monthly file against a whole year. The total of the newer file covers eleven; compare it with the same eleven."),
               Slip(seven_months, "Same months, well done, but only October to April. The newer total goes to August."),
               Slip(calendar_months, "The earlier months begin in January. The fiscal year begins in October: take October 2024 to August 2025."),
               Slip(whole_year, "This is the change of the twelve months from September. The question is about the fiscal year, which begins in October."),
               Slip(lambda: -same_months(), "The size is right. It is a fall: write it with a minus."))),
    "4.2": Question(
        unit="people", answer=three_years, tolerance=0.4,
        trains="what a count is a count of",
        why="Three whole years, to the United States, people of all nationalities. It is the last sum of the series that means one thing.",
        hints=("Comparable means: a whole calendar year, to the United States, all nationalities. In which years is that so?",
               '`clean` keeps those years; `clean.tail(3)` takes the last three rows.',
               '`answer_4_2 = clean["count"].tail(3).sum()`'),
        slips=(Slip(last_three_figures, "These are the last three figures, and none of them compares: one counts nationals only, one is a lower bound, one is part of a year for all countries."),
               Slip(all_countries, "One of the years counts extraditions to all countries. The series is of those to the United States."),
               Slip(nationals_only, "These are Mexican nationals only. The comparable series counts people of all nationalities."),
               Slip(with_transfers, "The transfers are in it. They took place outside the treaty and in other years: another act, another count."))),
    "4.3": Question(
        unit="percentage points", answer=points_apart, tolerance=0.3,
        trains="percentage points, not a percentage of a percentage",
        why="Points are the difference of two percentages. New Mexico's rise is far beyond chance; a small count makes percentages variable, not large.",
        hints=("Two changes in per cent, one minus the other. One of them is negative.",
               '`change["NM"] - change["US"]` is the difference as a fraction.',
               '`answer_4_3 = 100 * (change["NM"] - change["US"])`'),
        slips=(Slip(percent_of_percent, "This is the change in per cent of a percentage, here even of a negative one, and means nothing. Points are one change minus the other."),
               Slip(reported_points, "These are reported deaths. The chart and the question use predicted ones, which allow for late certificates."),
               Slip(added_points, "The two changes were added. Minus a negative number is plus: the distance is larger than either."),
               Slip(more_deaths, "This is the number of deaths by which New Mexico rose. The question is about the distance of two percentages."),
               Slip(lambda: points_apart() / 100, "This is a fraction. Times one hundred makes percentage points of it."))),
    "4.4": Question(
        unit="points of 100", answer=equal_lead, tolerance=0.3,
        trains="weights that add to one, and the sign of a metric",
        why="With the other sign 2025 is behind 2024: turning one sign changes the difference by more than the lead itself.",
        hints=("Two scores, 2025 and 2024, from the same index. Which sign of interdictions is asked for?",
               '`scores(scales["less seized is better"], [1, 1, 1])` holds the scores by year, from zero to one.',
               '`scored = scores(scales["less seized is better"], [1, 1, 1]); answer_4_4 = 100 * (scored[2025] - scored[2024])`'),
        slips=(Slip(other_sign, "This takes more seized for better. Turn interdictions round as well."),
               Slip(weights_of_one, "The three weights add to three, so the scale is no longer 0 to 100. Weights add to one: divide by their sum."),
               Slip(deaths_not_turned, "Overdoses were not turned round, so more deaths count as better here. List them among those of which less is better."),
               Slip(percent_of_a_score, "This is a change in per cent of a score. Zero on this scale is only the worst year shown, so a ratio has no meaning; take the difference."),
               Slip(lambda: equal_lead() / 100, "This is on the scale from zero to one. The question asks for points of 100."))),
    "4.5": Question(
        kind="per cent", unit="per cent of all weightings", answer=share_of_weightings, tolerance=0.4,
        trains="how far a verdict hangs on the choices",
        why="About one weighting in six. With the transfers as the stand-in it was about a third: the stand-in alone halves the share, "
            "while seizures and deaths stay as they are.",
        hints=('Put the other stand-in into the table first: `numbers.assign(third=thirds["any count"])`.',
               'Then make one scale of it, with the signs of `less seized is better`, and ask `share_ahead` for 2020.',
               '`scale = one_scale(numbers.assign(third=thirds["any count"]), signs["less seized is better"]); '
               'answer_4_5 = 100 * share_ahead(scale, 2025)[2020]`'),
        slips=(Slip(lambda: share_of_weightings(third="transfers"), "This lets the transfers stand in for 2025, as in the table above. Here any count of extraditions does."),
               Slip(lambda: share_of_weightings(seized="more"), "This takes more seized for better. Turn interdictions round as well."),
               Slip(lambda: 100 - share_of_weightings(), "This is the share under which 2020 is ahead. Turn the comparison round."),
               Slip(lambda: share_of_weightings(rival=RIVAL), "The rival here is 2024. The question is about 2020."),
               Slip(deaths_alone_turned, "More deaths count as better here. List overdoses, too, among those of which less is better."))),
    "4.6": Question(
        kind="choice", unit="a letter", answer=lambda: "c", words={"a": (), "b": (), "c": (), "d": ()},
        trains="a selected list bears no rate",
        why="A case is on the list because somebody reported it; the guilty whom nobody charged are not. A share of such a selection describes "
            "how the list was made, and says nothing of courts or of the corrupt.",
        hints=("Suppose the sum is right. Of what would it be a share?", "How does a case get onto the list, and which cases never do?"),
        slips=(Slip(lambda: "a", "The sum is right: the cell above prints it. Ask of what it is a share."),
               Slip(lambda: "b", "A pending case has no result, and whoever waits for a judgement is presumed innocent. To count it either way would invent an outcome."),
               Slip(lambda: "d", "A sanction is an administrative measure, without a court and without a conviction."))),
}
