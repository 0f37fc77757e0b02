// The contract between Python (src/sterling/report/payload.py) and the front end (web/src/data.ts).
// Embedded as <script type="application/json" id="sterling-data">. All text is untrusted: render as text only.
// Packed: base64 of little-endian Float32 (NaN = not known / suppressed). Python computes EVERY rate and interval; the page only draws,
// filters, sorts, and combines two intervals into a difference or ratio against a chosen baseline (square-and-add: MOVER).

import type { Section } from "./document/types";

export interface Report {
  format: "sterling.report"; version: 1;
  title: string;                       // "Lending"
  run: { id: string; created: string; sterling: string; seed: number; command: string | null;
         plan_hash: string; evidence_hash: string;
         data: { name: string; sha256: string | null; rows: number }[]; environment: Record<string, string> };
  subject: {
    n: number; people: string;         // "applicants"
    drawn?: { n: number; of: string } | null; // what was drawn at random, where it is no people: 200 "queries"
    task?: Task;                       // what the models do; missing: binary
    label: { name: string; positive: string; favourable: string; kind: "outcome" | "human_decision" | "annotation" | "unstated";
             words: string;            // "the lender's past decision", shown everywhere an error rate is shown
             agreement: string | null; // "agreement with past decisions" when human_decision
             missing: number } | null; // null: no label
    inferred: string[];                  // groups known by chances only, as they are called
    groups: { column: string; values: { value: string | null; n: number | null; share: number | null }[] }[];   // null value = missing group value; null n = suppressed ("fewer than 10")
    weight: string | null; cluster: string | null; id: string | null; not_recorded: string[];
  };
  models: { name: string; kind: "probability" | "raw" | "prediction"; threshold: number | null }[]; // threshold = operating threshold
  counts: Record<VerdictWord, number>;
  verdicts: Verdict[];                 // in the order to show: over, undecided, insufficient, error, within, not_applicable, unjudged
  evidence: Evidence[];                // one per ask: how computed, hints, notes
  board: Board;
  notices: string[];                   // about the input: "12 rows without a label are left out of error rates"
  unknowns: string[];                  // "What this page can't tell you"
  next_steps: string[];                // "What to do next", most important first
  chapters?: Section[];                // what a project adds: purpose, data, risks, review, lineage ...; read by document/read.ts
  project?: Project | null;            // null or missing: a table examined without a project
  comparisons?: Comparison[];          // a candidate against a baseline model, measured on the same rows; missing: none was asked for
  rows: { model: string; columns: string[]; records: (string | number | null)[][] } | null; // only with --embed rows -> banner
}
export interface Comparison { baseline: string; candidate: string; metrics: Compared[]; flips?: Compared[] | null }
/** Candidate less baseline. Arrays are [slice][threshold], or [slice][0] when `thresholds` is null; null: not known or suppressed. */
export interface Compared {
  name: string; label: string; direction: MetricInfo["direction"]; scale: "share" | "value"; thresholds: number[] | null;
  slices: SliceKey[]; value: (number | null)[][]; low: (number | null)[][]; high: (number | null)[][]; n: (number | null)[][];
}
export type Task = "binary" | "multiclass" | "multilabel" | "sets" | "regression" | "ranking" | "text" | "segmentation" | "detection";
export type ReviewState = "not_required" | "awaiting" | "approved" | "rejected" | "stale";
export interface Project {
  name: string; purpose: string; owner: string | null;
  limits_set_by: string | null;
  limitations?: string[];              // what people who know the model say of it, in scope.toml
  review: { state: ReviewState; words: string };  // "approved by Ada Lovelace on 22 November 2026"
  head: string | null;                 // digest at the head of the ledger when this page was made
  run: string | null;                  // id of the run in the ledger
  held_out_of?: number | null;         // rows of the whole table, where the people examined are those held out of training
}
export type VerdictWord = "over" | "undecided" | "within" | "insufficient" | "not_applicable" | "error" | "unjudged";

export interface Verdict {
  ask: string; check: string; model: string | null; metric: string | null;
  verdict: VerdictWord;
  sentence: string;                    // "Black applicants are selected 18 points less often than white applicants"
  slice: SliceKey | null; versus: SliceKey | null;
  against?: string | null;             // the model that a change is from
  // a gap between groups, a ratio, a floor, a ceiling; a drop or rise is a change from another model
  statement: "max_gap" | "min_ratio" | "min" | "max" | "max_drop" | "max_rise" | null; limit: number | null; limit_origin: string | null; // "examples/lending/sterling.toml"
  threshold: number | null;
  scale: "share" | "points" | "ratio" | "value"; // share: show ×100 with %; points: a difference of shares, show ×100; the others as they are
  value: number | null; low: number | null; high: number | null; // decision interval: low holds for all groups at once, high is the one-sided bound a pass needs
  level: number; n: number | null; n_eligible: number | null; withheld?: boolean; // null n = suppressed: "fewer than 10", or withheld (as in Board)
  unit?: string | null;                // what n_eligible counts where it is no people: "items"
  reason: string;                      // "the whole interval lies above the limit"
  power: string | null;                // "about 900 more women would decide this"
  also?: string | null;                // other groups beyond the limit as measured
  late?: string | null;                // "limit set after results were seen"
  waiver?: Waiver | null;              // who lifted the limit, why, and the last day ("2026-12-01"); the verdict stays what it is
  hints: string[];
}
export interface Waiver { owner: string; reason: string; expires: string }
export type SliceKey = Record<string, string | null>;   // {} = everyone

export interface Evidence {
  ask: string; check: string; title: string; question: string; // check = "FA001"
  outcome: "measured" | "insufficient" | "not_applicable" | "error";
  model: string | null;
  parameters: Record<string, unknown>; method: string; // "Wilson score interval; widest gap with simultaneous bounds (studentised range)"
  notes: string[]; pitfalls: string[]; hints: string[]; docs: string; // docs anchor
}

export interface MetricInfo {
  name: string;                        // "true_positive_rate"
  label: string;                       // "True positive rate"
  plain: string;                       // "of the people who qualify, the share selected"
  eligible: string;                    // "label is positive"
  formula: string;                     // "tp / (tp + fn)"
  scale: "share" | "value";            // share: show as percent and points
  direction: "higher" | "lower" | "none"; range: [number, number | null];
  signed?: boolean;                    // may be negative, so that a ratio of two says nothing
  needs_label: boolean; by_threshold: boolean; // false: AUC, Brier, log loss, calibration: one column
  divided?: boolean;                   // groups have their parts of one whole: what one gains others lose
  fooled_by?: string; source?: string; // what makes it look better or worse than it is; who defined it
}
export interface Board {
  slices: { key: SliceKey; family: string[]; n: number | null; status: "ok" | "insufficient"; n_needed: number | null; withheld?: boolean }[]; // slices[0] = everyone; n null = suppressed: "fewer than 10", or withheld, since a smaller group could be worked out from it
  min_n?: number;                      // eligible people that a number takes
  thresholds: number[];                // ascending; empty for prediction models (then one column)
  metrics: MetricInfo[];
  // [model][metric] -> four Packed arrays, row-major [slice][threshold] (or [slice][1] when !by_threshold)
  estimates: { value: string; low: string; high: string; n_eligible: string }[][];
  level: number;
  calibration: { mean_score: number; observed: number; low: number; high: number; n: number }[][][]; // [model][slice][bin]; [] when not known
  distribution: { edges: number[]; counts: { positive: (number | null)[]; negative: (number | null)[] }[] }[]; // per model: per slice; null = suppressed small cell
}
