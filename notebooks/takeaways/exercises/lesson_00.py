"""Questions of lesson 00, *Decide what you would measure*."""

import pandas as pd

from ..metrics import KILOGRAMS_A_POUND, fentanyl, newest_editions
from ..tables import load, pick
from .questions import Question, Slip

CALENDAR_2024, FISCAL_2024 = slice("2024-01", "2024-12"), slice("2023-10", "2024-09")
EVE, EVE_A_YEAR_BEFORE = pd.Period("2025-08"), pd.Period("2024-08")     # the last month before the joint statement
KINDS = {"fact": ("f", "facts", "hecho", "hechos"), "forecast": ("prediction", "forecasts", "pronóstico", "predicción", "previsión"),
         "judgement": ("judgment", "judgements", "opinion", "juicio", "juicio de valor", "opinión")}


# 0.1 sort ten claims

def sorting():
    claims = load("essay_claims").set_index("claim_id")
    ten = ["C11", "C15", "C17", "C18", "C20", "C28", "C33", "C45", "C47", "C54"]
    return claims.loc[ten, "claim_type"].to_dict()


def _relabelled(wrong, instead):
    return {claim: instead if kind == wrong else kind for claim, kind in sorting().items()}


# 0.2 fentanyl in calendar year 2024, pounds

def calendar_2024():
    return fentanyl()[CALENDAR_2024].sum()


def fiscal_2024():
    return fentanyl()[FISCAL_2024].sum()


def southwest_2024():
    return fentanyl(region="Southwest Border")[CALENDAR_2024].sum()


def ports_2024():
    return fentanyl(component="Field Operations")[CALENDAR_2024].sum()


def all_drugs_2024():
    by_month = load("seizures_monthly").groupby("month")["pounds"].sum()
    return by_month[CALENDAR_2024].sum()


# 0.3 change of fentanyl seizures, fiscal year 2023 to 2024, per cent

def _fiscal():
    return pick(load("seizures_monthly"), drug="Fentanyl").groupby("fiscal_year")["pounds"].sum()


def change_2023_2024():
    return 100 * (_fiscal()[2024] / _fiscal()[2023] - 1)


def wrong_base():
    return 100 * (_fiscal()[2023] / _fiscal()[2024] - 1)


def what_is_left():
    return 100 * _fiscal()[2024] / _fiscal()[2023]


def over_two_years():
    return 100 * (_fiscal()[2025] / _fiscal()[2023] - 1)


def calendar_change():
    monthly = fentanyl()
    return 100 * (monthly[CALENDAR_2024].sum() / monthly["2023"].sum() - 1)


def part_of_a_year():
    return 100 * (_fiscal()[2026] / _fiscal()[2023] - 1)


# 0.4 fewer deaths, 12 months ending August 2025 against August 2024, all drugs, predicted

def fewer_deaths(then: str = "predicted", now: str = "predicted", since: str = EVE_A_YEAR_BEFORE):
    newest = newest_editions("all drugs")
    return newest.loc[since, then] - newest.loc[EVE, now]


def fewer_reported():
    return fewer_deaths("reported", "reported")


def predicted_minus_reported():
    return fewer_deaths(now="reported")


def reported_minus_predicted():
    return fewer_deaths(then="reported")


def one_month_back():
    return fewer_deaths(since=EVE - 1)


def added_up():
    predicted = newest_editions("all drugs")["predicted"]
    return predicted[EVE - 23:EVE - 12].sum() - predicted[EVE - 11:EVE].sum()


# 0.5 comparable years of extraditions since 2015

def _recent():
    extraditions = load("extraditions_by_year")
    return extraditions[extraditions["year"] >= 2015]


def comparable_years():
    return int(_recent()["comparable"].sum())


def any_figure():
    return int(_recent()["count"].notna().sum())


def all_rows():
    return len(_recent())


def since_1995():
    return int(load("extraditions_by_year")["comparable"].sum())


def after_2015():
    return int(_recent()[_recent()["year"] > 2015]["comparable"].sum())


QUESTIONS = {
    "0.0": Question(
        kind="vote", unit='"success" or "failure"', words={"success": ("s", "éxito", "exito"), "failure": ("f", "fail", "fracaso")},
        answer=lambda: None, hints=("There is no right answer here. Vote as you feel, then read on.",),
        why="Keep your vote in mind: after the chart, argue the other side for one minute."),
    "0.1": Question(
        trains="telling facts, forecasts and judgements apart",
        kind="labels", unit='a dictionary with "fact", "forecast" or "judgement" for each claim', words=KINDS, answer=sorting, assigns="my_sorting",
        why="Each kind is tested in its own way. C20, C33 and C54 could be looked up (C33 differs from the record in the day and the label, and is still a claim of fact); C18, C28 and C45 speak of what would come, each with a hedge (likely, assume, might); C11, C15, C17 and C47 weigh and assess.",
        hints=("Could somebody have looked it up in August 2025? Then it is a fact, right or wrong.",
               "Does it speak of what would come? Then it is a forecast, even with a likely or a might in it.",
               "What is left weighs and assesses: deepened, mild, wise, must. Those are judgements."),
        slips=(Slip(lambda: _relabelled("forecast", "judgement"),
                    "You called every forecast a judgement. A sentence about what will come can be scored when its day arrives; a judgement cannot."),
               Slip(lambda: _relabelled("judgement", "fact"),
                    "You called every judgement a fact. Ask of each: which table or document would settle it for both sides? If none would, it is a judgement."),
               Slip(lambda: _relabelled("fact", "judgement"),
                    "You called every fact a judgement. A claim that can be looked up is a claim of fact, also when it turns out wrong."),
               Slip(lambda: sorting() | {"C33": "judgement"},
                    "All but C33. What was done on which day can be looked up: it is a claim of fact, though the record differs from it."))),
    "0.2": Question(
        trains="fiscal and calendar year",
        unit="pounds", answer=calendar_2024, tolerance=1.5,
        why="The fiscal year has three other months in it, October to December 2023. Both totals are true, so a headline must say which year it means.",
        hints=("A calendar year runs from January to December. Which months did the code above add up?",
               'A slice of months is written `monthly["2023-10":"2024-09"]`. Change its two ends.',
               '`answer_0_2 = monthly["2024-01":"2024-12"].sum()`'),
        slips=(Slip(fiscal_2024, "This is fiscal year 2024, October 2023 to September 2024. The calendar year has other months in it."),
               Slip(southwest_2024, "This is the southwest border region only. The question asks for all regions of the file."),
               Slip(ports_2024, "This is Field Operations only. The question asks for Border Patrol as well."),
               Slip(all_drugs_2024, "This adds up five drugs. Select the rows of fentanyl first."),
               Slip(lambda: calendar_2024() * KILOGRAMS_A_POUND, "These are kilograms. The table and the question count in pounds."),
               Slip(lambda: fiscal_2024() * KILOGRAMS_A_POUND, "These are kilograms, and of the fiscal year. The question asks for pounds in the calendar year."))),
    "0.3": Question(
        trains="a change in per cent, and its base",
        kind="per cent", unit="per cent", answer=change_2023_2024, tolerance=0.6, change=True,
        why="A change in per cent is measured from the earlier value. Name both years, say fiscal, and say whose seizures: Field Operations and Border Patrol.",
        hints=("The change is the new value divided by the old one, minus one.",
               "Times one hundred gives per cent. The old value is fiscal year 2023.",
               "`answer_0_3 = 100 * (closed[2024] / closed[2023] - 1)`"),
        slips=(Slip(lambda: -change_2023_2024(), "The size is right, the sign is not: the seizures fell, so the change is negative."),
               Slip(wrong_base, "You measured from 2024 back to 2023. The base of a change is the earlier year."),
               Slip(what_is_left, "This is what is left, in per cent of 2023. The change is what went: subtract one hundred."),
               Slip(calendar_change, "This is calendar year 2023 to calendar year 2024. The question asks for fiscal years."),
               Slip(over_two_years, "This is the change over two years, to 2025, as in the chart. The question ends in 2024."),
               Slip(part_of_a_year, "This ends in 2026, not in 2024. Where the table holds a year only in part, that alone looks like a fall."),
               Slip(lambda: (_fiscal()[2024] - _fiscal()[2023]), "This is the change in pounds. Divide by the earlier year to get per cent."))),
    "0.4": Question(
        trains="12-month counts; reported and predicted",
        unit="deaths", answer=fewer_deaths, tolerance=0.5,
        why="Same kind of count at both ends, same release, twelve months apart: only so do the two totals share no month.",
        hints=("Two figures of the column predicted, one year apart, and their difference.",
               "The months are 2024-08 and 2025-08.",
               '`answer_0_4 = newest.loc["2024-08", "predicted"] - newest.loc["2025-08", "predicted"]`'),
        slips=(Slip(lambda: -fewer_deaths(), "The size is right. The question asks how many fewer: a positive number."),
               Slip(fewer_reported, "This is the difference of the reported counts. The question asks for predicted; never judge one by the other."),
               Slip(predicted_minus_reported, "You took a reported count from a predicted one. The newest months are always less complete, so the fall looks larger than it is."),
               Slip(reported_minus_predicted, "You took a predicted count from a reported one. Use the same kind of count at both ends."),
               Slip(one_month_back, "This compares August with July. Both totals share eleven months: the difference is August 2025 against August 2024, not a month's change."),
               Slip(added_up, "You added up twelve rows. Each row is a total of twelve months already; neighbours overlap and must not be added."))),
    "0.5": Question(
        trains="counting only what compares",
        unit="years", answer=comparable_years, tolerance=0.1,
        why="The other years have a figure of another kind, or none. The dot of 2022 suggests a jump from 43 to 78. But the 78 are Mexican nationals only, counted by another office, and a third source has 54 to all countries by November: the two cannot both be complete. Ask for one count of both years.",
        hints=("First select the rows with a year of 2015 or later; then count those that are comparable.",
               "The column comparable is true or false, and true counts as one: its sum is a count.",
               '`since_2015 = extraditions[extraditions["year"] >= 2015]; answer_0_5 = since_2015["comparable"].sum()`'),
        slips=(Slip(any_figure, "So many years have some figure. Not all of them compare: some count nationals only, all countries, or part of a year."),
               Slip(all_rows, "So many years are in the table, the gaps included. How many have a comparable figure?"),
               Slip(since_1995, "This counts from the beginning of the table. The question asks for 2015 and later."),
               Slip(after_2015, "This leaves 2015 out. Since 2015 means with 2015."))),
}
