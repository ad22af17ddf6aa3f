// What the server says of the log, its check and its audit, as the routes declare it.
import type { components } from "@/api/schema";

type S = components["schemas"];
export type Evidence = S["EvidenceOut"];
export type Events = S["EventsOut"];
export type VerifyState = S["VerifyState"];
export type AuditState = S["AuditState"];
