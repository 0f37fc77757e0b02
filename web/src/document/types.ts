// The contract between Python (src/sterling/core/document.py, encoded by report/document.py) and the page: what chapters and cards
// are made of. Field names are those of the dataclasses. A number that JSON cannot hold arrives as null. All text is untrusted.

export type Tone = "plain" | "over" | "undecided" | "within" | "note" | "stale";

export interface Prose { block: "prose"; text: string; source: string | null; markdown: boolean }
export interface Items { block: "items"; items: string[]; tone: Tone }
export interface Fact { name: string; value: string; evidence: string | null }
export interface Facts { block: "facts"; facts: Fact[] }
export interface GridCell { text: string; number: number | null; interval: [number | null, number | null] | null; tone: Tone; image?: string | null }
export interface Grid { block: "grid"; caption: string; columns: string[]; rows: GridCell[][] }
export type NodeKind = "artifact" | "step" | "person";
export interface GraphNode { id: string; label: string; kind: NodeKind; detail: string; tone: Tone; link: string | null }
export interface Graph { block: "graph"; caption: string; text: string; nodes: GraphNode[]; edges: [string, string][] }
export type Role = "current" | "kept" | "rejected";
export interface Point {
  label: string; role: Role; note: string;
  x: number | null; x_low: number | null; x_high: number | null; y: number | null; y_low: number | null; y_high: number | null;
}
export interface Frontier {
  block: "frontier"; caption: string; text: string; x_name: string; y_name: string; points: Point[]; limit_y: number | null;
}
/** share: times 100 with %; value: as it is; count: a whole number. */
export type CellScale = "share" | "value" | "count";
export interface Branch {
  condition: string; parent: number | null; n: number; value: number | null; low: number | null; high: number | null;
  coverage: number | null; tone: Tone; note: string;
}
export interface Tree {
  block: "tree"; caption: string; text: string; value_name: string; nodes: Branch[]; scale: CellScale; coverage_name: string;
}
export interface HeatCell { value: number | null; low: number | null; high: number | null; n: number | null; note: string }
export interface HeatMap {
  block: "heatmap"; caption: string; text: string; row_name: string; column_name: string; value_name: string;
  rows: string[]; columns: string[]; cells: HeatCell[][]; scale: CellScale;
}
export interface CurvePoint { x: number | null; y: number | null; low: number | null; high: number | null; n: number | null }
export interface CurveLine { label: string; points: CurvePoint[] }
export type CurveReference = "none" | "diagonal" | "zero";
export interface Curve {
  block: "curve"; caption: string; text: string; x_name: string; y_name: string; lines: CurveLine[]; reference: CurveReference;
  x_scale: CellScale; y_scale: CellScale;
}
export interface Prompt { block: "prompt"; question: string; where: string }
export interface Alert { block: "alert"; text: string; tone: Tone }
/** What stands beside each other in an overview, and one column of one of them (core/overview.py). */
export interface Series { name: string; rows: number; exact: boolean; part: boolean } // part: a slice of a table
export interface Bars { edges: number[]; counts: (number | null)[] }
export interface Facet {
  n: number; missing: number; distinct: number; distinct_error: number; zeros: number; mean: number | null; std: number | null;
  quantiles: [number, number | null][]; even: Bars | null; equal: Bars | null; top: { text: string; count: number }[]; rest: number | null;
  facts: [string, string][];
}
export interface Strength {
  name: string; measure: string; value: number | null; low: number | null; high: number | null; n: number; tone: Tone; note: string;
}
export interface FacetRow {
  name: string; type: string; kind: string; role: string; facets: (Facet | null)[]; associations: Strength[]; changes: Strength[]; notes: string[];
}
export interface Overview { block: "overview"; caption: string; text: string; series: Series[]; columns: FacetRow[] }
export interface Stated {
  text: string; tone: Tone; shown: string; value: number | null; low: number | null; high: number | null; limit: number | null; limit_shown: string;
  upward: boolean; scale: CellScale; n: number | null; of: string; detail: string; link: string | null;
}
export interface Findings { block: "findings"; caption: string; findings: Stated[] }
export interface Dot {
  label: string; value: number | null; low: number | null; high: number | null; n: number | null;
  reference: number | null; reference_low: number | null; reference_high: number | null; tone: Tone; note: string;
}
export interface Dots {
  block: "dots"; caption: string; text: string; value_name: string; dots: Dot[]; scale: CellScale; line: number | null; line_name: string; reference_name: string;
}
export type Block = Prose | Items | Facts | Grid | Graph | Frontier | Tree | HeatMap | Curve | Prompt | Alert | Overview | Findings | Dots;

export interface Section { id: string; title: string; lead: string; stale: string; blocks: Block[] }
export type CardKind = "model_card" | "data_card" | "dag_card" | "outcome_table" | "data_profile";
export interface Document { kind: CardKind; title: string; lead: string; sections: Section[]; seal: Fact[] }
export interface Card { format: "sterling.card"; version: 1; document: Document }
