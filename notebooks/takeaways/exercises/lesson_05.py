"""Questions of lesson 05, *Write your brief*."""

from ..brief import findings, hurried_brief
from .questions import Question, Slip

LETTERS = {"a": (), "b": (), "c": (), "d": ()}


def faults():
    hurried, hurried_facts = hurried_brief()
    return sum(not in_order for in_order, line in findings(hurried, hurried_facts, charts=[]))


def in_order():
    memo, facts = hurried_brief()
    return sum(passed for passed, line in findings(memo, facts, charts=[]))


def lines():
    return faults() + in_order()


QUESTIONS = {
    "5.1": Question(
        trains="a claim that can be refuted",
        kind="choice", unit="a letter", answer=lambda: "b", words=LETTERS,
        why="It names a metric, a time and a comparison, and the table could say no.",
        hints=("Ask of each: which figure, if it came out differently, would make it false?",
               "A cause needs more than a number that moved. A wish needs no evidence at all."),
        slips=(Slip(lambda: "a", "Who could disagree? A sentence that no evidence can refute says nothing."),
               Slip(lambda: "c", "It may be true, but it claims a cause: it needs the deaths that would have happened without the agreement, and no table has those."),
               Slip(lambda: "d", "This is a demand. Evidence can support it, but never show it to be true or false."))),
    "5.2": Question(
        trains="same kind of count at both ends",
        kind="choice", unit="a letter", answer=lambda: "c", words=LETTERS,
        why="Predicted adds what is late, reported does not. One at each end, and the sentence measures the method too.",
        hints=("Read the two ends of the comparison aloud, word by word.",
               "What kind of count stands at each end?"),
        slips=(Slip(lambda: "a", "Few months are a reason for caution, not yet an error. Look at what is compared with what."),
               Slip(lambda: "b", "It should say whether it counts all drugs or fentanyl-type deaths; but with that fixed the comparison would still be false."),
               Slip(lambda: "d", "Another unit would not help. Look at what is compared with what."))),
    "5.3": Question(
        trains="stating the other side at its best",
        kind="choice", unit="a letter", answer=lambda: "c", words=LETTERS,
        why="It gives the reason, the evidence and who reported it. Those who hold this view would sign the sentence.",
        hints=("Would somebody who holds this view say: yes, that is what I mean?",
               "The best version has a reason in it, and a source."),
        slips=(Slip(lambda: "a", "This dismisses the other side without hearing it."),
               Slip(lambda: "b", "Fair in tone, but it gives no reason. Why do they doubt?"),
               Slip(lambda: "d", "This puts a weak version up in order to knock it down."))),
    "5.4": Question(
        trains="reviewing a brief",
        unit="lines", answer=faults, tolerance=0.1,
        why="Most of them are fixed in a minute. The worst are those that no line shows: different seasons compared, a critic waved away, a mind that nothing would change.",
        hints=("Run the review and count the lines that say NOT YET.",
               "The questions below the lines are for a reader; they are not counted."),
        slips=(Slip(in_order, "So many lines are in order. How many are not?"),
               Slip(lines, "So many lines there are in all. How many say NOT YET?"),
               Slip(lambda: lines() + 5, "This counts all the lines, and the questions for a reader too."))),
}
