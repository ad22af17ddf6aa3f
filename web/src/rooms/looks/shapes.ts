// What the pages of looks ask and get; the codes' words are in words/codes_*.
import type { components } from "@/api/schema";

export type Look = components["schemas"]["LookRow"];
export type LookList = components["schemas"]["LookList"];
export type Unmasking = components["schemas"]["Unmasking"];
export type Unmaskings = components["schemas"]["Unmaskings"];
export type UnmaskOut = components["schemas"]["UnmaskOut"];
export type LookAlert = components["schemas"]["LookAlert"];
export type LookAlerts = components["schemas"]["LookAlerts"];
export type SecurityReport = components["schemas"]["SecurityReport"];

export const unmask_reasons = ["identity_check", "customer_asked", "correction", "complaint", "legal", "inspection", "other"] as const;

// A user's looks of a period in one line: every kind with its count, the most first.
export interface UserTotal {
  user_name: string;
  total: number;
  kinds: { kind: string; looks: number }[];
}
export function totals_by_user(looks: SecurityReport["looks"]): UserTotal[] {
  const users = new Map<string, UserTotal>();
  for (const one of looks) {
    const user = users.get(one.user_name) ?? { user_name: one.user_name, total: 0, kinds: [] };
    user.total += one.looks;
    user.kinds.push({ kind: one.kind, looks: one.looks });
    users.set(one.user_name, user);
  }
  for (const user of users.values()) user.kinds.sort((a, b) => b.looks - a.looks);
  return [...users.values()].sort((a, b) => b.total - a.total);
}
