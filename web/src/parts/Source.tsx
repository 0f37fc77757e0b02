import { useStore } from "../store";
import { Text } from "./Text";

/** What stands under every chart: the label's kind, the data, the method. */
export function Source({ extra }: { extra?: string }) {
  const { report } = useStore();
  const label = report.subject.label;
  return (
    <p class="source">
      {label && <span>Label: <Text>{label.words}</Text>{label.agreement && <> (<Text>{label.agreement}</Text>)</>}</span>}
      {extra && <span>{extra}</span>}
      <span>Data: <Text most={40}>{report.run.data.map((d) => d.name).join(", ") || "given in memory"}</Text></span>
      <span><a href="#method">How this is computed</a></span>
    </p>
  );
}
