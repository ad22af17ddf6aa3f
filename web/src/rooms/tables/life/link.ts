import type { RouteLocationRaw } from "vue-router";

// The pages of a file's life; the file as it stands in an address (no ".dmn", "~" for "/").
export type LifePage = "edit" | "versions" | "diff" | "review";
export function life_link(file: string, page: LifePage, query: Record<string, string> = {}): { path: string; query: Record<string, string> } {
  const name = file.replace(/\.dmn$/, "").replaceAll("/", "~");
  return { path: `/tables/${encodeURIComponent(name)}/${page}`, query };
}
export function simulate_link(version_id: string, nights = "0"): RouteLocationRaw {
  return { path: "/simulations", query: { version: version_id, nights } };
}
// "packs~x" of an address is "packs/x.dmn" of the API.
export function api_file(file: string): string {
  return `${file.replace(/\.dmn$/, "").replaceAll("~", "/")}.dmn`;
}
