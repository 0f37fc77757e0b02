"""The needs assessment: yes/no questions, what each answer weighs, what is recommended. docs/guide/scope.md tells why.

A yes adds its weights to the aspects of trust that it bears on. 3 and more is a high need, 1 or 2 a medium one, 0 a low
one. Where an unanswered question could change it, the need is unknown. Nothing here is a verdict in law.
"""

from __future__ import annotations

from collections.abc import Mapping

from sterling.core.frozen import dataclass
from sterling.core.scope import ASPECTS, Need, NeedFor

HIGH, MEDIUM = 3, 1
"""Sums from which a need is high, and medium."""

AI_ACT = "Regulation (EU) 2024/1689, Annex III"
NIST = "NIST AI RMF 1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A yes/no question to a person, what a yes weighs for each aspect, and where the question comes from."""

    id: str
    text: str
    weights: Mapping[str, int]
    source: str


def _ask(id: str, text: str, source: str, **weights: int) -> Question:
    assert set(weights) <= set(ASPECTS), id
    return Question(id=id, text=text, weights=weights, source=source)


QUESTIONS: tuple[Question, ...] = (
    _ask("decides_access", "Does its output decide, or help decide, who gets something and who is refused it?",
         f"{NIST}, MAP 1.1", fairness=3, explainability=1, oversight=1),
    _ask("biometrics", "Does it recognise or sort people by face, voice, gait or another trait of the body?",
         f"{AI_ACT}, 1", fairness=2, privacy=3, oversight=2),
    _ask("infrastructure", "Does it steer traffic, or the supply of water, gas, heat, power or networks?",
         f"{AI_ACT}, 2", robustness=3, uncertainty=1, oversight=2),
    _ask("education", "Does it admit, grade, place or watch over pupils or students?",
         f"{AI_ACT}, 3", fairness=3, explainability=1, oversight=2),
    _ask("employment", "Does it choose, rank, promote, dismiss or watch over applicants or workers?",
         f"{AI_ACT}, 4", fairness=3, privacy=1, explainability=1, oversight=2),
    _ask("essential_services", "Does it bear on credit, insurance, housing, benefits, health care or emergency help?",
         f"{AI_ACT}, 5", fairness=3, explainability=2, oversight=2),
    _ask("law_enforcement", "Is it used by or for police, prosecutors or prisons, or to judge the risk of an offence?",
         f"{AI_ACT}, 6", fairness=3, explainability=2, uncertainty=1, oversight=3),
    _ask("migration", "Does it bear on visas, asylum, residence or border control?",
         f"{AI_ACT}, 7", fairness=3, explainability=2, oversight=3),
    _ask("justice", "Does it help a court, or could it sway an election or a vote?",
         f"{AI_ACT}, 8", fairness=2, explainability=3, oversight=3),
    _ask("represents_people", "Does it describe, rank or show people or groups to others?",
         "Barocas, Crawford, Shapiro and Wallach 2017, SIGCIS", fairness=2),
    _ask("automatic", "Does a decision take effect before a person has looked at it?",
         f"{NIST}, MAP 3.5", robustness=1, uncertainty=1, oversight=3),
    _ask("hard_to_undo", "Is a wrong decision hard to notice, to appeal or to undo?",
         f"{NIST}, MAP 5.1", fairness=1, explainability=1, uncertainty=1, oversight=1),
    _ask("bodily_harm", "Could an error injure somebody or make them ill?",
         f"{NIST}, MEASURE 2.6", robustness=3, uncertainty=2, oversight=2),
    _ask("vulnerable_people", "Does it bear on children, patients, or others who can hardly object?",
         f"{NIST}, MAP 5.1", fairness=1, privacy=1, oversight=1),
    _ask("past_decisions", "Was the label made by people who decided or judged, rather than by what happened later?",
         "Mitchell, Potash, Barocas, D'Amour and Lum 2021, Annual Review of Statistics 8", fairness=2, uncertainty=1),
    _ask("unequal_past", "Were some groups treated worse than others in this field in the past?",
         f"{NIST}, MAP 5.1", fairness=2),
    _ask("proxies", "Do columns stand close to a protected characteristic: postcode, school, first name, household?",
         f"{NIST}, MEASURE 2.11", fairness=2),
    _ask("rare_groups", "Is it used on groups of which the data hold few people?",
         f"{NIST}, MEASURE 2.11", fairness=1, uncertainty=2),
    _ask("personal_data", "Do the data speak of people who could be recognised, alone or with other data?",
         f"{NIST}, MEASURE 2.10", privacy=2),
    _ask("sensitive_data", "Do they hold health, belief, origin, sexuality, biometrics or a criminal record?",
         "Regulation (EU) 2016/679, Articles 9 and 10", privacy=3),
    _ask("open_access", "Can people outside your team query the model or get a copy of it?",
         f"{NIST}, MEASURE 2.7", privacy=2, robustness=1),
    _ask("worth_gaming", "Would somebody gain by steering what goes into it?",
         f"{NIST}, MEASURE 2.7", robustness=3),
    _ask("elsewhere", "Is it used in another place, at another time or on other people than its data come from?",
         f"{NIST}, MEASURE 2.5", robustness=2, uncertainty=1),
    _ask("reasons_owed", "Must, or should, a person be told the reasons for a decision?",
         f"{NIST}, MEASURE 2.9", explainability=3),
    _ask("read_as_chance", "Is the score read as a chance, or does it set an amount or a price?",
         f"{NIST}, MEASURE 2.5", uncertainty=3),
)  # fmt: skip
BY_ID: dict[str, Question] = {question.id: question for question in QUESTIONS}

_GAP = '[[limit]]\nname = "{name}"\nmetric = "{metric}"\nmax_gap = {bound}'
_FLOOR = '[[limit]]\nname = "works for every group"\nmetric = "auc"\nmin = 0.7'
_RATIO = '[[limit]]\nname = "four fifths"\nmetric = "selection_rate"\nmin_ratio = 0.8'
_CALIBRATION = _GAP.format(name="the score means the same", metric="calibration_in_the_large", bound="{bound}")

RECOMMENDED: dict[tuple[str, Need], tuple[str, ...]] = {
    ("fairness", "high"): (
        _GAP.format(name="selection gap", metric="selection_rate", bound=0.05),
        _GAP.format(name="found alike", metric="true_positive_rate", bound=0.05),
        _RATIO,
        "[alternatives]\nbudget = 24",
    ),
    ("fairness", "medium"): (_GAP.format(name="selection gap", metric="selection_rate", bound=0.1), _RATIO),
    ("privacy", "high"): ("[plan]\nmin_n = 100",),
    ("privacy", "medium"): ("[plan]\nmin_n = 50",),
    ("explainability", "high"): ('[train]\nrecipe = "scorecard"',),
    ("explainability", "medium"): ('[train]\nrecipe = "logistic"',),
    ("robustness", "high"): ('[split]\nby = "time"', _FLOOR),
    ("robustness", "medium"): (_FLOOR,),
    ("uncertainty", "high"): (_CALIBRATION.format(bound=0.05), "[plan]\nlevel = 0.99"),
    ("uncertainty", "medium"): (_CALIBRATION.format(bound=0.1),),
    ("oversight", "high"): ("[review]\nrequired = 2\nseparate = true",),
    ("oversight", "medium"): ("[review]\nrequired = 1",),
}
"""What to ask for, as TOML for `sterling.toml`. The bounds are where a conversation begins; they are not law."""


def assess(answers: Mapping[str, bool | None]) -> tuple[NeedFor, ...]:
    """The need of every aspect. `answers`: yes, no or None by question id; one left out is unanswered."""
    return tuple(_need_for(aspect, answers) for aspect in ASPECTS)


def _need_for(aspect: str, answers: Mapping[str, bool | None]) -> NeedFor:
    bearing = [q for q in QUESTIONS if aspect in q.weights]
    yes = [q for q in bearing if answers.get(q.id)]
    unanswered = [q for q in bearing if answers.get(q.id) is None]
    least = sum(q.weights[aspect] for q in yes)
    most = least + sum(q.weights[aspect] for q in unanswered)
    need: Need = _level(least) if _level(least) == _level(most) else "unknown"
    return NeedFor(
        aspect=aspect, need=need, because=tuple(q.text for q in yes), recommended=RECOMMENDED.get((aspect, need), ())
    )


def _level(total: int) -> Need:
    return "high" if total >= HIGH else "medium" if total >= MEDIUM else "low"
