"""Questions of lesson 01, *Look for a rupture in the numbers*."""

from collections.abc import Callable

import pandas as pd

from ..analysis import before_after, by_calendar_year, by_fiscal_year, placebo_changes, rank_among
from ..metrics import fentanyl
from ..tables import load
from .questions import Question, Slip

CODES = {"1": ("+1", "1.0", "widens", "amplía"), "-1": ("-1.0", "narrows", "restringe"), "0": ("0.0",)}
FRAMEWORK = pd.Period("2021-10")


def _counts():
    return load("extraditions_by_year").set_index("year")


# 1.1 code six events by the rule (their ids; both coders of the course agree on each)

def codes():
    events = load("events").set_index("event_id")
    return events.loc[["E004", "E012", "E027", "E030", "E039", "E049"], "effect"].astype(str).to_dict()


# 1.2 share of the clean months with a rise as large as around October 2021, per cent

def _rank(date=FRAMEWORK, window=12, apart=12):
    return rank_among(placebo_changes(fentanyl(), window), date, apart)


def framework_share():
    return 100 * _rank().share


def the_change_itself():
    return 100 * before_after(fentanyl(), FRAMEWORK, 12).change


def how_many():
    return _rank().at_least


def smaller_rises():
    return 100 - framework_share()


def all_dates():
    return 100 * _rank(apart=0).share


def no_shared_month():
    return 100 * _rank(apart=24).share


def half_a_year():
    return 100 * _rank(window=6).share


def the_arrest():
    return 100 * _rank(pd.Period("2020-10")).share


# 1.3 growth of deaths, 2021 against 2020, percentage points

def _growth(by_year=by_calendar_year):
    return by_year(load("overdose_monthly").set_index("month")["deaths"]).pct_change()


def slower_growth(by_year: Callable[[pd.Series], pd.Series] = by_calendar_year):
    growth = _growth(by_year)
    return 100 * (growth[2021] - growth[2020])


def percent_of_percent():
    growth = _growth()
    return 100 * (growth[2021] / growth[2020] - 1)


def only_2021():
    return 100 * _growth()[2021]


def fiscal_growth():
    return slower_growth(by_fiscal_year)


# 1.4 extraditions a year by the totals of one source, 2019-2021 against the six years before, per cent

def _totals():
    return load("extraditions_periods").set_index("period_id")["count"]


def change_by_totals():
    totals = _totals()
    return 100 * ((totals["P31"] / 3) / (totals["P22"] / 6) - 1)


def totals_themselves():
    totals = _totals()
    return 100 * (totals["P31"] / totals["P22"] - 1)


def comparable_years():
    counts = _counts()
    comparable = counts.loc[counts["comparable"], "count"]
    return 100 * (comparable.loc[2019:2021].mean() / comparable.loc[2013:2018].mean() - 1)


def every_figure():
    counts = _counts()["count"].dropna()
    return 100 * (counts.loc[2019:2021].mean() / counts.loc[2013:2018].mean() - 1)


def the_earlier_from_the_later():
    totals = _totals()
    return 100 * ((totals["P22"] / 6) / (totals["P31"] / 3) - 1)


def with_transfers():
    totals = _totals()
    return 100 * (((totals["P31"] + load("transfers")["people"].sum()) / 3) / (totals["P22"] / 6) - 1)


QUESTIONS = {
    "1.0": Question(
        kind="guess", unit="per cent", answer=lambda: None, why="",
        hints=("There is no right guess. A number you wrote down is worth more than one you will remember having thought.",)),
    "1.1": Question(
        trains="coding by a rule, and disagreeing by it",
        kind="labels", unit="a dictionary with 1, -1 or 0 for each event", words=CODES, answer=codes, assigns="my_codes",
        why="You read these six as both coders of the course do. They differ on other events: where a rule leaves room, two careful readers part.",
        hints=("Ask first whose act it was. Only the two federal governments can score.",
               "Then: was something joint created, or a wish of the other side met (1)? Was access narrowed, or notice or consent passed over (-1)?",
               "A regular meeting with no new task is 0, and so is what traffickers did, however grave."),
        slips=(Slip(lambda: codes() | {"E004": "-1"},
                    "All as in the table but E004. The murder is the founding grievance, but traffickers acted, not a government: by the rule that is 0."),
               Slip(lambda: codes() | {"E039": "1"},
                    "All as in the table but E039. The Framework existed already; a yearly meeting without a new task is 0 by the rule."),
               Slip(lambda: codes() | {"E004": "-1", "E039": "1"},
                    "E004 was an act of traffickers, and E039 a regular meeting of a body that existed: by the rule both are 0."),
               Slip(lambda: codes() | {"E049": "-1"},
                    "All as in the table but E049. The handover is contested in law; the code asks about cooperation, and Washington had asked for many of these prisoners."),
               Slip(lambda: codes() | {"E027": "0"},
                    "All as in the table but E027. The law may be well founded; the code asks what it did to access, and it narrowed it."))),
    "1.2": Question(
        trains="placebo dates",
        kind="per cent", unit="per cent of the clean months", answer=framework_share, tolerance=0.6,
        why="A good part of the clean months did as well, so this date does not stand out. They lie before the Framework or at the end of the climb: "
            "of the dates whose windows share no month with it, none rose as much. Here, too, the set of dates decides.",
        hints=("You need the change around October 2021, and the changes around the months more than twelve months away from it.",
               '`rank_among(changes, pd.Period("2021-10"), apart=12)` gives you others, at_least and share.',
               '`answer_1_2 = 100 * rank_among(changes, pd.Period("2021-10"), apart=12).share`'),
        slips=(Slip(all_dates, "This takes all other months, also those with October 2021 in a window of their own. Keep the clean ones: apart=12."),
               Slip(the_change_itself, "This is the change around October 2021 itself. The question is how many clean months changed at least as much."),
               Slip(how_many, "This is the number of months. The question asks for their share, in per cent."),
               Slip(smaller_rises, "This is the share with a smaller change. Turn the comparison round."),
               Slip(no_shared_month, "With apart=24 no month is shared at all. The question asks for months more than twelve away."),
               Slip(half_a_year, "This is a window of six months, in which October 2021 itself is a small fall, so falls were counted. The question keeps to twelve, so that the two events compare."),
               Slip(the_arrest, "This is the share for October 2020, the arrest. The question is about October 2021."))),
    "1.3": Question(
        trains="percentage points and per cent",
        unit="percentage points", answer=slower_growth, tolerance=0.6,
        why="Points are the difference of two percentages; per cent of a percentage is another number. Say which of the two you mean.",
        hints=("Two growth rates, one minus the other. Which comes first?",
               "The later minus the earlier: `growth[2021] - growth[2020]`. Times one hundred makes points of fractions.",
               "`answer_1_3 = 100 * (growth[2021] - growth[2020])`"),
        slips=(Slip(lambda: -slower_growth(), "The size is right. The growth was lower in 2021, so the change is negative."),
               Slip(lambda: slower_growth() / 100, "This is a fraction. Times one hundred makes percentage points of it."),
               Slip(percent_of_percent, "This is the change in per cent of a percentage. The question asks for points: one growth rate minus the other."),
               Slip(only_2021, "This is the growth of 2021. By how much is it lower than that of 2020?"),
               Slip(fiscal_growth, "These are fiscal years, October to September. The question is about calendar years."))),
    "1.4": Question(
        trains="averages over gaps",
        kind="per cent", unit="per cent", answer=change_by_totals, tolerance=0.6, change=True,
        why="About twice the fall that the comparable years show: they leave out 2016, which by the totals was a high year, and take 2015 at a lower bound. "
            "The totals have no hole, but they are one report, quoted by a newspaper: print the source with the number.",
        hints=("Two periods of different length: six years and three. Make each total an average for a year.",
               "Later average divided by earlier average, minus one, times one hundred.",
               '`answer_1_4 = 100 * ((periods.loc["P31", "count"] / 3) / (periods.loc["P22", "count"] / 6) - 1)`'),
        slips=(Slip(totals_themselves, "This compares three years with six. Divide each total by its years first."),
               Slip(comparable_years, "This is what the comparable years say. They leave out 2016; the question asks for the totals of one source."),
               Slip(every_figure, "This averages the yearly figures, the half-year of 2016 included as if it were whole. The question asks for the two totals."),
               Slip(the_earlier_from_the_later, "The base is the earlier period: divide the later average by the earlier one."),
               Slip(with_transfers, "This adds the transfers of 2025 and 2026. They are no extraditions, and they are not from these years."))),
    "1.5": Question(
        trains="counts of different acts",
        kind="choice", unit="a letter", answer=lambda: "b", words={"a": (), "b": (), "c": (), "d": ()},
        why="Two legal acts, two counts. The total fits the three reported transfers (officials have also said 93 and 94), and the figure of 2021 is the best there is; it is their comparison that is false.",
        hints=("Add up the column people. Is the total wrong?", "Look at the words that each government uses for the act."),
        slips=(Slip(lambda: "a", "The total fits the three reported transfers: add up the column people. Look at what is counted."),
               Slip(lambda: "c", "The figure of 2021 is the best there is; even if it were higher, the sentence would be false. Look at what is counted."),
               Slip(lambda: "d", "The figures are official, and the sentence is still false. Do both governments call these people extradited?"))),
}
