"""The findings about a table that a reader should meet first, as sentences with number, interval and n."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sterling.core.data.anonymity import Anonymity
from sterling.core.data.profile import ColumnProfile
from sterling.core.judge import Judgement, Verdict
from sterling.core.overview import Heard, Stated
from sterling.core.roles import Roles
from sterling.report import words
from sterling.report.about import spoken
from sterling.report.about.found import Found
from sterling.report.about.numbers import bracket, exact_share, measured, out_of, point, points_text
from sterling.report.about.overview import drift_name
from sterling.report.people import group, noun
from sterling.report.text import FEW, capital, count, digits_of, few, listed, number, plain, scale_of

MOST = 3
"""So many of each kind; the rest are in the chapters."""
MEASURES = {
    "outlier_share": "share of outliers", "outlier_share_within": "share of outliers within the group",
    "label_rate": "share with a positive label", "missing_share": "share that is missing",
    "label_error_share": "share of doubtful labels",
}  # fmt: skip
"""Measures of groups in words, where their names do not read well."""
SENSITIVITY = {"secret": 0, "identifier": 1, "financial": 2, "contact": 3, "special": 4, "quasi": 5}
"""The order in which personal data is told."""
COMPARABLE = ("ks", "jensen_shannon", "l_infinity")
_TONES: dict[str, Heard] = {
    "over": "over",
    "undecided": "undecided",
    "within": "within",
    "insufficient": "undecided",
    "error": "undecided",
    "not_applicable": "undecided",
}


def judged(judgement: Judgement, roles: Roles) -> tuple[Stated, ...]:
    """Every verdict on a limit, in order."""
    return tuple(_verdict(v, roles) for v in words.in_order(judgement) if v.limit is not None or v.verdict == "error")


def _verdict(verdict: Verdict, roles: Roles) -> Stated:
    finding, limit = verdict.finding, verdict.limit
    known = finding is not None and finding.value == finding.value
    detail = "; ".join(
        t
        for t in (
            words.power_text(verdict, roles),
            words.waiver_text(verdict),
            "" if known else words.reason(verdict, roles),
        )
        if t
    )
    share = finding is not None and finding.metric.scale == "share" and finding.kind != "ratio"
    text = f"{words.verdict_word(verdict.verdict)}: {words.sentence(verdict, roles)}"
    if finding is None or limit is None or not known:
        return Stated(text=capital(text), tone=_TONES.get(verdict.verdict, "note"), detail=capital(detail))
    unit = "%" if share else ""
    digits = spoken.digits(finding) if spoken.about_table(finding.metric) else digits_of(finding)
    shown = f"{number(finding.value, digits, scale_of(finding))}{unit} {words.bracket(finding)}".strip()
    return Stated(
        text=capital(text),
        tone=_TONES.get(verdict.verdict, "note"),
        shown=shown,
        value=finding.value,
        low=finding.low,
        high=finding.high,
        limit=limit.bound,
        limit_shown=words.limit_text(verdict).removeprefix("limit "),
        upward=limit.statement in ("max", "max_gap", "max_rise", "max_drop"),
        scale="share" if share else "value",
        n=finding.n_eligible,
        of=noun(roles.people),
        detail=capital(detail),
    )


def found_sentences(found: Found, roles: Roles) -> tuple[Stated, ...]:
    """What was found whatever the limits say: broken promises first, then each kind, the most striking of it first."""
    people = noun(roles.people)
    return tuple(s for kind in _KINDS for s in kind(found, people))


def _promises(found: Found, people: str) -> Iterable[Stated]:
    for schema in found.anomalies:
        for severity, tone in (("error", "over"), ("warning", "note")):
            held = [a for a in schema.found if a.severity == severity]
            word = "Broken promise" if severity == "error" else "Promise not kept (warning)"
            for a in held[:MOST]:
                rows = None if a.rows is None or a.n is None else f"{out_of(a.rows, a.n)} rows"
                expected = f"expected {plain(a.expected, 200)}" if a.expected else ""
                detail = "; ".join(t for t in (expected, rows, plain(a.hint, 200)) if t)
                heard: Heard = "over" if tone == "over" else "note"
                yield Stated(
                    text=f"{word}: {plain(a.what, 200)}",
                    tone=heard,
                    detail=capital(detail),
                    link="anomalies",
                    n=a.n,
                    of="rows",
                )
            if len(held) > MOST:
                yield Stated(text=f"{count(len(held) - MOST)} more promises of severity {severity}", link="anomalies")


def _missing(found: Found, people: str) -> Iterable[Stated]:
    """The columns with most missing in the table as a whole."""
    if not found.profiles:
        return
    profile = found.profiles[0]
    gaps = sorted((c for c in profile.columns if c.missing), key=lambda c: (-c.missing, c.name))
    for column in gaps[:MOST]:
        yield _missing_of(column)
    if len(gaps) > MOST:
        rest = f"{count(len(gaps) - MOST)} more of {count(len(profile.columns))} columns have missing values"
        yield Stated(text=rest, link="overview")


def _missing_of(column: ColumnProfile) -> Stated:
    share = exact_share(column.missing, column.n)
    return Stated(
        text=f"{share} of the values of {plain(column.name)} are missing",
        tone="note",
        shown=share,
        n=column.n,
        of="rows",
        detail="Counted in all rows",
        link="overview",
    )


def _reference(found: Found, people: str) -> Iterable[Stated]:
    """Groups whose share is apart from the reference beyond its interval; the widest first."""
    for about in found.people:
        apart = [
            r
            for r in about.reference
            if r.difference.value is not None
            and r.difference.low is not None
            and r.difference.high is not None
            and not r.difference.low <= 0 <= r.difference.high
        ]
        for r in sorted(apart, key=lambda r: (-abs(r.difference.value or 0.0), str(r.slice)))[:MOST]:
            value, low, high = r.difference.value or 0.0, r.difference.low or 0.0, r.difference.high or 0.0
            way = "fewer" if value < 0 else "more"
            ends = sorted((abs(low), abs(high)))
            yield Stated(
                text=f"{capital(group(r.slice, people).text)} are {points_text(value, low, high)} {way} of this table "
                f"than of the reference, {point(r.share.value, r.share.low, r.share.high, 'share')} instead of "
                f"{exact_share(r.reference, 1.0)}",
                tone="note",
                shown=f"{points_text(value, low, high)} {bracket(ends[0], ends[1], 'share')}",
                n=r.share.n,
                of=people,
                link="people",
                detail=f"Reference: {plain(about.source, 80)}" if about.source else "",
            )


def _gaps(found: Found, people: str) -> Iterable[Stated]:
    """What differs between groups, by how sure that is."""
    gaps = [g for about in found.people for g in about.gaps if g.value is not None and (g.low or 0.0) > 0]
    for g in sorted(gaps, key=lambda g: (-(g.low or 0.0), g.measure, g.column or ""))[:MOST]:
        value, low, high = g.value or 0.0, g.low or 0.0, g.high or 0.0
        of = f" of {plain(g.column)}" if g.column else ""
        yield Stated(
            text=f"The {measure_name(g.measure)}{of} is {points_text(value, low, high)} apart between "
            f"{group(g.first, people).text} and {group(g.second, people).text}",
            tone="note",
            shown=f"{points_text(value, low, high)} {bracket(low, high, 'share')}",
            link="people",
        )


def _holes(found: Found, people: str) -> Iterable[Stated]:
    for about in found.people:
        held = [h for h in about.holes if h.largest] or list(about.holes)
        if held:
            total = about.holes_found or len(about.holes)
            noun_ = "combination" if total == 1 else "combinations"
            first = held[0]
            rows = "fewer than 10 rows" if first.rows is None else f"{count(first.rows)} rows"
            yield Stated(
                text=f"{count(total)} {noun_} of groups hardly {'occurs' if total == 1 else 'occur'}: "
                f"{group(first.slice, people).text} are {rows}, where "
                f"{count(round(first.expected))} would be expected",
                tone="note",
                link="people",
            )


def _drift(found: Found, people: str) -> Iterable[Stated]:
    for pair in found.drifts:
        columns = list(dict.fromkeys(d.column for d in pair.found))
        changed = [d for d in pair.found if d.drifted and d.value is not None]
        best = {d.column: d for d in sorted(changed, key=lambda d: -_place(d.statistic))}
        most = sorted(best.values(), key=lambda d: (_place(d.statistic) > 2, -(d.low or 0.0), d.column))
        other = plain(pair.other, 60)
        if not columns:
            continue
        if not most:
            yield Stated(text=f"No column of {count(len(columns))} is seen to have changed since {other}", link="drift")
            continue
        first = most[0]
        yield Stated(
            text=f"{count(len(most))} of {count(len(columns))} columns changed since {other}, "
            f"{plain(first.column)} most",
            tone="note",
            shown=measured(first.value, first.low, first.high, "value"),
            n=first.n,
            of="rows",
            link="drift",
            detail=f"{capital(drift_name(first.statistic))}"
            + (f"; then {listed([plain(d.column) for d in most[1:]], most=4)}" if len(most) > 1 else ""),
        )


def _place(statistic: str) -> int:
    """Distances between 0 and 1, which can be set beside each other, come before those in units of their own."""
    return COMPARABLE.index(statistic) if statistic in COMPARABLE else len(COMPARABLE)


def _skew(found: Found, people: str) -> Iterable[Stated]:
    for pair in found.drifts:
        for s in sorted((s for s in pair.skew if s.differing), key=lambda s: (-(s.share or 0.0), s.column))[:MOST]:
            yield Stated(
                text=f"{plain(s.column)} differs in {point(s.share, s.low, s.high, 'share')} of the rows that share "
                f"{plain(pair.key or 'a key')} with {plain(pair.other, 60)}",
                tone="note",
                shown=measured(s.share, s.low, s.high, "share"),
                n=s.n,
                of="joined rows",
                link="drift",
            )


def _leaks(found: Found, people: str) -> Iterable[Stated]:
    kinds = {"exact": "stand", "near": "nearly stand", "entity": "belong to somebody", "time": "come before rows"}
    for leaks in found.leaks:
        for leak in sorted((x for x in leaks.between if x.rows), key=lambda x: -(x.share.value or 0.0))[:MOST]:
            share = point(leak.share.value, leak.share.low, leak.share.high, "share")
            by = f" by {plain(leak.by)}" if leak.by else ""
            yield Stated(
                text=f"{share} of the rows of {plain(leak.second, 60)} {kinds.get(leak.kind, 'stand')}"
                f"{'' if leak.kind in ('exact', 'near') else ' that are'} in {plain(leak.first, 60)}"
                f"{' too' if leak.kind in ('exact', 'near', 'entity') else ''}{by}",
                tone="note",
                shown=measured(leak.share.value, leak.share.low, leak.share.high, "share"),
                n=leak.n,
                of="rows",
                link="copies",
            )
        for label in [x for x in leaks.labels if x.suspicious][:MOST]:
            yield Stated(
                text=f"{plain(label.column)} alone tells the label suspiciously well: AUC "
                f"{point(label.value.value, label.value.low, label.value.high, 'value')} on rows held out",
                tone="note",
                shown=measured(label.value.value, label.value.low, label.value.high, "value"),
                n=label.value.n,
                link="copies",
                detail="It may only be known once the answer is",
            )
        for apart in leaks.distinguishable[:MOST]:
            if apart.auc.value is not None and (apart.auc.low or 0.0) > 0.5:
                yield Stated(
                    text=f"A classifier tells rows of {plain(apart.second, 60)} from rows of {plain(apart.first, 60)}",
                    tone="note",
                    shown=f"AUC {measured(apart.auc.value, apart.auc.low, apart.auc.high, 'value')}",
                    n=apart.auc.n,
                    link="copies",
                    detail=f"It goes by {listed([plain(c) for c, _ in apart.features])}" if apart.features else "",
                )
        for out in [o for o in leaks.outside if not o.group and o.share.value is not None][:MOST]:
            if out.expected is None or (out.share.low or 0.0) > out.expected:
                yield Stated(
                    text=f"{point(out.share.value, out.share.low, out.share.high, 'share')} of the rows of "
                    f"{plain(out.second, 60)} are unlike nearly all rows of {plain(out.first, 60)}",
                    tone="note",
                    shown=measured(out.share.value, out.share.low, out.share.high, "share"),
                    n=out.share.n,
                    link="copies",
                )


def _duplicates(found: Found, people: str) -> Iterable[Stated]:
    for d in found.duplicates:
        if d.rows:
            share = exact_share(d.rows, d.n)
            detail = [f"in {count(d.sets)} sets of equal rows"]
            if d.conflicting:
                detail.append(f"{count(d.conflicting)} sets are equal in all but the label")
            yield Stated(
                text=f"{share} of the rows repeat another row",
                tone="note",
                shown=share if d.share is None else measured(d.share.value, d.share.low, d.share.high, "share"),
                n=d.n,
                detail=capital("; ".join(detail)),
                link="copies",
            )
        if d.near_rows:
            share = (
                ""
                if d.near_share is None
                else measured(d.near_share.value, d.near_share.low, d.near_share.high, "share")
            )
            yield Stated(
                text=f"{capital(few(d.near_rows))} different rows have a text that is nearly that of another row",
                tone="note",
                shown=share,
                n=d.near_looked_at,
                detail=f"In {listed([plain(c) for c in d.near_columns])}",
                link="copies",
            )


def _personal(found: Found, people: str) -> Iterable[Stated]:
    for personal in found.personal:
        held = sorted(personal.found, key=lambda p: (SENSITIVITY[p.sensitivity], -p.count, p.column, p.kind))
        for p in held[:MOST]:
            where = "inside texts" if p.where == "text" else "as whole values"
            yield Stated(
                text=f"{plain(p.column)} holds {kind_name(p.kind)}, {where}",
                tone="note",
                shown=measured(p.share.value, p.share.low, p.share.high, "share"),
                n=p.n if p.n >= FEW else None,
                of="values",
                link="personal",
                detail=f"{'A secret' if p.sensitivity == 'secret' else 'Personal data'}; found by {plain(p.by, 60)}",
            )
        if len(held) > MOST:
            more = len(held) - MOST
            rest = f"{count(more)} more {'kind' if more == 1 else 'kinds'} of personal data in columns"
            yield Stated(text=rest, link="personal")


def _anonymity(found: Found, people: str) -> Iterable[Stated]:
    for sets in found.anonymity:
        for a in sets.sets[:1]:
            share = exact_share(a.unique_rows, a.n)
            below = f"{exact_share(a.below, a.n)} are in classes of fewer than {a.wanted}"
            how = "" if a.given else f"; the worst of {count(sets.searched)} sets that were looked at"
            yield Stated(
                text=_alone(a, share),
                tone="note" if a.unique_rows else "plain",
                shown=f"k = {count(a.k)}",
                n=a.n,
                link="anonymity",
                detail=capital(below + how),
            )


def _alone(a: Anonymity, share: str) -> str:
    columns = listed([plain(c) for c in a.quasi], most=5)
    if a.unique_rows:
        return f"{share} of the rows are alone in {columns}"
    return f"Every row shares {columns} with at least {count(a.k - 1)} others"


def _proxies(found: Found, people: str) -> Iterable[Stated]:
    for proxy in found.proxies:
        best = proxy.together or (proxy.alone[0] if proxy.alone else None)
        if best is None or best.value is None:
            continue
        chance = "" if best.null_high is None else f"chance alone reaches {number(best.null_high, 2, 'value')}"
        who = "The other columns together tell" if best is proxy.together else f"{_features(best.features)} tells"
        carried = [_features(s.features) for s in proxy.alone if s.carried][:MOST]
        by = f"most of it in {listed(carried)}" if carried else ""
        beyond = best.carried if best.carried is not None else (best.null_high is None or best.value > best.null_high)
        how = "beyond what chance reaches" if beyond else "no better than chance would"
        yield Stated(
            text=f"{who} {plain(proxy.group)} {how}",
            tone="note" if beyond else "plain",
            shown=f"{proxy.measure.upper()} {measured(best.value, best.low, best.high, 'value')}",
            n=best.n,
            detail=capital("; ".join(t for t in (chance, by) if t)),
            link="proxies",
        )


def _terms(found: Found, people: str) -> Iterable[Stated]:
    for record in found.terms:
        for r in [r for r in record.requirements if r.answer == "unmet"][:MOST]:
            asked, got = ", ".join(r.wanted), ", ".join(r.got) or "nothing"
            yield Stated(
                text=f"The terms of use do not meet what was asked of {plain(r.what.replace('_', ' '), 60)}",
                tone="note", detail=f"Asked for {plain(asked, 120)}; stated: {plain(got, 120)}", link="terms",
            )  # fmt: skip
        consent = record.consent
        if consent is not None and consent.without:
            share = consent.share
            yield Stated(
                text=f"{point(share.value, share.low, share.high, 'share')} of the rows have no consent on record",
                tone="note", shown=measured(share.value, share.low, share.high, "share"), n=consent.n, link="terms",
            )  # fmt: skip
        if record.terms.missing:
            n = len(record.terms.missing)
            yield Stated(
                text=f"{count(n)} {'question' if n == 1 else 'questions'} about the terms of use have no answer",
                tone="note", link="terms", detail=listed([plain(m, 60) for m in record.terms.missing], most=4),
            )  # fmt: skip


def _features(features: tuple[str, ...]) -> str:
    return listed([plain(f) for f in features])


def measure_name(measure: str) -> str:
    """`missing_share` as words."""
    return MEASURES.get(measure) or plain(measure.replace("_", " "), 60)


KIND_WORDS = {
    "email": "email addresses", "phone": "phone numbers", "iban": "bank accounts", "payment_card": "payment cards",
    "cloud_key": "keys of cloud services", "special_category": "a special category of data", "name": "names of persons",
    "person_name": "names of persons", "address": "postal addresses", "ip_address": "IP addresses",
    "date_of_birth": "dates of birth", "national_id": "national identity numbers",
}  # fmt: skip


def kind_name(kind: str) -> str:
    """What a detector calls `email`, as words: `email addresses`."""
    known = KIND_WORDS.get(kind.replace(" ", "_"))
    return known or plain(kind.replace("_", " "), 60)


_KINDS: tuple[Callable[[Found, str], Iterable[Stated]], ...] = (
    _promises,
    _personal,
    _leaks,
    _missing,
    _reference,
    _gaps,
    _drift,
    _skew,
    _anonymity,
    _terms,
    _duplicates,
    _proxies,
    _holes,
)
