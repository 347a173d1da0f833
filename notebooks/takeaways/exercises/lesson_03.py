"""Questions of lesson 03, *Put a number on a threat*."""

from ..analysis import brier_score, odds, probability, rule_of_succession, update
from ..metrics import newest_editions
from ..tables import load
from .questions import Question, Slip


def _value(measure):
    return load("signs_of_risk").set_index("measure_id").loc[measure, "value"]


# 3.1 change of the 12-month total of deaths (T40.4, reported), December 2024 against December 2023, per cent

def change(since="2023-12", drug_class="synthetic opioids (T40.4)"):
    counts = newest_editions(drug_class)["reported"]
    return 100 * (counts["2024-12"] / counts[since] - 1)


# 3.2 Mexican opinion against US forces, El Financiero, percentage points

def points_against():
    return _value("R071") - _value("R067")


def another_firm():
    return _value("R073") - _value("R067")


# 3.4 three signs of which two are one, per cent

def two_signs():
    return 100 * update(rule_of_succession(0, 52), 3, 4)


def times(ratio):
    return 100 * probability(odds(rule_of_succession(0, 52)) * ratio)


# 3.5 the likelihood ratio that a fall of a price from 35 to 25 per cent implies

def implied_ratio():
    return odds(_value("R057") / 100) / odds(_value("R056") / 100)


# 3.6 Brier score of three market prices, if none of the events is judged to have happened

def _prices():
    return [_value(measure) / 100 for measure in ("R054", "R060", "R059")]


def market_score():
    return brier_score(_prices(), [0, 0, 0])


QUESTIONS = {
    "3.0": Question(
        kind="guess", unit="per cent", answer=lambda: None, why="",
        hints=("There is no right number here. Ask yourself at which odds you would bet, and on which side.",)),
    "3.1": Question(
        kind="per cent", unit="per cent", answer=change, tolerance=0.3, change=True,
        trains="a 12-month total and a month",
        why="Two totals a year apart share no month, so this compares one year with the year before it. The step from November to December does not: those two share eleven months.",
        hints=("Which two rows of `deaths` share no month, the later one ending in December 2024?",
               "The later total divided by the earlier one, minus one, times one hundred.",
               '`answer_3_1 = 100 * (deaths["2024-12"] / deaths["2023-12"] - 1)`'),
        slips=(Slip(lambda: change(since="2024-11"),
                    "This is the step from one 12-month total to the next. The two share eleven months: what changed is December 2024 against December 2023, set against a whole year."),
               Slip(lambda: change(since="2024-04"), "This starts from the total ending in April 2024. It shares four months with the one ending in December 2024."),
               Slip(lambda: change(since="2023-06"), "This is the fall from the peak, the 12 months ending June 2023. The question asks for one year."),
               Slip(lambda: change(drug_class="all drugs"), "These are all drugs. Fentanyl-type deaths (T40.4) are a part of them, and fell faster."),
               Slip(lambda: -change(), "The size is right. A fall has a minus."))),
    "3.2": Question(
        unit="percentage points", answer=points_against, tolerance=0.3,
        trains="percentage points, and polls that compare",
        why="The same firm, nearly the same words, eleven months apart: that compares. In per cent of the first share the same change looks larger.",
        hints=("The two readings are `R067` and `R071`. Points are the later percentage minus the earlier one.",
               "The series `value` holds both, by their ids: later minus earlier, without dividing.",
               '`answer_3_2 = value["R071"] - value["R067"]`'),
        slips=(Slip(lambda: 100 * (_value("R071") / _value("R067") - 1), "This is the change in per cent of a percentage. The question asks for points: one percentage minus the other."),
               Slip(lambda: points_against() / 100, "This is a fraction. The table holds percentages already: subtract them as they are."),
               Slip(lambda: -points_against(), "The size is right. More people were against in January 2026, so the change is positive. If you took those in favour, you answered another question."),
               Slip(another_firm, "This takes Cripeso's poll of January 2026. Another firm and another question: its difference to El Financiero is no change over time."),
               Slip(lambda: _value("R071") - _value("R066"), "This starts from those who are against working with the United States on crime. The question is about U.S. forces: `R067`."))),
    "3.3": Question(
        kind="choice", unit="a letter", answer=lambda: "b", words={"a": (), "b": (), "c": (), "d": ()},
        trains="a price with its contract and day",
        why="The table holds two prices of this size: one for a strike by the end of 2026, read in January, one for a ground operation by June, read in February. Without the contract and the day nobody can say which event was priced, or score it.",
        hints=("Look for two rows with this price. What differs between them?", 'Run `pick(signs, measure_id=["R056", "R059"])[["date", "measure", "value"]]`.'),
        slips=(Slip(lambda: "a", "A price comes from no sample of people, so it has no margin of error of that kind. Ask first what was priced."),
               Slip(lambda: "c", "Probability or odds, either can be printed: each follows from the other. Ask first what was priced."),
               Slip(lambda: "d", "The figure is in the table, twice, for two different events. Which of them does the sentence mean?"))),
    "3.4": Question(
        kind="per cent", unit="per cent", answer=two_signs, tolerance=0.4,
        trains="signs that are not independent",
        why="The designation carried out the order: given the order, it tells her nothing new, so its ratio is one. To multiply by 2 as well would count one sign twice, and here add more than ten percentage points.",
        hints=("Which of the three would you have expected once you knew of another? Leave it out, that is: give it a ratio of one.",
               "Odds before, times the ratios that remain, give the odds after. Then back to a probability.",
               "`answer_3_4 = 100 * update(prior, 3, 4)`"),
        slips=(Slip(lambda: times(3 * 2 * 4), "All three are multiplied. The designation carried out the order, so its news is in the order's ratio already."),
               Slip(lambda: 100 * 12 * rule_of_succession(0, 52), "The ratio was multiplied with a probability. It belongs to the odds: turn the first probability into odds, multiply, turn back."),
               Slip(lambda: times(3 + 4), "The ratios were added. Independent signs multiply."),
               Slip(lambda: 100 * probability(12), "The first probability is missing: this is what the signs would say if both worlds had been equally likely before."),
               Slip(lambda: times(3 * 2), "The report of the directive is missing. It is the designation that tells nothing new."))),
    "3.5": Question(
        unit="times the odds", answer=implied_ratio, tolerance=0.02,
        trains="odds and probabilities",
        why="A ratio below one: read so, the call counted as a sign against. It is only as good as its parts: two pages, the first a user's post, and the second says at most.",
        hints=("A likelihood ratio turns the odds before into the odds after. So which division do you need?",
               "`odds(0.35)` are the odds before. Odds, not probabilities.",
               "`answer_3_5 = odds(0.25) / odds(0.35)`"),
        slips=(Slip(lambda: _value("R057") / _value("R056"), "This divides probabilities. Bayes works on odds: turn each into odds first."),
               Slip(lambda: 1 / implied_ratio(), "Turned round: this would carry the odds from after to before."),
               Slip(lambda: odds(_value("R057") / 100), "These are the odds after the call. By what were the odds before it multiplied?"),
               Slip(lambda: _value("R057") - _value("R056"), "This is the change in percentage points. A ratio is a division."))),
    "3.6": Question(
        unit="as a score from 0 to 1", answer=market_score, tolerance=0.003,
        trains="the Brier score",
        why="Most of it comes from one price, the highest, because distances are squared. And it stands on an assumption: the table holds no resolution of these three.",
        hints=("For each price: the distance to what happened, here to zero, squared. Then the mean.",
               "Prices as fractions: 5 per cent is 0.05, and its square is 0.0025.",
               "`answer_3_6 = brier_score([0.05, 0.185, 0.35], [0, 0, 0])`"),
        slips=(Slip(lambda: sum(_prices()) / 3, "These are the distances, not their squares."),
               Slip(lambda: sum((100 * price) ** 2 for price in _prices()) / 3, "The prices are in per cent. A Brier score takes fractions, from 0 to 1."),
               Slip(lambda: brier_score(_prices(), [1, 1, 1]), "This is the score if all three had happened. Here all three are supposed not to have happened."),
               Slip(lambda: 3 * market_score(), "This is the sum. The score is the mean."),
               Slip(lambda: (sum(_prices()) / 3) ** 2, "This squares the mean price. Square each distance first, then take the mean."))),
}
