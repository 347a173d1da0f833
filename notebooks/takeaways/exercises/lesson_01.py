"""Questions of lesson 01, *Look for a rupture in the numbers*."""

import pandas as pd

from ..analysis import before_after, by_calendar_year, by_fiscal_year, placebo_changes, rank_among
from ..series import fentanyl
from ..tables import load
from .questions import Question, Slip

CODES = {"1": ("+1", "1.0"), "-1": ("-1.0",), "0": ("0.0",)}
FRAMEWORK = pd.Period("2021-10")


def _deaths():
    return load("overdose_monthly").set_index("month")["deaths"]


def _counts():
    return load("extraditions_by_year").set_index("year")


# 1.1 recode six events

def codes():
    events = load("events").set_index("event_id")
    return events.loc[["E024", "E027", "E030", "E041", "E049", "E082"], "effect"].astype(str).to_dict()


# 1.2 share of the other months with a rise as large as around October 2021, per cent

def framework_share():
    seizures = load("seizures_monthly")
    monthly = seizures[seizures["drug"] == "Fentanyl"].groupby("month")["pounds"].sum()
    changes = placebo_changes(monthly, window=12)
    return 100 * rank_among(changes, pd.Period("2021-10")).share


def the_change_itself():
    return 100 * before_after(fentanyl(), FRAMEWORK, 12).change


def how_many():
    return rank_among(placebo_changes(fentanyl(), 12), FRAMEWORK).at_least


def smaller_rises():
    return 100 - framework_share()


def half_a_year():
    return 100 * rank_among(placebo_changes(fentanyl(), 6), FRAMEWORK).share


def the_arrest():
    return 100 * rank_among(placebo_changes(fentanyl(), 12), pd.Period("2020-10")).share


# 1.3 growth of deaths, 2021 against 2020, percentage points

def slower_growth():
    deaths = load("overdose_monthly").set_index("month")["deaths"]
    growth = by_calendar_year(deaths).pct_change()
    return 100 * (growth[2021] - growth[2020])


def percent_of_percent():
    growth = by_calendar_year(_deaths()).pct_change()
    return 100 * (growth[2021] / growth[2020] - 1)


def only_2021():
    return 100 * by_calendar_year(_deaths()).pct_change()[2021]


def fiscal_growth():
    growth = by_fiscal_year(_deaths()).pct_change()
    return 100 * (growth[2021] - growth[2020])


# 1.4 average comparable extraditions, 2019-2024 against 2013-2018, per cent

def change_of_average():
    extraditions = load("extraditions_by_year").set_index("year")
    comparable = extraditions.loc[extraditions["comparable"], "count"]
    return 100 * (comparable.loc[2019:2024].mean() / comparable.loc[2013:2018].mean() - 1)


def every_figure():
    counts = _counts()["count"].dropna()
    return 100 * (counts.loc[2019:2024].mean() / counts.loc[2013:2018].mean() - 1)


def gaps_as_zero():
    counts = _counts()
    filled = counts["count"].where(counts["comparable"], 0)
    return 100 * (filled.loc[2019:2024].mean() / filled.loc[2013:2018].mean() - 1)


def with_transfers():
    counts = _counts()
    comparable = counts.loc[counts["comparable"], "count"]
    later = (comparable.loc[2019:2024].sum() + load("transfers")["people"].sum()) / len(comparable.loc[2019:2024])
    return 100 * (later / comparable.loc[2013:2018].mean() - 1)


QUESTIONS = {
    "1.0": Question(
        kind="guess", unit="per cent", answer=lambda: None, why="",
        hints=("There is no right guess. A number you wrote down is worth more than one you will remember having thought.",)),
    "1.1": Question(
        trains="coding by a rule, and disagreeing by it",
        kind="labels", unit="a dictionary with 1, -1 or 0 for each event", words=CODES, answer=codes,
        why="You read these six as the table does. Ask a classmate who did not: the rule leaves room, and that is the point.",
        hints=("Ask of each event what it did to joint work between the two governments, not whether you approve of it.",
               "An act that the other side had asked for counts as 1, also when its legality is contested at home.",
               "A capture outside the agreed channels is -1, however welcome the arrest."),
        slips=(Slip(lambda: codes() | {"E041": "1"},
                    "All as in the table but E041. The arrest may be welcome; the code asks what it did to cooperation, and Mexico opened an inquiry into how it was done."),
               Slip(lambda: codes() | {"E049": "-1"},
                    "All as in the table but E049. The handover is contested in law; the code asks about cooperation, and Washington had asked for it. You may well disagree: say by which rule."),
               Slip(lambda: codes() | {"E041": "1", "E049": "-1"},
                    "You coded whether justice was done (E041) and how (E049). The code is about cooperation between the governments."),
               Slip(lambda: codes() | {"E082": "-1"},
                    "All as in the table but E082. The report is denied by both sides: the table takes a disputed report for no visible effect."))),
    "1.2": Question(
        trains="placebo dates",
        kind="per cent", unit="per cent of the other months", answer=framework_share, tolerance=0.6,
        why="Nearly every second month did as well: in the seizures this date cannot be told from the others.",
        hints=("You need the change around October 2021, and the changes around all other months.",
               'rank_among(changes, pd.Period("2021-10")) gives you others, at_least and share.',
               'answer_1_2 = 100 * rank_among(changes, pd.Period("2021-10")).share'),
        slips=(Slip(the_change_itself, "This is the change around October 2021 itself. The question is how many other months changed at least as much."),
               Slip(how_many, "This is the number of months. The question asks for their share, in per cent."),
               Slip(smaller_rises, "This is the share with a smaller change. Turn the comparison round."),
               Slip(half_a_year, "This is the answer for a window of six months. The question keeps to twelve, so that the two events compare."),
               Slip(the_arrest, "This is the share for October 2020, the arrest. The question is about October 2021."))),
    "1.3": Question(
        trains="percentage points and per cent",
        unit="percentage points", answer=slower_growth, tolerance=0.6,
        why="Points are the difference of two percentages; per cent of a percentage is another number. Say which of the two you mean.",
        hints=("Two growth rates, one minus the other. Which comes first?",
               "The later minus the earlier: growth[2021] - growth[2020]. Times one hundred makes points of fractions.",
               "answer_1_3 = 100 * (growth[2021] - growth[2020])"),
        slips=(Slip(lambda: -slower_growth(), "The size is right. The growth was lower in 2021, so the change is negative."),
               Slip(lambda: slower_growth() / 100, "This is a fraction. Times one hundred makes percentage points of it."),
               Slip(percent_of_percent, "This is the change in per cent of a percentage. The question asks for points: one growth rate minus the other."),
               Slip(only_2021, "This is the growth of 2021. By how much is it lower than that of 2020?"),
               Slip(fiscal_growth, "These are fiscal years, October to September. The question is about calendar years."))),
    "1.4": Question(
        trains="averages over gaps",
        kind="per cent", unit="per cent", answer=change_of_average, tolerance=0.6,
        why="Would you print it? Three years of six against five of six, one of them a lower bound: the sentence needs more words than the number.",
        hints=("Take the comparable years only, and average each term over the years it has.",
               "The earlier term is the base: later mean divided by earlier mean, minus one.",
               'answer_1_4 = 100 * (terms["2019-2024"].mean() / terms["2013-2018"].mean() - 1)'),
        slips=(Slip(every_figure, "This averages every figure, the hollow ones too, and so turns a fall into a rise (if you meant the comparable years only, check your sign). The hollow ones count nationals only, all countries or part of a year."),
               Slip(gaps_as_zero, "This compares totals, or counts a gap as zero. A year without a figure is not a year without extraditions: average over the years that have one."),
               Slip(with_transfers, "This adds the transfers of 2025 and 2026. They are no extraditions, and they are not from these years."),
               )),
    "1.5": Question(
        trains="counts of different acts",
        kind="choice", unit="a letter", answer=lambda: "b", words={"a": (), "b": (), "c": (), "d": ()},
        why="Two legal acts, two counts. The total is right, and so is the figure of 2021; it is their comparison that is false.",
        hints=("Add up the column people. Is the total wrong?", "Look at the words that each government uses for the act."),
        slips=(Slip(lambda: "a", "The total is right: add up the column people. Look at what is counted."),
               Slip(lambda: "c", "The figure of 2021 is the best there is; even if it were higher, the sentence would be false. Look at what is counted."),
               Slip(lambda: "d", "The figures are official, and the sentence is still false. Do both governments call these people extradited?"))),
}
