"""`sterling data remedy`: a remedy from a table to a new table, with what changed for whom."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from sterling.cli.command import Option, Verb
from sterling.cli.place import debug_option
from sterling.core.errors import ConfigError, InputError, shown, shown_path

if TYPE_CHECKING:
    import polars as pl

    from sterling.core.estimate import Estimate
    from sterling.core.treatment import Measure, Retrained, Treated, Treatment

WHERE = "sterling data remedy"
KINDS = (".parquet", ".csv", ".arrow", ".feather")
EXAMPLES = """
sterling data remedy deduplicate loans.parquet --id id --out once.parquet
sterling data remedy impute-by-group loans.csv --label approved --groups race --out filled.parquet
sterling data remedy mask people.csv --param pseudonym=email --param shorten=zip:3 --out masked.csv
sterling data remedy resampling loans.parquet --label approved --groups race --recipe logistic --json -
"""
ENDINGS = {"0": "the remedy is carried out", "2": "the data, an option or a parameter cannot be used"}


def run_remedy(
    name: str, files: tuple[str, ...], out: str | None, params: tuple[str, ...], label: str | None,
    positive: str | None, favourable: str | None, groups: tuple[str, ...], id_: str | None, weight: str | None,
    sql: str | None, recipe: str | None, seed: int, level: float, min_n: int, json_out: str | None, quiet: bool,
    debug: bool,
) -> int:  # fmt: skip
    """Read, treat, measure; the new table and the JSON are put in place at once, the old one stays as it is."""
    from sterling.cli.interrupt import prompt_stop, writing
    from sterling.cli.outputs import encoded
    from sterling.core.files import write_atomic
    from sterling.core.roles import Roles
    from sterling.core.treatment import find_treatment
    from sterling.pipeline.treating import How, treat_table, wire
    from sterling.sources.open import open_table, reading

    if not files:
        raise ConfigError("there are no data", where=WHERE, expected="a FILE after the remedy's name",
                          hint=f"sterling data remedy {shown(name)} table.csv")  # fmt: skip
    item = find_treatment(name, where=WHERE)
    parameters = dict(_parameter(text, item) for text in params)
    place = _out(out, files)
    roles = Roles(
        label=label, positive=positive, favourable=favourable, id=id_, weight=weight,
        groups=tuple(dict.fromkeys(g for text in groups for g in text.split(",") if g)),
    )  # fmt: skip
    with prompt_stop():
        opened = open_table(files[0] if len(files) == 1 else list(files), sql=sql)
        with reading(opened.name):
            frame = opened.table.collect()
        _known(roles.columns, frame)
        how = How(seed=seed, level=level, min_n=min_n, recipe=recipe)
        after, told = treat_table(frame, item.name, roles=roles, parameters=parameters, how=how, where=WHERE)
    found = {**wire(told), "out": None if place is None else str(place)}
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    contents = [] if place is None else [(place, _bytes(after, place))]
    contents += [(Path(json_out), encoded(text))] if json_out not in (None, "-") else []
    with writing():
        for path, content in contents:
            write_atomic(path, content)
    if json_out == "-":
        sys.stdout.buffer.write(encoded(text))
        sys.stdout.buffer.flush()
    if not quiet:
        _tell(told, place, to=sys.stderr if json_out == "-" else sys.stdout)
    return 0


def _known(columns: Sequence[str], frame: pl.DataFrame) -> None:
    from sterling.core.errors import near_miss

    for column in columns:
        if column not in frame.columns:
            raise InputError(
                f"there is no column {shown(column)!r}", where=WHERE, hint=near_miss(column, frame.columns)
            )  # fmt: skip


def _parameter(text: str, item: Treatment) -> tuple[str, object]:
    """`key=value` in the type that the remedy wants: lists are separated by commas. Raises ConfigError."""
    key, sign, value = text.partition("=")
    if not sign:
        raise ConfigError(f"--param {shown(text)}", where=WHERE, expected="key=value", hint="--param amount=0.5")
    if key == "at_decision":
        return key, value.lower() == "true"
    kind: Any = item.parameters.get(key, (str, None))[0]
    options = [k for k in (get_args(kind) or (kind,)) if k is not type(None)]
    if any(getattr(k, "__origin__", None) is tuple for k in (kind, *options)):
        return key, [v for v in value.split(",") if v]
    try:
        if bool in options and value.lower() in ("true", "false"):
            return key, value.lower() == "true"
        if int in options or float in options:
            return key, int(value) if int in options else float(value)
    except ValueError:
        raise ConfigError(f"--param {shown(text)}", where=WHERE, expected="a number") from None
    return key, value


def _out(text: str | None, files: tuple[str, ...]) -> Path | None:
    """Where the new table goes: never over the old one."""
    if text is None:
        return None
    path = Path(text)
    if path.suffix not in KINDS:
        raise ConfigError(f"--out {shown_path(path)}", where=WHERE, expected=f"a name that ends in {', '.join(KINDS)}")
    if any(Path(f).exists() and path.exists() and Path(f).samefile(path) for f in files):
        raise ConfigError(
            "--out names the table itself", where=WHERE, hint="a remedy never changes the data it is given"
        )
    return path


def _bytes(frame: pl.DataFrame, path: Path) -> bytes:
    from polars.exceptions import PolarsError

    buffer = io.BytesIO()
    try:
        if path.suffix == ".csv":
            frame.write_csv(buffer)
        elif path.suffix == ".parquet":
            frame.write_parquet(buffer)
        else:
            frame.write_ipc(buffer)
    except PolarsError as error:
        raise InputError(
            f"the new table cannot be written as {path.suffix}", where=shown_path(path), hint="write .parquet"
        ) from error
    return buffer.getvalue()


def _tell(told: Treated, place: Path | None, *, to: Any) -> None:
    from sterling.cli.terminal import Terminal, harmless

    terminal = Terminal.of(to)
    before, after = told.rows
    lines = [told.remedy.title, ""]
    uses = {"never": "never", "in_training": "in training", "at_decision": "at decision, too"}[told.remedy.uses]
    lines += terminal.wrapped(f"Rows: {before:,} before, {after:,} after. The group is used: {uses}.")
    for what, columns in (
        ("Changed", told.columns_changed), ("Added", told.columns_added), ("Dropped", told.columns_dropped)
    ):  # fmt: skip
        lines += terminal.wrapped(f"{what}: {', '.join(shown(c) for c in columns)}", rest="  ") if columns else []
    lines += _table(told.measures)
    for model in told.retrained:
        lines += ["", *_model(model, terminal)]
    lines += [""] + [line for note in told.notes for line in terminal.wrapped(note, first="- ", rest="  ")]
    lines += ["", f"New table: {place}" if place is not None else "No table was written: give --out FILE."]
    for line in lines:
        click.echo(harmless(line), file=to)


def _table(measures: Sequence[Measure]) -> Iterator[str]:
    moved = [m for m in measures if (m.before.value, m.before.n) != (m.after.value, m.after.n)]
    if moved:
        yield ""
        yield f"{'':<44}{'before':<24}after"
    for m in moved:
        of = "" if m.column is None else f" of {shown(m.column)}"
        name = f"{m.measure.replace('_', ' ')}{of}, {shown(str(m.slice))}"
        mark = "  worse" if m.worse else ""
        yield f"{name[:42]:<44}{_number(m.before):<24}{_number(m.after)}{mark}"
    if measures and not moved:
        yield ""
        yield "Shares of groups, labels and missing values are as they were."


def _model(model: Retrained, terminal: Any) -> Iterator[str]:
    yield from terminal.wrapped(
        f"{model.recipe} trained on {model.n_train[0]:,} rows before and {model.n_train[1]:,} after; both select "
        f"{100 * model.selection_rate:.1f} % of {model.n_held_out:,} people held out. Accuracy changed by "
        f"{_number(model.accuracy)}."
    )
    for change in model.changes:
        name = f"{change.metric.replace('_', ' ')}, {shown(str(change.slice))}"
        mark = "  worse" if change.worse else ""
        yield f"{name[:42]:<44}{_number(change.before):<24}{_number(change.after)}{mark}"
    yield "Worse beyond the interval: " + (", ".join(shown(w) for w in model.worse) or "nobody")


def _number(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "too few to say"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


remedy = Verb(
    name="remedy", callback=run_remedy, examples=EXAMPLES, endings=ENDINGS,
    short_help="Carry a remedy out: a new table, and what changed for whom.",
    help="Make a new table of an old one by a remedy, and print what was measured before and after, by group, with "
    "intervals. The old table stays as it is. With --recipe a model is trained on either, and everybody who got worse "
    "is named.\n\nRemedies: deduplicate, impute-by-group, mask, generalise, resampling, disparate-impact-remover, "
    "correlation-remover; docs/remedies says what each does.",
    params=[
        click.Argument(["name"], metavar="NAME"),
        click.Argument(["files"], nargs=-1, metavar="FILE"),
        Option("--param", "params", multiple=True, metavar="KEY=VALUE", section="Remedy",
               help="A parameter of the remedy, such as amount=0.5; lists with commas; repeat."),
        Option("--seed", type=click.IntRange(0), default=0, metavar="N", section="Remedy",
               help="Seed of whatever is drawn.  [default: 0]"),
        Option("--sql", metavar="QUERY", section="Data", help="The rows are what this SELECT gives."),
        Option("--label", metavar="COLUMN", section="Data", help="What happened or was decided."),
        Option("--positive", metavar="VALUE", section="Data", help="The label's positive value."),
        Option("--favourable", "--favorable", "favourable", metavar="VALUE", section="Data",
               help="The label's value that a person wants.  [default: the positive one]"),
        Option("--groups", multiple=True, metavar="COLUMN", section="Data",
               help="Columns whose groups are compared; repeat, or separate with commas."),
        Option("--id", "id_", metavar="COLUMN", section="Data", help="Names a row."),
        Option("--weight", metavar="COLUMN", section="Data", help="Weights of the rows."),
        Option("--recipe", metavar="NAME", section="Measuring",
               help="Train this recipe before and after, such as logistic, and compare the groups."),
        Option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, metavar="L", section="Measuring",
               help="Confidence level.  [default: 0.95]"),
        Option("--min-n", type=click.IntRange(1), default=30, metavar="N", section="Measuring",
               help="Say nothing of a group with fewer rows.  [default: 30]"),
        Option("--out", metavar="FILE", help="The new table: .parquet, .csv, .arrow or .feather."),
        Option("--json", "json_out", metavar="FILE", help="What was measured as JSON; - for standard output."),
        Option("--quiet", "-q", is_flag=True, help="Print nothing but errors."),
        debug_option(),
    ],
)  # fmt: skip
