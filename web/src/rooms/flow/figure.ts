// A figure of the night's report as people read it: its unit is the end of its name.
import { group, percent, yuan } from "@/kit/format";

export function figure_text(figure: string, value: number): string {
  if (figure.endsWith("_fen")) return yuan(value);
  return figure.endsWith("_bps") ? percent(value) : group(value);
}
