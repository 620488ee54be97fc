"""The question bank is complete, and an error in a file is reported with its field."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hotseat.errors import ContentError, InputError
from hotseat.questions.add import add_question
from hotseat.questions.check import problems_of, warnings_of
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

from tests.grading.scripted_reader import ScriptedReader

BANK = load_bank(PROJECT / "rubrics")
QUESTION = "rag/core.toml"


def test_the_bank_has_no_problems() -> None:
    """Lengths, ids, references, coverage, levels and duplicates all pass the check."""
    assert problems_of(BANK) == []


def test_the_bank_is_as_large_as_promised() -> None:
    """At least 120 questions in 11 topics, with every id that others rely on."""
    assert len(BANK.topics) == 11
    assert len(BANK.questions) >= 120
    ids = {question.id for question in BANK.questions}
    core = {f"{topic.id}/core" for topic in BANK.topics if topic.id != "capstone"}
    others = {"stack", "choose", "measure", "failures", "cost", "study-plan", "role-classification", "evaluate-candidate"}
    assert core | {f"capstone/{name}" for name in others} | {"finetuning/lora"} <= ids


def replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert re.search(old, text), f"the test's own pattern {old!r} is stale"
        return re.sub(old, new, text, count=1)

    return edit


def appended(text: str) -> Callable[[str], str]:
    return lambda before: before + text


SCHEMA = [
    ("not TOML", QUESTION, appended("\n= oops"), "not valid TOML"),
    ("wrong id", QUESTION, replaced('id = "rag/core"', 'id = "rag/other"'), "id: is 'rag/other'"),
    ("missing prompt", QUESTION, replaced(r"prompt = .*\n", ""), "prompt: Field required"),
    ("empty prompt", QUESTION, replaced(r"prompt = .*\n", 'prompt = ""\n'), "prompt:"),
    ("unknown kind", QUESTION, replaced(r'kind = ".*"', 'kind = "chat"'), "kind:"),
    ("unknown field", QUESTION, replaced(r"difficulty =", "dificulty ="), "dificulty:"),
    ("difficulty out of range", QUESTION, replaced(r"difficulty = \d", "difficulty = 9"), "difficulty:"),
    ("unknown competency", QUESTION, replaced(r"competencies = \[.*\]", 'competencies = ["charm"]'), "competencies[0]:"),
    ("tier out of range", QUESTION, replaced(r"\ntiers = \[.*\]", "\ntiers = [7]"), "tiers[0]:"),
    ("no time", QUESTION, replaced(r"time_limit_s = .*", "time_limit_s = 0") , "time_limit_s"),
    ("unknown point tier", QUESTION, replaced(r'tier = "lean"', 'tier = "mild"'), "tier:"),
    ("too few phrasings", QUESTION, replaced(r"(?s)phrasings = \[.*?\n?\]", 'phrasings = ["one"]'), "phrasings:"),
    ("too many phrasings", QUESTION, replaced(r"phrasings = \[", 'phrasings = ["one", "two", '), "phrasings:"),
    ("strong point nobody probes", QUESTION, replaced(r'probes = \["why-rag"\]', 'probes = ["index"]'),
     "no follow-up probes point 'why-rag'"),
    ("probe of nothing", QUESTION, replaced(r"probes = \[.*\]", 'probes = ["nothing"]'), "unknown point 'nothing'"),
    ("nothing deeper", QUESTION, lambda text: text.replace("deeper = true", "deeper = false"), "none has deeper"),
    ("unknown dependency", "topics.toml", replaced(r"depends_on = \[\]", 'depends_on = ["x"]'), "unknown topic 'x'"),
    ("chapter out of range", "topics.toml", replaced(r"chapter = 1\b", "chapter = 0"), "topic[transformers].chapter"),
    ("no topics", "topics.toml", lambda _: "", "topic: Field required"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "edit", "named"), [row[1:] for row in SCHEMA], ids=[row[0] for row in SCHEMA])
def test_a_malformed_file_is_named(tmp_path: Path, file: str, edit: Callable[[str], str], named: str) -> None:
    """Loading stops with the file, the field and what is wrong."""
    root = copy_with(tmp_path, file, edit)
    with pytest.raises(ContentError) as caught:
        load_bank(root)
    assert any(line.startswith(file) and named in line for line in str(caught.value).splitlines()), str(caught.value)


def test_an_unreadable_question_is_named(tmp_path: Path) -> None:
    """A folder in the place of a question is one more problem."""
    root = shutil.copytree(PROJECT / "rubrics", tmp_path / "rubrics")
    (root / "rag" / "folder.toml").mkdir()
    with pytest.raises(ContentError, match=r"^rag/folder\.toml: can't be read: Is a directory$"):
        load_bank(root)


def test_a_place_without_a_bank_is_named(tmp_path: Path) -> None:
    """A folder that is not there, an empty one and a file: the line names it, and the setting that chose it."""
    (tmp_path / "file").touch()
    for root in (tmp_path / "nowhere", tmp_path, tmp_path / "file"):
        with pytest.raises(ContentError, match=rf"{root} .*HOTSEAT_RUBRICS_DIR"):
            load_bank(root)


@pytest.mark.parametrize("title", ['What is "RAG"?', r"A path like C:\new", "Größe", "'"])
def test_a_new_question_keeps_its_title(title: str, tmp_path: Path) -> None:
    """Whatever is in it, the skeleton loads with it."""
    root = shutil.copytree(PROJECT / "rubrics", tmp_path / "rubrics")
    add_question(root, BANK, "rag/new-one", title, "concept")
    assert load_bank(root).question("rag/new-one").title == title


@pytest.mark.parametrize(
    ("question_id", "title", "named"),
    [
        ("rag/core", "Core", "exists already"),
        ("rag/new\n", "New", "not a question id"),
        ("rag/new", "two\nlines", "not a title"),
        ("rag/new", " ", "not a title"),
        ("rag/new", "\udcff", "not a title"),
        (f"rag/{'x' * 300}", "New", "can't write"),
    ],
)
def test_a_question_that_can_not_be_added(question_id: str, title: str, named: str, tmp_path: Path) -> None:
    """It is refused, and the bank stays as it was."""
    root = shutil.copytree(PROJECT / "rubrics", tmp_path / "rubrics")
    before = sorted(root.rglob("*"))
    with pytest.raises(InputError, match=named):
        add_question(root, BANK, question_id, title, "concept")
    assert sorted(root.rglob("*")) == before


CONTENT = [
    ("long model answer", replaced(r'model_answer = """', 'model_answer = """' + "word " * 200), "model_answer:"),
    ("unreadable prompt", replaced(r"prompt = .*", 'prompt = "Notwithstanding organizational considerations, operationalize '
     'multidimensional retrieval-augmentation methodologies?"'), "prompt: reading ease"),
    ("two questions", replaced(r'(\[\[follow_ups\]\]\nid = .*\n)text = ".*"', r'\1text = "What? And why?"'), "question marks"),
    ("long probe", replaced(r'(\[\[follow_ups\]\]\nid = .*\n)text = ".*"', r'\1text = "' + "a " * 36 + '?"'), "words, at most"),
    ("shared spelling", lambda text: text.replace("spoken = [", 'spoken = ["twice", '), "also stands for"),
    ("nothing between", lambda text: replaced(r'(?s)\[\[criteria\.points\]\]\nid = "two-routes".*?(?=\[\[)', "")(text)
     .replace('probes = ["two-routes"]', 'probes = ["rerank"]'),
     "criteria[judgment].points: none makes a Lean Hire"),
    ("no challenge", replaced(r'challenge = ".*"', 'challenge = "Tell me more."'), "challenge: has 0 question marks"),
    ("long step", replaced(r'simpler = ".*"', 'simpler = "' + "a " * 31 + '?"'), "simpler: 32 words, at most 30"),
    ("scope asks", replaced(r'scope = ".*"', 'scope = "What do you assume?"'), "scope: asks"),
    ("given away", replaced(r'(?s)(statement = "(.*?)\.".*?\[\[follow_ups\]\]\nid = .*?\n)text = ".*?"', r'\1text = "\2?"'),
     "gives away point"),
    ("bare name", replaced(r'aloud = ".*"\n', ""), "criteria[indexing].name: \"work on chunks and embeds sensibly\""),
    ("no antecedent", replaced(r'aloud = ".*"', 'aloud = "how it works"'), "criteria[indexing].aloud"),
    ("unknown concept", replaced(r"difficulty =", 'concepts = ["Alchemy"]\ndifficulty ='), "Alchemy"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "named"), [row[1:] for row in CONTENT], ids=[row[0] for row in CONTENT])
def test_a_weak_question_is_named(tmp_path: Path, edit: Callable[[str], str], named: str) -> None:
    """A file that loads but breaks a rule is reported with file and field."""
    root = copy_with(tmp_path, QUESTION, edit)
    bank = load_bank(root)
    found = problems_of(replace(bank, questions=(bank.question("rag/core"),)))
    assert any("rag" in problem and named in problem for problem in found), found


def test_a_point_that_a_model_answer_lacks_is_a_warning() -> None:
    """Named with its question; not so a lean point beside a strong one that the reader finds."""
    core = BANK.question("rag/core")
    strong = [point for point in core.points if point.tier == "strong"]
    reader = ScriptedReader({point.statement: ("I", 0.9) for point in strong[1:]})
    assert warnings_of(replace(BANK, questions=(core,)), reader) == [
        "rag/core.toml: model_answer: the reader does not find chunk-choice in it"
    ]


def copy_with(tmp_path: Path, file: str, edit: Callable[[str], str]) -> Path:
    root = tmp_path / "rubrics"
    shutil.copytree(PROJECT / "rubrics", root)
    path = root / file
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    return root
