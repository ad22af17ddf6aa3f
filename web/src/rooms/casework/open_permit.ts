// A permit whose outcome is not logged yet, kept over a reload of this tab: without the number,
// which is shown once, but with what is needed to say what came of it.
export interface OpenPermit {
  case_id: string;
  permit_id: string;
  channel: string;
  purpose: string;
  expires_at: string;
  granted_ms: number;
}
const kept = "evenhand.open_permit";

export function keep_permit(permit: OpenPermit): void {
  sessionStorage.setItem(kept, JSON.stringify(permit));
}
export function forget_permit(): void {
  sessionStorage.removeItem(kept);
}
export function kept_permit(): OpenPermit | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(kept) ?? "null") as OpenPermit | null) ?? undefined;
  } catch {
    return undefined;
  }
}
