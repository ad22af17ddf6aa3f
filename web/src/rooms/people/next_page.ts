// Where somebody wanted to go, kept in this tab while they are away at the provider.
// Only a path of our own: never another site's address.
export function own_path(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "";
}

const key = "evenhand.next";

export function keep_next(path: string): void {
  try {
    window.sessionStorage.setItem(key, path);
  } catch {
    // Without it the way back ends at the role's own first page.
  }
}

export function take_next(): string {
  try {
    const path = window.sessionStorage.getItem(key);
    window.sessionStorage.removeItem(key);
    return own_path(path);
  } catch {
    return "";
  }
}
