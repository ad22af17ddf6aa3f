// What the server says about approvals.
import type { components } from "@/api/schema";

export type Approval = components["schemas"]["ApprovalView"];
export type ApprovalDetail = components["schemas"]["ApprovalDetail"];
export type ApprovalLists = components["schemas"]["ApprovalLists"];
export type DeputyLists = components["schemas"]["DeputyLists"];
export type Deputy = components["schemas"]["Deputy"];

// What a request's detail is called depends on its kind.
const detail_groups: Record<string, string> = { legal_hold_lift: "hold_scope", contact_hold_lift: "hold", rights_request: "request_kind" };
export function detail_group(kind: string): string {
  return detail_groups[kind] ?? "";
}

export function state_class(state: string): string {
  if (state === "approved") return "chip good";
  if (state === "refused" || state === "expired") return "chip bad";
  return state === "waiting" ? "chip info" : "chip";
}
