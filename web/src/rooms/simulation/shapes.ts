// The shapes of the room, as the routes declare them.
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Simulation = Schemas["Simulation"];
export type Report = NonNullable<Simulation["report"]>;
export type Totals = Report["today"];
export type Change = Report["changes"][number];
export type CasePage = Schemas["CasesOut"];
export type DifferingCase = CasePage["items"][number];

export const running = (state: string): boolean => state === "queued" || state === "running";
