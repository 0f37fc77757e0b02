import { MOST_MEASURES, MOST_THRESHOLDS, SORTS, type Family, type Mode, type Sort, type View } from "./board";
import type { Report, SliceKey } from "./data";
import { nearest } from "./decode";
import { sameKey } from "./words";

/** The section whose link may carry a view: `#groups?measure=auc&show=ratio`. */
export const PLACE = "groups";

const OWN = "own"; // each model's own operating threshold
const MODES: readonly Mode[] = ["value", "difference", "ratio"];

/** What differs from where the page starts, by name, so that a link still fits after the numbers were made again. */
export function address(report: Report, all: Family[], view: View, begin: View): string {
  const out = new URLSearchParams();
  const { metrics, thresholds, slices } = report.board;
  const put = <K extends keyof View>(keys: K[], name: string, values: (string | undefined)[]): void => {
    if (keys.every((k) => JSON.stringify(view[k]) === JSON.stringify(begin[k]))) return;
    for (const value of values) if (value !== undefined) out.append(name, value);
  };
  put(["metric", "more"], "measure", [view.metric, ...view.more].map((m) => metrics[m]?.name));
  put(["threshold", "also"], "at", [view.threshold, ...view.also].map((t) => (t === null ? OWN : thresholds[t]?.toString())));
  put(["models"], "model", view.models.map((m) => report.models[m]?.name));
  put(["families"], "by", view.families.length ? view.families.map((id) => JSON.stringify(all.find((f) => f.id === id)?.columns)) : ["[]"]);
  put(["mode"], "show", [view.mode]);
  put(["baseline"], "baseline", [view.baseline === "largest" ? "largest" : JSON.stringify(slices[view.baseline]?.key)]);
  put(["sort"], "order", [view.sort]);
  put(["by"], "order-by", [view.by === null ? undefined : metrics[view.by]?.name]);
  put(["minN"], "least", [String(view.minN)]);
  put(["search"], "find", [view.search]);
  const text = out.toString();
  return text === "" ? PLACE : `${PLACE}?${text}`;
}

/** The view that an address asks for; what it does not know stays as the page starts. Null when it asks for none. */
export function fromAddress(report: Report, all: Family[], hash: string, begin: View): View | null {
  const [place, query] = hash.replace(/^#/, "").split(/\?(.*)/s);
  if (place !== PLACE || query === undefined) return null;
  const asked = new URLSearchParams(query);
  const { metrics, thresholds, slices } = report.board;
  const view = { ...begin };
  const found = (name: string, index: (value: string) => number, most: number): number[] =>
    [...new Set(asked.getAll(name).map(index))].filter((i) => i >= 0).slice(0, most);
  const metric = (name: string): number => metrics.findIndex((m) => m.name === name);
  const [main, ...more] = found("measure", metric, MOST_MEASURES);
  if (main !== undefined) [view.metric, view.more] = [main, more];
  const at = asked.getAll("at");
  if (at.length > 0 && thresholds.length > 0) {
    const index = (text: string): number => (text.trim() !== "" && Number.isFinite(Number(text)) ? nearest(thresholds, Number(text)) : -1);
    const live = at[0] === OWN ? -1 : index(at[0] ?? "");
    view.threshold = live < 0 ? null : live;
    view.also = [...new Set(at.slice(1).map(index))].filter((i) => i >= 0 && i !== view.threshold).slice(0, MOST_THRESHOLDS - 1);
  }
  const models = found("model", (name) => report.models.findIndex((m) => m.name === name), report.models.length);
  if (models.length > 0) view.models = models.sort((a, b) => a - b);
  if (asked.has("by")) {
    view.families = asked.getAll("by").flatMap((text) => all.filter((f) => same(parsed(text), f.columns)).map((f) => f.id));
  }
  view.mode = MODES.find((m) => m === asked.get("show")) ?? view.mode;
  const key = parsed(asked.get("baseline") ?? "");
  const base = isKey(key) ? slices.findIndex((s) => s.status === "ok" && sameKey(s.key, key)) : -1;
  view.baseline = base >= 0 ? base : asked.get("baseline") === "largest" ? "largest" : view.baseline;
  view.sort = SORTS.find((s): s is Sort => s === asked.get("order")) ?? view.sort;
  const by = metric(asked.get("order-by") ?? "");
  if (by >= 0) view.by = by;
  const least = Number(asked.get("least") ?? NaN);
  if (Number.isFinite(least) && least >= 0) view.minN = least;
  view.search = (asked.get("find") ?? view.search).slice(0, 200);
  return view;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function same(value: unknown, columns: string[]): boolean {
  return Array.isArray(value) && value.length === columns.length && columns.every((c, i) => value[i] === c);
}

function isKey(value: unknown): value is SliceKey {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((v) => v === null || typeof v === "string");
}
