"""Findings as sentences: who, by how much, compared with whom. The worse-off group comes first."""

from __future__ import annotations

from dataclasses import replace

from sterling.core.evidence import P_OF_SHUFFLES, Finding, Side
from sterling.core.rates import MetricInfo, threshold_text
from sterling.core.roles import Roles
from sterling.core.slices import Slice
from sterling.report.about import spoken
from sterling.report.people import family, group, groups, noun
from sterling.report.text import MINUS, capital, digits_of, level_text, listed, number, plain, points, scale_of

# Being selected, among whom: the person's own side of a decision, as against the quality of a model.
_SELECTED = {"selection_rate", "true_positive_rate", "false_positive_rate", "mean_score", "calibration_in_the_large"}
_NOT_SELECTED = {"negative_rate", "false_negative_rate", "true_negative_rate"}
WORST_CLASS = "worst_class_recall"
LONGEST = 400
"""Letters that a metric's meaning may have."""
UNSTATED = "selected"
"""What roles say of the model's decision when the project has no word of its own."""
_TRUTHS = {"1", "1.0", "true", "yes", "y", "t"}


def finding_sentence(finding: Finding, roles: Roles) -> str:
    """A measured finding in words: who, by how much, compared with whom."""
    if spoken.about_table(finding.metric):
        return capital(spoken.sentence(finding, roles))
    among = inside(finding)
    if among is not None:
        finding = _by_its_groups(finding, among)
    match finding.kind:
        case "gap":
            said = _gap(finding, roles)
        case "ratio":
            said = _ratio(finding, roles)
        case "drop" | "rise":
            said = _change(finding, roles)
        case _:
            said = _extreme(finding, roles)
    if among is not None:
        said = f"among {group(among, roles.people).text}: {said}"
    if not finding.operating and finding.threshold is not None:
        said = f"{said}, at a threshold of {threshold_text(finding.threshold)}"
    return capital(said)


def inside(finding: Finding) -> Slice | None:
    """The slice whose people the finding's groups divide; None where it is of everyone, or of one slice as a whole."""
    only = finding.only
    return None if only is None or set(finding.family) & set(only.family) else only


def _by_its_groups(finding: Finding, among: Slice) -> Finding:
    """As it is, its groups named by what they differ in, and no longer as one slice."""
    first, second = (
        side and replace(side, slice=side.slice.without(among.family)) for side in (finding.first, finding.second)
    )
    assert first is not None
    return replace(finding, first=first, second=second, only=None)


def too_few(finding: Finding, roles: Roles) -> str:
    """Why a finding has no value: which groups were too small."""
    metric = term(finding.metric)
    if spoken.about_table(finding.metric) and finding.second is None and not finding.too_small:
        of = f" of {listed([plain(c) for c in finding.columns])}" if finding.columns else ""
        return f"Too little to say the {metric}{of}"
    if finding.kind == "ratio" and finding.groups_compared > 1 and not finding.too_small:
        return f"The {metric} is 0 in every group by {family(finding.family)}: there is no ratio to speak of"
    small = [t.slice for t in finding.too_small]
    if finding.kind in ("gap", "ratio"):
        if small:
            return f"Too few {drawn_with(finding, roles)}{groups(small, roles.people)} to compare by {metric}"
        enough = finding.metric.unit if roles.query else noun(roles.people)
        return f"Fewer than two groups by {family(finding.family)} have enough {enough} to compare by {metric}"
    who = groups(small, roles.people) if small else _people_of(finding.first, roles)
    return f"Too few {drawn_with(finding, roles)}{who} to say their {metric}"


def drawn_with(finding: Finding, roles: Roles) -> str:
    """`queries with `, before a group of candidates, where a query is what is drawn; else nothing."""
    return f"{finding.metric.unit} with " if roles.query and finding.metric.unit else ""


def sides(finding: Finding, roles: Roles) -> tuple[Side, Side | None]:
    """The worse-off side first. A ratio keeps the smaller value first: that is the number its limit is about."""
    first, second = finding.first, finding.second
    if second is None:
        return first, None
    low, high = (first, second) if first.value <= second.value else (second, first)
    worse_high = _high_is_worse(finding.metric, roles) and finding.kind != "ratio"
    return (high, low) if worse_high else (low, high)


def also_beyond(finding: Finding, bound: float, roles: Roles) -> list[Side]:
    """Groups beside the two of a gap that, as measured, lie beyond the limit from the better-off one, worst first."""
    worse, better = sides(finding, roles)
    if finding.kind != "gap" or better is None:
        return []
    sign = 1.0 if worse.value >= better.value else -1.0
    beyond = [s for s in finding.others if sign * (s.value - better.value) > bound]
    return sorted(beyond, key=lambda s: (-sign * s.value, str(s.slice)))


def term(info: MetricInfo) -> str:
    """The metric's name inside a sentence: `true positive rate`, `AUC`, `Brier score`."""
    label = plain(info.label, 60)
    first = label.split(" ", 1)[0]
    named = first in spoken.NAMES or first.isupper() or any(c.isupper() for c in first[1:])
    return label if named else label[:1].lower() + label[1:]


def meaning(info: MetricInfo, people: str) -> str:
    """A metric in plain words, with the project's word for its people. An expression stays as it was written."""
    if info.plain == info.formula:
        return plain(info.plain, LONGEST)
    return plain(info.plain, LONGEST).replace("people", noun(people)).replace("a person", "one")


def selected(roles: Roles, of: str | None = None) -> str:
    """What the model does to a person when it says yes: `approved`, `predicted "reoffended"`, `selected`.

    `of`: the class that it names, where there are several.
    """
    if of is not None and of != roles.favourable:
        return f'predicted "{plain(of)}"'
    if roles.decision.strip() not in ("", UNSTATED):
        return plain(roles.decision, 60)
    if of is not None:
        return f'predicted "{plain(of)}"'
    if roles.label is None or roles.positive is None:
        return "selected"
    positive, label = roles.positive.strip(), roles.label
    if positive.lower() not in _TRUTHS and any(c.isalpha() for c in positive):
        return (
            "selected" if _wanted(roles) and roles.label_kind == "human_decision" else f'predicted "{plain(positive)}"'
        )
    if _wanted(roles):
        return "selected"
    if label.isalpha() and len(label) > 3 and positive.lower() in _TRUTHS:
        return f'predicted "{plain(label)}"'
    return f"predicted positive ({plain(label, 30)} = {plain(positive, 30)})"


def _wanted(roles: Roles) -> bool:
    return roles.favourable is None or roles.favourable == roles.positive


def _high_is_worse(info: MetricInfo, roles: Roles) -> bool:
    name = _plain_name(info)
    wanted = _wanted(roles) if info.of is None else info.of == roles.favourable
    if (info.of is not None and roles.favourable is None) or name not in _SELECTED | _NOT_SELECTED:
        return info.direction == "lower"
    return wanted if name in _NOT_SELECTED else not wanted


def _plain_name(info: MetricInfo) -> str:
    """The metric's name without its class and its where-clause."""
    return info.name.split(" where ", 1)[0].split(" of ", 1)[0]


def _gap(finding: Finding, roles: Roles) -> str:
    worse, other = sides(finding, roles)
    if other is None:
        return _extreme(finding, roles)
    shown = number(abs(finding.value), digits_of(finding), scale_of(finding))
    if not shown.strip("0."):
        return _no_gap(finding, worse, other, roles)
    amount = points(shown) if finding.metric.scale == "share" else shown
    return _compared(finding, worse, other, roles, amount, "lower" if worse.value < other.value else "higher")


def _compared(finding: Finding, worse: Side, other: Side, roles: Roles, amount: str, way: str) -> str:
    who, whom = group(worse.slice, roles.people), group(other.slice, roles.people)
    less, end = "less" if way == "lower" else "more", _baseline(finding, other)
    start, metric = _baseline(finding, worse), term(finding.metric)
    of = finding.metric.of
    match finding.metric.name if of is None else _plain_name(finding.metric):
        case "selection_rate":
            return f"{who.text}{start} are {selected(roles, of)} {amount} {less} often than {whom.text}{end}"
        case "prevalence":
            label = "a positive label" if of is None else f'the label "{plain(of)}"'
            return f"{label} is {amount} {less} common among {who.text}{start} than among {whom.text}{end}"
        case "calibration_in_the_large":
            scores = "scores" if of is None else f'probabilities of "{plain(of)}"'
            return (
                f"{scores} run {amount} {way}, compared with the label, for {who.text}{start} than for {whom.text}{end}"
            )
        case _ if who.ends_in_noun and whom.ends_in_noun and not start and not end and metric.endswith("rate"):
            return f"{who.possessive} {metric} is {amount} {way} than {whom.possessive}"
        case _:
            return f"the {metric} for {who.text}{start} is {amount} {way} than for {whom.text}{end}"


def _baseline(finding: Finding, side: Side) -> str:
    return " (the baseline)" if finding.baseline is not None and side.slice == finding.baseline else ""


def _no_gap(finding: Finding, worse: Side, other: Side, roles: Roles) -> str:
    scale, digits = scale_of(finding), digits_of(finding)
    between = f"between {group(worse.slice, roles.people).text} and {group(other.slice, roles.people).text}"
    if finding.value == 0:
        return f"no gap in {term(finding.metric)} was seen {between}"
    least = number(10**-digits / (100 if scale == "points" else 1), digits, scale)
    amount = points(least) if scale == "points" else least
    return f"the gap in {term(finding.metric)} {between} is under {amount}"


def _ratio(finding: Finding, roles: Roles) -> str:
    lower, higher = sides(finding, roles)
    if higher is None:
        return _extreme(finding, roles)
    shown = number(finding.value, digits_of(finding), "ratio")
    who, whom = group(lower.slice, roles.people), group(higher.slice, roles.people)
    start, end = _baseline(finding, lower), _baseline(finding, higher)
    name = finding.metric.name if finding.metric.of is None else _plain_name(finding.metric)
    if name == "selection_rate":
        return f"{who.text}{start} are {selected(roles, finding.metric.of)} {shown} times as often as {whom.text}{end}"
    return f"the {term(finding.metric)} for {who.text}{start} is {shown} times that for {whom.text}{end}"


def _change(finding: Finding, roles: Roles) -> str:
    """The largest drop or rise from another model."""
    shown = number(finding.value, digits_of(finding), scale_of(finding))
    size = shown.removeprefix(MINUS)
    amount = f"{size}%" if finding.relative else points(size) if finding.metric.scale == "share" else size
    who, model = group(finding.first.slice, roles.people).text, plain(finding.against or "")
    whose = f"the {term(finding.metric)} for {who}"
    if not size.strip("0."):
        return f"{whose} is as with {model}"
    if shown != size:
        # The interval that follows is of the drop, or of the rise: its value is said with its sign.
        way = "rose" if finding.kind == "drop" else "dropped"
        return f"{whose} {way} by {amount} from {model}, a {finding.kind} of {MINUS}{amount}"
    said = f"{whose} is {amount} {'lower' if finding.kind == 'drop' else 'higher'} than with {model}"
    if finding.groups_compared < 2 or finding.only is not None:
        return said
    return f"{said}, the largest {finding.kind} of {_any_group(finding)}"


def _people_of(side: Side, roles: Roles) -> str:
    return group(side.slice, roles.people).text if side.slice.items else noun(roles.people)


def with_interval(sentence: str, finding: Finding, interval: str, model: str | None = None) -> str:
    """The sentence and the interval of its number: behind it; of the worst of several groups right after the number.

    That one is of the worst of them all, whoever it is, and of no group alone: behind a group's name it would be read
    as that group's own. The model, where it is named, comes last.
    """
    if not interval:
        return sentence
    shown = f" is {_level(finding)}"
    if finding.kind in ("lowest", "highest") and f"{shown}, for " in sentence:
        return sentence.replace(f"{shown}, for ", f"{shown} {interval}, for ", 1)
    named = of_model(model) if model else ""
    return f"{sentence.removesuffix(named)} {interval}{named if sentence.endswith(named) else ''}"


def of_model(model: str) -> str:
    """What a sentence ends with that names its model."""
    return f" (model {plain(model)})"


def _level(finding: Finding) -> str:
    return level_text(finding.metric, number(finding.value, digits_of(finding), scale_of(finding)))


def _extreme(finding: Finding, roles: Roles) -> str:
    shown = _level(finding)
    if finding.metric.name == "accuracy_gain" and not finding.family:
        return _gain(finding, shown)
    if finding.metric.name.startswith(P_OF_SHUFFLES):
        return f"the p-value{plain(finding.metric.label, 200).removeprefix('P-value')} is {shown}"
    who = group(finding.first.slice, roles.people).text
    if finding.metric.name == WORST_CLASS and finding.metric.of is not None:
        return _worst_class(finding, shown, who)
    if finding.groups_compared < 2 or finding.only is not None:
        return f"the {term(finding.metric)} for {who} is {shown}"
    if finding.metric.name == "representation":
        which = "largest" if finding.kind == "highest" else "smallest"
        return f"the {which} group by {family(finding.family)}: {who}, {shown} of all {noun(roles.people)}"
    which = "highest" if finding.kind == "highest" else "lowest"
    return f"the {which} {term(finding.metric)} of {_any_group(finding)} is {shown}, for {who}"


def _any_group(finding: Finding) -> str:
    """Whose extreme it is: that of the groups of one column, or of one cross, never of all that were looked at."""
    return f"any group by {family(finding.family)}" if finding.family else "any group"


def _worst_class(finding: Finding, shown: str, who: str) -> str:
    """The class that is recognised least often, and where."""
    of, where = plain(finding.metric.of or ""), f" and groups by {family(finding.family)}" if finding.family else ""
    among = f" among {who}" if finding.family else ""
    return f'of all classes{where}, "{of}"{among} is recognised least often: {shown} of its labels'


def _gain(finding: Finding, shown: str) -> str:
    """Accuracy against always guessing the most common label."""
    if not shown.split(" ", 1)[0].strip("0."):
        return "the model is right as often as always guessing the most common label would be"
    way = "less" if finding.value < 0 else "more"
    amount = shown.removeprefix(MINUS)
    return f"the model is right {amount} {way} often than always guessing the most common label would be"
