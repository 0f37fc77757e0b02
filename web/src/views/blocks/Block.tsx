import type { Links } from "../../document/anchors";
import type { Block as AnyBlock } from "../../document/types";
import { AlertBlock } from "./Alert";
import { CurveBlock } from "./Curve";
import { DotsBlock } from "./Dots";
import { FactsBlock } from "./Facts";
import { FindingsBlock } from "./Findings";
import { FrontierBlock } from "./Frontier";
import { GraphBlock } from "./Graph";
import { GridBlock } from "./Grid";
import { HeatMapBlock } from "./HeatMap";
import { ItemsBlock } from "./Items";
import { OverviewBlock } from "./Overview";
import { PromptBlock } from "./Prompt";
import { ProseBlock } from "./Prose";
import { TreeBlock } from "./Tree";

/** One block of a document; each kind has a file of its own. */
export function Block({ block, links }: { block: AnyBlock; links: Links }) {
  switch (block.block) {
    case "prose": return <ProseBlock block={block} />;
    case "items": return <ItemsBlock block={block} />;
    case "facts": return <FactsBlock facts={block.facts} />;
    case "grid": return <GridBlock block={block} />;
    case "graph": return <GraphBlock block={block} links={links} />;
    case "frontier": return <FrontierBlock block={block} />;
    case "tree": return <TreeBlock block={block} />;
    case "heatmap": return <HeatMapBlock block={block} />;
    case "curve": return <CurveBlock block={block} />;
    case "prompt": return <PromptBlock block={block} />;
    case "overview": return <OverviewBlock block={block} />;
    case "findings": return <FindingsBlock block={block} links={links} />;
    case "dots": return <DotsBlock block={block} />;
    case "alert": return <AlertBlock block={block} />;
  }
}
