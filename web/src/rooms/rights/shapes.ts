// What the server says of requests about a person's own data.
import type { components } from "@/api/schema";

export type RightsRequest = components["schemas"]["RightsRequest"];
export type RightsLists = components["schemas"]["RightsLists"];
export type RightsDetail = components["schemas"]["RightsDetail"];

export type ConsentList = components["schemas"]["ConsentList"];
export type Assessment = components["schemas"]["Assessment"];
export type AssessmentList = components["schemas"]["AssessmentList"];

export const consent_purposes = ["electronic_contact", "automation", "workplace", "sensitive_data", "entrusting"] as const;
export const consent_ways = ["phone", "counter", "letter", "email", "online", "contract"] as const;
export const occasions = ["automated", "sensitive", "entrusted", "provided", "abroad", "other"] as const;
export const request_kinds = ["access", "correct", "erase", "restrict", "object", "withdraw_consent"] as const;
export const ways_received = ["counter", "phone", "letter", "email", "online", "regulator"] as const;
export const identities = ["original_id", "callback", "bank_verified", "power_of_attorney"] as const;

// What may be done with a request as it stands. A refused or expired approval leaves it waiting; the
// server takes another answer then.
export function steps_open(detail: RightsDetail): { answer: boolean; grant: boolean; review: boolean; copy: boolean } {
  const { state, kind, copy_until } = detail.request;
  const answer = state === "open" || state === "waiting";
  return {
    answer,
    grant: answer && !(kind === "erase" && detail.duties.length > 0),
    review: state === "review",
    copy: kind === "access" && !!copy_until,
  };
}

export function days_class(one: RightsRequest): string {
  if (one.ended_at) return "chip";
  if (one.days_left < 0) return "chip bad";
  return one.days_left <= 3 ? "chip warn" : "chip info";
}
