// The contract between Python (src/sterling/core/document.py, encoded by report/document.py) and the page: what chapters and cards
// are made of. Field names are those of the dataclasses. A number that JSON cannot hold arrives as null. All text is untrusted.

export type Tone = "plain" | "over" | "undecided" | "within" | "note" | "stale";

export interface Prose { block: "prose"; text: string; source: string | null; markdown: boolean }
export interface Items { block: "items"; items: string[]; tone: Tone }
export interface Fact { name: string; value: string; evidence: string | null }
export interface Facts { block: "facts"; facts: Fact[] }
export interface GridCell { text: string; number: number | null; interval: [number | null, number | null] | null; tone: Tone }
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
export interface Prompt { block: "prompt"; question: string; where: string }
export interface Alert { block: "alert"; text: string; tone: Tone }
export type Block = Prose | Items | Facts | Grid | Graph | Frontier | Prompt | Alert;

export interface Section { id: string; title: string; lead: string; stale: string; blocks: Block[] }
export type CardKind = "model_card" | "data_card" | "dag_card" | "outcome_table";
export interface Document { kind: CardKind; title: string; lead: string; sections: Section[]; seal: Fact[] }
export interface Card { format: "sterling.card"; version: 1; document: Document }
