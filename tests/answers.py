"""The answer key that stands apart from the code: tests/answers.csv, computed once by another hand from the tables alone.

    python3 tests --bless      after a data refresh: shows every answer and slip that moved, old and new, and asks before it
                               writes them; rows whose tables did not change are never touched: there the code is wrong

A row is an exercise and a part (the answer, or a slip in its order), its value, and the tables it rests on, each with the
first digits of its checksum.
"""
import csv
import json
import sys
from pathlib import Path

KEY = Path(__file__).with_name("answers.csv")
DIGITS = 12


def rows():
    """The key as a list of dictionaries: number, part, value, tables, how."""
    with open(KEY, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def computed():
    """(number, part) to what the course's own code gives today, as text."""
    from takeaways.exercises import asking
    found = {}
    for number, question in asking.questions().items():
        if question.kind not in ("guess", "vote"):
            for part, give in [("answer", question.answer), *((f"slip {k}", slip.answer) for k, slip in enumerate(question.slips, 1))]:
                found[number, part] = as_text(give())
    return found


def as_text(value):
    """A value as the key writes it: labels as JSON with sorted keys, numbers with all their digits."""
    if isinstance(value, dict):
        return json.dumps({key: str(word) for key, word in value.items()}, sort_keys=True, ensure_ascii=False)
    return value if isinstance(value, str) else repr(float(value))


def agree(one, other):
    """True when two values of the key are the same: numbers to nine digits, labels whatever their type."""
    try:
        return abs(float(one) - float(other)) <= 1e-9 * max(1, abs(float(one)))
    except ValueError:
        return one == other or (one[:1] == other[:1] == "{" and as_text(json.loads(one)) == as_text(json.loads(other)))


def edition(row):
    """The tables of a row as they are today, each with its checksum."""
    from takeaways import tables
    names = [one.split("@")[0] for one in row["tables"].split("; ") if one]
    return "; ".join(f"{name}@{tables.describe(name)['hash'].removeprefix('sha256:')[:DIGITS]}" for name in names)


def moved():
    """[(row, new value, whether its tables changed)] of the rows that the code no longer gives."""
    today = computed()
    return [(row, today.get((row["number"], row["part"]), "(gone)"), edition(row) != row["tables"]) for row in rows()
            if not agree(row["value"], today.get((row["number"], row["part"]), "(gone)"))]


def main():
    changed = moved()
    for row, new, data_moved in changed:
        why = "its tables changed" if data_moved else "its tables did NOT change: the code is wrong, or the key; not to be blessed"
        print(f"{row['number']} {row['part']}: {row['value']} -> {new} ({why})")
    stale = [row for row in rows() if edition(row) != row["tables"]]
    if not stale:
        print("The tables are those of the key." if not changed else "Nothing to bless.")
        return 1 if changed else 0
    print(f"{len(stale)} rows rest on tables that changed, {sum(data for _, _, data in changed)} of them with another value.")
    if input("Have you looked at each, and read its exercise again? Write yes to keep the new values: ").strip().lower() != "yes":
        print("Nothing was written.")
        return 1
    write(computed())
    print(f"Written to {KEY.name}.")
    return 0


def write(today):
    """Renew value and edition of the rows whose tables changed, and of no other."""
    renewed = [row if edition(row) == row["tables"] else
               row | {"value": today.get((row["number"], row["part"]), row["value"]), "tables": edition(row)} for row in rows()]
    with open(KEY, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(renewed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(renewed)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "notebooks"))
    sys.exit(main())
