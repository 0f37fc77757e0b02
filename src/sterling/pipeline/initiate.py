"""Writes the files a project begins with: commented, meant to be changed, and never over what is there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from sterling.core.confine import before_magic, locate
from sterling.core.data.schema_file import FILE as PROMISES
from sterling.core.data.schema_json import data_schema
from sterling.core.errors import ConfigError, InputError, shown, shown_path
from sterling.core.files import write_atomic, write_new
from sterling.core.frozen import dataclass
from sterling.core.needs import QUESTIONS, assess
from sterling.core.project import FILE, STATE
from sterling.core.project_file import project_of
from sterling.core.project_schema import project_schema, scope_schema
from sterling.core.roles import LISTED, ROWS, WRITTEN, LabelKind, Task
from sterling.core.scope_file import FILE as SCOPE
from sterling.core.scope_file import SCOPE_KEYS, question_of
from sterling.core.toml import Document
from sterling.pipeline.default_plan import GAPS_OF

SCHEMAS = f"{STATE}/schema"
IGNORED = (f"{STATE}/", "report.html", "*-card.html")
"""What a run writes and anybody can make again."""


_OF_NUMBERS = ("mean_absolute_error", "min_ratio = 0.8")
"""A gap between numbers is in units of the label, which nobody knows here; a ratio has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is known of a project before its first run.

    Of `recipe`, `model`, `score` and `prediction` one is given; of sets, perhaps the last two.
    """

    name: str
    data: str
    label: str
    sql: str | None = None
    positive: str | None = None
    favourable: str | None = None
    read_positive: str = "1"
    read_favourable: str = "1"
    """What the label's values are taken for where none is named."""
    label_kind: LabelKind = "unstated"
    groups: tuple[str, ...] = ()
    guessed: bool = False
    """Whether the groups were taken by their names, without a person who saw them first."""
    likely: tuple[str, ...] = ()
    """Columns that may tell groups by their names, told where none is compared; empty where a person was asked."""
    id: str | None = None
    drop: tuple[str, ...] = ()
    recipe: str | None = None
    model: str | None = None
    score: str | None = None
    prediction: str | None = None
    task: Task = "binary"
    query: str | None = None
    score_kind: str = "probability"
    people: str | None = None
    decision: str | None = None
    purpose: str | None = None
    owner: str | None = None
    reviewers: tuple[str, ...] = ()
    schema: bool = False
    """Whether what the table promises is inferred and written down too."""
    words: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    """Answers that stand at the top of `scope.toml`, by key."""
    answers: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The files that were written, and what a person should know about them."""

    written: tuple[Path, ...]
    notices: tuple[str, ...]


def refuse_begun(folder: Path) -> None:
    """Raises ConfigError when a project is there, or the folder is not."""
    if not folder.is_dir():
        raise ConfigError(
            "there is no such folder", where=shown_path(folder), hint=f"mkdir -p {shown_path(folder)}"
        )  # fmt: skip
    if (folder / FILE).exists() or (folder / FILE).is_symlink():
        raise ConfigError(
            f"there is a {FILE} already, and it is not overwritten", where=shown_path(folder / FILE),
            hint="change it with an editor and run sterling check; or move it away first",
        )  # fmt: skip


def begin(beginning: Beginning, folder: Path) -> Begun:
    """Write `sterling.toml`, `scope.toml`, a schema if wanted, those for editors and `.gitignore` lines into `folder`.

    What is there is kept. The project is read before it is written, so it can be read afterwards. Raises ConfigError or
    InputError when it cannot be read or written.
    """
    refuse_begun(folder)
    data, allow, notices = _reachable(beginning.data, folder, "the data lie")
    model, also, more = _reachable(beginning.model, folder, "the model lies") if beginning.model else (None, (), [])
    text = project_text(beginning, data=data, model=model, allow=tuple(dict.fromkeys((*allow, *also))))
    project_of(Document.parse(text, origin=FILE), folder / FILE)
    written: list[Path] = []
    promised = ((PROMISES, _promises(beginning)),) if beginning.schema else ()
    _write_schemas(folder)
    for name, content in (*promised, (SCOPE, scope_text(beginning)), (FILE, text)):
        if write_new(folder / name, content.encode()):
            written.append(folder / name)
        elif name == FILE:
            refuse_begun(folder)
        else:
            more.append(f"{name} was there and is kept as it is")
    if beginning.drop:
        more.append(f"{', '.join(map(shown, beginning.drop))} may be scores of a model: no feature, see drop in [data]")
    return Begun(written=(*written, *_ignore(folder)), notices=(*notices, *more))


def name_of(folder: Path) -> str:
    """A project's name from its folder's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._")[:64] or "project"


def _reachable(text: str, folder: Path, what: str) -> tuple[str, tuple[str, ...], list[str]]:
    """A path as the project's file writes it, the folders it must allow, and what to say about that."""
    home, path = folder.resolve(), Path(text).absolute()
    try:
        return locate(str(path), folder=home).resolve().relative_to(home).as_posix(), (), []
    except ConfigError:
        real = path.resolve()
        outside = (real if path.exists() else before_magic(path).resolve() / "x").parent
        return str(real), (str(outside),), [f"{what} outside the project: {shown_path(outside)} is listed in allow"]


def project_text(b: Beginning, *, data: str, model: str | None, allow: tuple[str, ...]) -> str:
    """The whole of `sterling.toml`."""
    lines = [
        f"#:schema {SCHEMAS}/project-1.json",
        "# Change this file: docs/guide/project.md has every key, and `sterling check` says what it makes of it.",
        "",
        "[project]",
        f"name = {_text(b.name)}",
        f"purpose = {_text(b.purpose or '')}"
        + ("" if b.purpose else "        # what is the model for, in a sentence?"),
        f"people = {_text(b.people or ROWS.get(b.task, 'people'))}"
        + ("" if b.people else "     # what the rows are: applicants, patients"),
        *_decision_lines(b),
        f"owner = {_text(b.owner)}" if b.owner else '# owner = ""          # who answers for the limits below',
        *([f"allow = {_texts(allow)}      # folders outside the project that it may read"] if allow else []),
        "",
        "[data]",
        f"path = {_text(data)}",
        *([f"sql = {_text(b.sql)}"] if b.sql else []),
        f"label = {_text(b.label)}",
        *_task_lines(b),
        f"label_kind = {_text(b.label_kind)}    # outcome, human_decision or annotation",
        f"groups = {_texts(b.groups)}",
        _or(b.id, "id", "id", "column that names a row"),
        *([f"drop = {_texts(b.drop)}        # these look like scores of a model: nothing uses them"] if b.drop else []),
        "not_recorded = []          # groups that the table says nothing of, such as disability",
        *_schema_lines(b),
        "",
        *_model_lines(b, model),
        "[review]",
        "required = 1               # people who must sign what a run found; 0 for none",
        f"reviewers = {_texts(b.reviewers)}" + ("" if b.reviewers else "             # who may sign; empty: anyone"),
        "",
        *_question_lines(b),
        *_limit_lines(b),
    ]
    return "\n".join(lines) + "\n"


def _decision_lines(b: Beginning) -> list[str]:
    """What happens to those the model selects; a model of numbers selects nobody until somebody says how."""
    if b.decision:
        return [f"decision = {_text(b.decision)}"]
    line = 'decision = "selected"    # what happens to those the model selects: approved, invited'
    return [] if b.task == "regression" else [line]


def _task_lines(b: Beginning) -> list[str]:
    """What the model does, unless it says yes or no; and what the values of its label mean."""
    if b.task == "binary":
        return [
            _or(b.positive, "positive", b.read_positive, "the label's positive value"),
            _or(b.favourable, "favourable", b.read_favourable, "the value that a person wants"),
        ]
    given = (("task", b.task), ("query", b.query), ("positive", b.positive), ("favourable", b.favourable))
    return [f"{key} = {_text(value)}" for key, value in given if value is not None]


def _schema_lines(b: Beginning) -> list[str]:
    if b.schema:
        return [
            f"schema = {_text(PROMISES)}     # what the table promises; a broken promise stops the run before training",
            'environment = "training"',
        ]
    return [f"# schema = {_text(PROMISES)}   # what the table promises; sterling schema infer writes it"]


def _promises(b: Beginning) -> str:
    """What the table promises, inferred from it."""
    from sterling.pipeline.schemas import infer_schema

    made = infer_schema(b.data, sql=b.sql, label=b.label, id=b.id)
    return f"#:schema {SCHEMAS}/schema-1.json\n{made.text}"


def _or(value: str | None, key: str, example: str, words: str) -> str:
    return f"{key} = {_text(value)}" if value is not None else f"# {key} = {_text(example)}    # {words}"


def _model_lines(b: Beginning, model: str | None) -> list[str]:
    if b.recipe is not None:
        return [
            "[split]", "train = 0.6", "choose = 0.2", "certify = 0.2", "",
            "# Group columns are not shown to the model unless features names them.",
            "[train]", f"recipe = {_text(b.recipe)}", "# features = []        # columns the model sees", "",
            "# Before this model is used: is there another, about as good, that treats groups more alike?",
            *(["[alternatives]", "budget = 8"] if b.groups else ["# [alternatives]", "# budget = 8"]), "",
        ]  # fmt: skip
    if model is not None:
        return ["[model]", f"path = {_text(model)}", ""]
    columns = (("predictions", b.prediction), ("scores", b.score))
    kind = [f"kind = {_text(b.score_kind)}"] if b.score and b.task == "binary" else []
    return ["[model]", *(f"{key} = {_texts((c,))}" for key, c in columns if c is not None), *kind, ""]


def _question_lines(b: Beginning) -> list[str]:
    """Questions about the table itself as comments: each reads it once more."""
    asked = {} if b.task in (*LISTED, *WRITTEN) else {"DA016": "does a column give the label away?"}
    if b.groups:
        asked["DA008"] = "which columns tell a group, although it is left out?"
    lines = [line for code, words in asked.items() for line in ("#", "# [[ask]]", f'# check = "{code}"   # {words}')]
    return ["# Questions about the table, beside those about the model; sterling checks lists more.", *lines, ""]


def _limit_lines(b: Beginning) -> list[str]:
    """Limits as comments: a limit is a choice that somebody makes and defends, so none is made here."""
    snippets = [s for need in assess(b.answers) for s in need.recommended if s.startswith("[[limit]]")]
    if b.task != "binary":
        metric, bound = _OF_NUMBERS if b.task == "regression" else (GAPS_OF[b.task][0], "max_gap = 0.05")
        snippets = [f'[[limit]]\nname = "alike"\nmetric = "{metric}"\n{bound}']
    if not snippets:
        snippets = ['[[limit]]\nname = "selection gap"\nmetric = "selection_rate"\nmax_gap = 0.05']
    head = [
        "# Limits, set before results are seen. Somebody chooses and defends them, so none is set for you: take away",
        "# the # and change the number. Without a limit nothing is judged.",
    ]
    return [*head, *(line for s in snippets for line in ["#", *(f"# {row}" for row in s.splitlines())])]


def scope_text(b: Beginning) -> str:
    """The whole of `scope.toml`, with every question that was not answered."""
    lines = [
        f"#:schema {SCHEMAS}/scope-1.json",
        "# What people know and data do not say. Leave open what nobody can answer: cards list it as open.",
        "",
    ]
    for key, spec in SCOPE_KEYS.items():
        if key == "purpose":
            continue
        value = b.words.get(key, () if spec.kind == "texts" else "")
        written = _text(value) if isinstance(value, str) else _texts(tuple(value))
        lines += [f"# {question_of(key)}", f"{key} = {written}", ""]
    lines += [
        "# What may happen to whom when it errs? Kinds: allocation, quality_of_service, representation.",
        "# [[harm]]", '# kind = "allocation"', '# who = ""', '# what = ""', '# mitigation = ""', "",
        "# How was each group column learnt (asked, observed, inferred, unavailable), and may it be used to measure?",
    ]  # fmt: skip
    for group in b.groups or ("",):
        lines += ["# [[group]]", f"# column = {_text(group)}", '# source = "asked"', "# may_be_used = true", ""]
    lines += ['# true, false, or "" for what nobody has answered. What follows from it: sterling check', "[answers]"]
    for question in QUESTIONS:
        answer = b.answers.get(question.id)
        lines += [f"# {question.text}", f"{question.id} = " + ('""' if answer is None else str(answer).lower())]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A TOML text. Raises InputError for one that UTF-8 cannot write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(
            "a name holds a character that cannot be written",
            got=shown(text),
            hint="rename it: it holds half of a character",
        ) from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _write_schemas(folder: Path) -> None:
    try:
        (folder / STATE).mkdir(mode=0o700, exist_ok=True)
        (folder / SCHEMAS).mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make the folder: {error.strerror}", where=shown_path(folder / SCHEMAS),
            hint="check that the project's folder is writable",
        ) from error  # fmt: skip
    for name, schema in (("project-1.json", project_schema()), ("scope-1.json", scope_schema()),
                         ("schema-1.json", data_schema())):  # fmt: skip
        write_atomic(folder / SCHEMAS / name, json.dumps(schema, ensure_ascii=False).encode())


def _ignore(folder: Path) -> tuple[Path, ...]:
    """Lines for what a run writes, added to `.gitignore` where they are missing."""
    path = folder / ".gitignore"
    try:
        old = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror}", where=shown_path(path), hint="check the path and who may read it"
        ) from error
    there = {line.strip() for line in old.decode("utf-8", "replace").splitlines()}
    missing = [line for line in IGNORED if line not in there]
    if not missing:
        return ()
    gap = b"" if not old or old.endswith(b"\n") else b"\n"
    write_atomic(path.resolve(), old + gap + "".join(f"{line}\n" for line in missing).encode())
    return (path,)
