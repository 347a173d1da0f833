"""Questions of lesson 02, *Choose a baseline*."""

import pandas as pd

from ..errors import CourseError
from ..metrics import KILOGRAMS_A_POUND, fentanyl
from ..tables import load, pick
from .questions import Question, Slip

FORMS = {"treaty": ("tratado",), "announcement": ("anuncio", "declaration"), "statement": ("joint statement", "declaración conjunta", "declaración", "comunicado conjunto"),
         "plan": ("action plan", "plan de acción"), "meeting": ("minutes", "reunión", "minuta")}
THEN = "2025-07-16"     # the last release of the CDC before the joint statement that we hold
APRIL = pd.Period("2026-04")
STATEMENT = pd.Period("2025-09")
SEVEN_MONTHS = (pd.Period("2025-10"), APRIL)    # of fiscal year 2026
A_YEAR_BEFORE = (pd.Period("2024-10"), APRIL - 12)
FISCAL_2024, FISCAL_2025 = ("2023-10", "2024-09"), ("2024-10", "2025-09")
FAMILIES = {"joint statement": "statement", "minutes": "meeting", "meeting": "meeting", "plan": "plan", "treaty": "treaty",
            "declaration": "announcement", "announced": "announcement", "proclamation": "announcement"}


def _now():
    """The newest release, as in the lesson."""
    return pick(load("overdose_12_months"), drug_class="synthetic opioids (T40.4)")["vintage"].max()


def family_of_form(legal_form: str) -> str:
    """Return what family a legal form belongs to: treaty, announcement (of presidents), statement, plan or meeting."""
    for word, family in FAMILIES.items():
        if word in legal_form:
            return family
    raise CourseError(f"the form {legal_form!r} has no family yet. Known words: {', '.join(FAMILIES)}.")


def _release(vintage, drug_class="synthetic opioids (T40.4)"):
    return pick(load("overdose_12_months"), vintage=vintage, drug_class=drug_class).set_index("month_ending")


# 2.1 the form of six instruments

def six_forms():
    agreements = load("agreements").set_index("instrument_id")
    six = ["A01", "A03", "A06", "A09", "A10", "A11"]
    return agreements.loc[six, "legal_form"].map(family_of_form).to_dict()


# 2.3 deaths without T40.4, 12 months ending February 2025, as known in July 2025, reported

def _then(column="reported"):
    return pick(load("overdose_12_months"), vintage=THEN, month_ending="2025-02").set_index("drug_class")[column]


def without_t404(column: str = "reported"):
    counts = _then(column)
    return counts["all drugs"] - counts["synthetic opioids (T40.4)"]


def other_classes_added():
    reported = _then()
    return reported.drop(["all drugs", "synthetic opioids (T40.4)"]).sum()


def single_classes_added():
    return other_classes_added() - _then()["opioids (T40.0-T40.4, T40.6)"]


def predicted_less_reported():
    return _then("predicted")["all drugs"] - _then()["synthetic opioids (T40.4)"]


def both_predicted():
    return without_t404("predicted")


def two_releases():
    return _release(_now(), "all drugs").loc["2025-02", "reported"] - _then()["synthetic opioids (T40.4)"]


def without_opioids():
    return _then()["all drugs"] - _then()["opioids (T40.0-T40.4, T40.6)"]


# 2.4 change of fentanyl-type deaths (T40.4), 12 months ending April 2025 to April 2026, predicted, per cent

def _change(first, last, before="predicted", after="predicted", drug_class="synthetic opioids (T40.4)"):
    rows = _release(_now(), drug_class)
    return 100 * (rows.loc[last, after] / rows.loc[first, before] - 1)


def change_predicted():
    return _change(APRIL - 12, APRIL)


def deaths_fewer():
    rows = _release(_now())["predicted"]
    return rows[APRIL] - rows[APRIL - 12]


# 2.5 fentanyl, October 2025 to April 2026 against October 2024 to April 2025, per cent

def _pounds_change(before, after, **only):
    monthly = fentanyl(**only)
    return 100 * (monthly[after[0]:after[1]].sum() / monthly[before[0]:before[1]].sum() - 1)


def same_months():
    return _pounds_change(A_YEAR_BEFORE, SEVEN_MONTHS)


# 2.6 fentanyl, Field Operations and Border Patrol, all regions, 12 months ending August 2025, pounds

def _air_and_marine():
    return pick(load("seizures_air_and_marine"), drug="Fentanyl", fiscal_year=2025)["pounds"].sum()


def eve_pounds(**only: str):
    return fentanyl(**only)[STATEMENT - 12:STATEMENT - 1].sum()


QUESTIONS = {
    "2.0": Question(
        kind="guess", unit="instruments", answer=lambda: None, why="",
        hints=("There is no right guess. Think of the last communiqué that you read: was there a number in it?",)),
    "2.1": Question(
        kind="labels", unit='a dictionary with "treaty", "announcement", "statement", "plan" or "meeting" for each', words=FORMS, assigns="my_forms",
        answer=six_forms,
        trains="classifying an instrument by its form",
        why="Six instruments, five forms, and only one of them ever went to a senate. The name told you little.",
        hints=("Look for the one that a senate had to consent to.",
               "Who spoke? Two presidents announce; ministries state together; a group that sits down has a meeting.",
               "A03 and A10 were launched in the same form, eighteen years apart; A06 lists actions."),
        slips=(Slip(lambda: six_forms() | {"A03": "treaty"},
                    "All but A03. Congress voted money for the Mérida Initiative every year, which is not a vote on a treaty; it was launched in a joint statement."),
               Slip(lambda: six_forms() | {"A10": "treaty"},
                    "All but A10. An agreement in the newspapers is not yet one in law: of the programme of September 2025 no signed text was found."),
               Slip(lambda: six_forms() | {"A03": "treaty", "A10": "treaty"},
                    "You took the large programmes for treaties. A treaty needs a senate; A03 and A10 were joint statements, and the money for A03 was voted year by year."),
               Slip(lambda: six_forms() | {"A06": "statement"},
                    "All but A06. It followed the statement of October 2021 and lists actions and objectives: that is a plan."),
               Slip(lambda: six_forms() | {"A09": "statement"},
                    "All but A09. Each president announced it to his or her own public; the ministries issued no common text."),
               Slip(lambda: six_forms() | {"A11": "plan"},
                    "All but A11. A mission with a name is no form: it was agreed at a meeting of the group and told in parallel communiqués."))),
    "2.2": Question(
        kind="choice", unit="a letter", answer=lambda: "b", words={"a": (), "b": (), "c": (), "d": ()},
        trains="the change of a 12-month count is no month's count",
        why="Both totals hold May 2025 to March 2026. What differs is that April 2026 came in and April 2025 went out. How many died in either month the table does not say.",
        hints=("Write down the twelve months of each total. Which do they share?",
               "One month came in and one went out. The difference is between those two."),
        slips=(Slip(lambda: "a", "A total of 12 months to April less one to March is not April less March. Eleven months stand in both; write down the two that do not."),
               Slip(lambda: "c", "Both are predicted counts of one release, so like is compared with like. Look at the months that the two totals share."),
               Slip(lambda: "d", "There is one class in it, T40.4. It is not quite fentanyl, but that is not the main slip. Look at the months."))),
    "2.3": Question(
        unit="deaths", answer=without_t404, tolerance=0.5,
        trains="overlapping drug classes; one release",
        why="All deaths less those that name synthetic opioids (T40.4): the same release, the same kind of count, and the one is a part of the other. Classes overlap and must never be added.",
        hints=("One row holds all deaths. Which row is to be taken out of it?",
               "All drugs less synthetic opioids (T40.4), both in the column reported.",
               '`reported = feb_rows.set_index("drug_class")["reported"]; answer_2_3 = reported["all drugs"] - reported["synthetic opioids (T40.4)"]`'),
        slips=(Slip(other_classes_added, "You added the other classes. One death can name several drugs and stands in each of their rows, so the sum counts people twice and more. Subtract T40.4 from all drugs."),
               Slip(single_classes_added, "You added the other single drugs. One death can name several, most of all fentanyl with another, so the sum counts people twice. Subtract T40.4 from all drugs."),
               Slip(predicted_less_reported, "You took a reported count from a predicted one. The difference then holds the late certificates too; use the same kind of count twice."),
               Slip(both_predicted, "These are the predicted counts. The question asks for reported; both are fair, but name the one you use."),
               Slip(two_releases, "All drugs are from the newest release, T40.4 from that of July 2025. What was reported in between is now counted as deaths without T40.4; stay in one release."),
               Slip(without_opioids, "These are the deaths without any opioid. T40.4 is one class of opioids; take its own row."))),
    "2.4": Question(
        kind="per cent", unit="per cent, to one decimal", answer=change_predicted, tolerance=0.09, change=True,
        trains="reported and predicted; a year's change",
        why="One class, one kind of count, one release, and two totals that share no month. So it may be printed, with all four named. Reported against reported would show a larger fall: at the newest month certificates are still late.",
        hints=("Two totals that share no month are twelve months apart.",
               '`now.loc["2026-04", "predicted"]` is the later one. Which is the earlier?',
               '`answer_2_4 = 100 * (now.loc["2026-04", "predicted"] / now.loc["2025-04", "predicted"] - 1)`'),
        slips=(Slip(lambda: -change_predicted(), "The size is right, the sign is not: the deaths fell, so the change is negative."),
               Slip(lambda: _change(APRIL - 12, APRIL, "reported", "reported"),
                    "These are the reported counts. At the newest month reported is a floor, so the fall looks larger than it is."),
               Slip(lambda: _change(APRIL - 12, APRIL, "predicted", "reported"),
                    "You set a reported count against a predicted one. The certificates that are still late now look like fewer deaths."),
               Slip(lambda: _change(APRIL - 12, APRIL, "reported", "predicted"),
                    "You set a predicted count against a reported one. Use the same kind of count at both ends."),
               Slip(lambda: _change(APRIL - 1, APRIL),
                    "This sets April against March. Both totals share eleven months: it is no month's change and no year's either. Go back twelve rows."),
               Slip(lambda: _change(STATEMENT - 1, APRIL),
                    "This begins in August 2025, just before the statement. The two totals share four months; the question asks for April against April."),
               Slip(lambda: _change(APRIL - 12, APRIL, drug_class="all drugs"),
                    "These are all drugs. The question is about fentanyl-type deaths (T40.4), which fell faster."),
               Slip(deaths_fewer, "This is the change in deaths. Divide by the earlier total to get per cent."))),
    "2.5": Question(
        kind="per cent", unit="per cent", answer=same_months, tolerance=0.4, change=True,
        trains="part of a year against the same part",
        why="The report compared seven months with twelve: most of its fall is the calendar. Against the same months the fall is much smaller.",
        hints=("How many months are in the newer sum? Take as many in the older one.",
               'The same months a year before are "2024-10" to "2025-04".',
               '`answer_2_5 = 100 * (monthly["2025-10":"2026-04"].sum() / monthly["2024-10":"2025-04"].sum() - 1)`'),
        slips=(Slip(lambda: -same_months(), "The size is right, the sign is not: the seizures fell, so the change is negative."),
               Slip(lambda: _pounds_change(FISCAL_2025, SEVEN_MONTHS),
                    "This is the report's own figure: seven months against twelve. Part of a year always looks like a fall."),
               Slip(lambda: _pounds_change(FISCAL_2024, FISCAL_2025),
                    "This is fiscal year 2025 against 2024, both whole. The question is about fiscal year 2026."),
               Slip(lambda: _pounds_change(("2024-01", "2024-12"), ("2025-01", "2025-12")),
                    "This is calendar year 2025 against 2024. A fiscal year begins in October."),
               Slip(lambda: _pounds_change(("2025-01", APRIL - 12), ("2026-01", APRIL)),
                    "These are January to April: the calendar year so far. The fiscal year began in October 2025."),
               Slip(lambda: _pounds_change((STATEMENT - 12, APRIL - 12), (STATEMENT, APRIL)),
                    "You began in September, the last month of the fiscal year before. October is the first of the new one."),
               Slip(lambda: _pounds_change(("2025-03", "2025-09"), SEVEN_MONTHS),
                    "This compares with the seven months just before. The question asks for the same months of the year before."),
               Slip(lambda: _pounds_change(A_YEAR_BEFORE, SEVEN_MONTHS, component="Field Operations"),
                    "This is Field Operations only. The series monthly holds Border Patrol's pounds as well."))),
    "2.6": Question(
        unit="pounds", answer=eve_pounds, tolerance=1.5,
        trains="scope and unit: who seized, where, which months, pounds",
        why="Who seized, where, in which twelve months, in what unit: four things that headlines leave out, and each changes the number. Air and Marine Operations is not in it; its table has fiscal years only.",
        hints=("The series monthly holds Field Operations and Border Patrol, all regions, in pounds. Which twelve months end in August 2025?",
               "They begin in September 2024.",
               '`answer_2_6 = monthly["2024-09":"2025-08"].sum()`'),
        slips=(Slip(lambda: eve_pounds(region="Southwest Border"), "This is the southwest border region. It holds most of the pounds, but the question asks for all regions."),
               Slip(lambda: eve_pounds(component="Field Operations"), "This is Field Operations only: the ports of entry, with airports and mail. The question asks for Border Patrol as well."),
               Slip(lambda: eve_pounds(component="Border Patrol"), "This is Border Patrol only. Field Operations finds most of it."),
               Slip(lambda: eve_pounds() * KILOGRAMS_A_POUND, "These are kilograms. CBP counts in pounds; Mexico in kilograms: less than half the number for the same load."),
               Slip(lambda: eve_pounds() / KILOGRAMS_A_POUND, "You converted pounds as if they were kilograms. The table is in pounds already."),
               Slip(lambda: eve_pounds() + _air_and_marine(), "You added a year of Air and Marine Operations. It is not in the file, and its table has fiscal years only: twelve other months."),
               Slip(lambda: fentanyl()[slice(*FISCAL_2025)].sum(), "This is fiscal year 2025, which ends in September. The question ends in August."),
               Slip(lambda: fentanyl()["2024-01":"2024-12"].sum(), "This is calendar year 2024, the last closed one. The question asks for the 12 months to August 2025."),
               Slip(lambda: fentanyl()["2025-01":STATEMENT - 1].sum(), "These are eight months, the calendar year so far. The question asks for twelve."),
               Slip(lambda: fentanyl()[STATEMENT - 1], "This is August alone. The question asks for the 12 months that end with it."))),
}
