"""Whose work is it? Puts the files that a class handed in together, by the name that stands in them or where they lay.

    for learner in learners(pairs):     # pairs: (path, Work) as read

A name counts for more the nearer it is to the learner: as she signed it, then as the school's system names her folder
or file, then as the file is called. What has no name at all stays together by where it lay, and is called that.
"""
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path, PurePosixPath

from .work import Work, note

# Folders that systems and programs make: they are nobody's name.
NOBODY = re.compile(r"(my_work|work|notebooks|lessons?|downloads?|version \d+|assignment.*|submissions?|"
                    r"submitted files|student work|new folder|nueva carpeta|descargas|entregas?|tareas?|"
                    r"week.*|semana.*|class.*|clase.*|grupo.*|group.*|hand-?ins?|\d+)",
                    re.IGNORECASE)
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_\w+")
CANVAS = re.compile(r"(?P<name>[^\W\d_][\w-]*?)(_LATE)?_(?P<id>\d+)_\d+_(?P<rest>.+)")
LESSONS = "|".join(path.stem.replace("_", "[_ ]") for path in Path(__file__).resolve().parents[1].glob("0*.ipynb"))
OF_THE_COURSE = re.compile(rf"({LESSONS}|my_\w*?(?=_|\b)|exercises_done|four[ _-]takeaways)|\(edition of "
                           rf"[\d-]+\)|\(\d+\)|\bcopy\b|\bcopia\b|"
                           r"\bdraft[ _]\d+|_draft_\d+|\bv\d+\b|\bfinal\b|\bbrief\b|\blesson \d+\b", re.IGNORECASE)

# Marks that turn round the order in which letters are shown; "gpj.exe" can be made to look like "exe.jpg".
DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass
class Learner:
    """One learner's work. name: as known, or where it lay; signed: whether it is hers; works: (path, Work) pairs."""

    name: str
    class_: str = ""
    signed: bool = False
    works: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    def exercises(self) -> dict:
        """Return number to "right", "tried" or "given": the best that any of her files says."""
        best = {}
        for _, work in self.works:
            for number, state in work.exercises.items():
                note(best, number, state)
        return best

    def texts(self, name: str) -> list:
        """Return her versions of a text as (when, text) pairs, the dated ones first and in order, each once."""
        found = {text.strip(): (when, text)
                 for _, work in self.works for when, text in sorted(work.texts.get(name, ()))}
        dated = {text.strip() for _, work in self.works for when, text in work.texts.get(name, ()) if when}
        versions = [pair for text, pair in found.items() if pair[0] or text not in dated]
        return sorted(versions, key=lambda pair: pair[0] or "~")


def learners(pairs: list[tuple[str, Work]]) -> list[Learner]:
    """Return the learners in the order of their names, those without one last; every pair belongs to exactly one."""
    found = {}
    for folder, several in _hand_ins(pairs).items():
        name, class_, signed = _whose(folder, several)
        learner = found.setdefault(_key(name), Learner(name, class_, signed))
        if signed and not learner.signed:
            learner.name, learner.signed = name, True
        if learner.works and class_ and learner.class_ and class_ != learner.class_:
            learner = found.setdefault(_key(f"{name} {class_}"), Learner(name, class_, signed))
        elif learner.works:
            learner.remarks.append("Two hand-ins have this name. If these are two learners, look at where each file "
                                   "lay.")
        learner.class_ = learner.class_ or class_
        learner.works += several
    _join_school_names(found)
    for learner in found.values():
        learner.remarks = list(dict.fromkeys([*learner.remarks, *_copies(learner)]))
    return sorted(found.values(), key=lambda learner: (not learner.signed, learner.class_, _key(learner.name)))


def _join_school_names(found):
    """Where a school's system writes a name as one word, "diazana", and one learner signed as
    Ana Díaz, the two are one.
    """
    for key in [key for key, learner in found.items() if not learner.signed and " " not in key]:
        same = [other for other, learner in found.items() if learner.signed and other.count(" ") in (1, 2, 3)
                and key in map("".join, permutations(other.split()))]
        if len(same) == 1:
            found[same[0]].works += found.pop(key).works


def _copies(learner):
    """A remark for each lesson that lies more than once in one folder."""
    seen = [(str(PurePosixPath(path).parent), work.lesson)
            for path, work in learner.works if work.lesson and "edition of" not in path]
    for folder, lesson in sorted({one for one in seen if seen.count(one) > 1}):
        yield f"Lesson {lesson} lies more than once in {folder}: copies of one learner, or another's work?"


def _hand_ins(pairs):
    """The files by hand-in: the ZIP or folder in which a learner's files lie, or a file by itself where
    several learners' lie loose.
    """
    by_folder = defaultdict(list)
    for path, work in pairs:
        by_folder[str(PurePosixPath(path).parent)].append((path, work))
    hand_ins = defaultdict(list)
    for folder, several in sorted(by_folder.items()):
        loose = folder == "." or _many(several)
        for path, work in several:
            hand_ins[path if loose else _top(folder, hand_ins)].append((path, work))
    return hand_ins


def _many(several):
    """Whether the files of one folder are several learners': several names, or one lesson several times."""
    signed = {_key(work.name) for _, work in several if work.name}
    names = signed | {_key(found[0]) for path, _ in several if (found := _of_school(path))}
    lessons = [work.lesson for path, work in several if work.lesson and "edition of" not in path]
    twice = {lesson for lesson in lessons if lessons.count(lesson) > 2}
    return len(names) > 1 or bool(twice) or _of_several(several)


def _of_several(several):
    """Whether one lesson lies here under the names of different people, each written in the name of its file."""
    called = defaultdict(list)
    for path, work in several:
        if work.lesson and "edition of" not in path:
            called[work.lesson].append(_key(_left_over(PurePosixPath(path).name)))
    return any(len(set(names)) > 1 and all(names) for names in called.values())


def _top(folder, hand_ins):
    """The hand-in in which a folder lies, where that is one already: her my_work/old belongs to her my_work."""
    return next((str(above) for above in PurePosixPath(folder).parents if str(above) in hand_ins and str(above) != "."),
                folder)


def _whose(folder, several):
    """Name, class, and whether she signed it herself."""
    for _, work in sorted(several, key=lambda pair: pair[1].kind != "brief"):
        if work.name:
            return work.name, next((one.class_ for _, one in several if one.class_), ""), True
    class_ = next((one.class_ for _, one in several if one.class_), "")
    for part in reversed(PurePosixPath(folder).parts):
        if found := _of_school(part):
            return found[0], class_, False
    for part in reversed(PurePosixPath(folder).parts):
        name = _left_over(part)
        if name and not NOBODY.fullmatch(name):
            return name, class_, False
    return f"no name ({folder})", class_, False


def _of_school(path):
    """The name by which a school's system calls a folder or file; None where it is no such name."""
    part = PurePosixPath(path).name
    found = MOODLE.match(part) or CANVAS.match(part)
    return (found["name"].strip(), found["id"]) if found else None


def _left_over(part):
    """What of the name of a file or folder is nobody else's: "04_results Ana.ipynb" is Ana's."""
    stem = DIRECTIONS.sub("", re.sub(r"\.(ipynb|html?|md|txt|zip)$", "", part, flags=re.IGNORECASE))
    return " ".join(re.sub(r"[_\s]+", " ", OF_THE_COURSE.sub(" ", stem)).strip(" -.,").split())


def _key(name):
    """A name as it is compared: without accents, capitals, commas; the order of its words does not matter."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return " ".join(sorted(re.findall(r"\w+", bare.casefold().replace("_", " "))))
