import { TextList } from "../parts/Text";
import { useStore } from "../store";
import { count } from "../numbers";
import { nText, short } from "../words";

/** A group that a chart leaves out, and why. */
export interface Absent {
  slice: number;
  why: string;
}

/** Groups that were asked for and are not drawn: each with its n and the reason, since none is dropped without a word. */
export function NotDrawn({ absent, most = 12 }: { absent: Absent[]; most?: number }) {
  const { report, names } = useStore();
  if (absent.length === 0) return null;
  const said = absent.slice(0, most).map(({ slice, why }) => {
    const known = report.board.slices[slice];
    return `${short(names.slice(known?.key ?? {}), 60)} (n ${nText(known ?? { n: null })}): ${why}`;
  });
  return (
    <div class="not-drawn">
      <p class="quiet">Not drawn:</p>
      <TextList items={[...said, ...(absent.length > most ? [`and ${count(absent.length - most)} more groups`] : [])]} />
    </div>
  );
}
