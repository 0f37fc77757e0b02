import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Cell } from "../decode";
import { count, estimateText, LEVEL } from "../numbers";
import type { Row, Selection } from "../selection";
import { useStore } from "../store";
import { short } from "../words";
import type { Drawn } from "./BoardAxis";
import { firstAt, STEP, unsaid } from "./BoardRow";
import type { Layout } from "./BoardRows";

interface Watch {
  onPointerMove: (e: PointerEvent) => void;
  onPointerLeave: () => void;
}

/**
 * What the mark under the pointer says: group, measure, model, threshold, number with its interval, people counted. One box for
 * all marks, filled without drawing the page again; the same words are in the row when it is opened, and in the table.
 */
export function useTip(panels: Drawn[], layout: Layout, selection: Selection): { watch: Watch; box: ComponentChildren } {
  const store = useStore();
  const box = useRef<HTMLDivElement>(null);
  const hide = (): void => {
    if (box.current) box.current.hidden = true;
  };
  const onPointerMove = (e: PointerEvent): void => {
    const plot = e.target instanceof Element ? e.target.closest<SVGElement>(".row-plot") : null;
    const slice = Number(plot?.closest<HTMLElement>("[data-slice]")?.dataset["slice"] ?? NaN);
    const panel = panels[Number(plot?.dataset["panel"] ?? NaN)];
    const row = slice === 0 && selection.everyone ? selection.everyone : selection.rows.find((r) => r.slice === slice);
    if (!plot || !panel || !row || !box.current || e.pointerType === "touch") return hide();
    const cells = row.panels[panel.index] ?? [];
    const place = plot.getBoundingClientRect();
    const from = firstAt(layout.height, cells.length);
    const k = Math.min(Math.max(Math.round((e.clientY - place.top - from) / STEP), 0), cells.length - 1);
    fill(box.current, words(row, panel, k, cells[k] ?? null));
    const { offsetWidth: w, offsetHeight: h } = box.current;
    const at = place.left + (panel.x(cells[k]?.value ?? panel.x.domain()[0] ?? 0) / 100) * place.width;
    box.current.style.left = `${Math.min(Math.max(at - w / 2, 8), innerWidth - w - 8)}px`;
    const above = place.top + from + STEP * k - h - 12;
    box.current.style.top = `${above < 8 ? place.top + from + STEP * k + 14 : above}px`;
  };
  const words = (row: Row, panel: Drawn, k: number, c: Cell | null): string[] => {
    const { report } = store;
    const line = panel.lines[k];
    const model = report.models.length > 1 ? short(report.models[line?.model ?? 0]?.name ?? "", 30) : "";
    const at = line?.at == null ? "" : `at ${line.at}`;
    const what = [panel.info.label, model, at].filter((t) => t !== "").join(", ");
    if (!c) return [short(row.name, 60), what, unsaid(row, panel, k)];
    const against = panel.mode === "value" || row.baseline ? "" : panel.mode === "ratio" ? " the baseline’s" : " from the baseline";
    const counted = Number.isNaN(c.n) ? (row.withheld ? "number not shown" : "fewer than 10 counted") : `${count(c.n)} counted${row.n !== null && row.n !== c.n ? ` of ${count(row.n)}` : ""}`;
    return [short(row.name, 60), what, `${estimateText(panel.kind, c.value, c.low, c.high, LEVEL[panel.mode])}${against}`, counted];
  };
  return {
    watch: { onPointerMove, onPointerLeave: hide },
    box: <div ref={box} class="tip" hidden aria-hidden="true" />,
  };
}

function fill(box: HTMLElement, parts: string[]): void {
  box.replaceChildren(...parts.map((text, i) => {
    const node = document.createElement(i === 0 || i === 2 ? "b" : "span");
    const inner = document.createElement("bdi");
    inner.textContent = text;
    node.append(inner);
    return node;
  }));
  box.hidden = false;
}
