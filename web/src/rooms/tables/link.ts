import { code, find_code } from "@/words/words";

// The address of a model file's page: no slash and no dot, which the server keeps for real files.
export function table_link(file: string, query: Record<string, string> = {}) {
  const name = file.replace(/\.dmn$/, "").replaceAll("/", "~");
  return { path: `/tables/${encodeURIComponent(name)}`, query };
}
export function table_api_path(name: string): string {
  return `/tables/${encodeURIComponent(`${name}.dmn`)}`;
}

// What a model file is about, and its path as people write it.
export function file_path(file: string): string {
  return file.replaceAll("~", "/");
}
export function file_title(file: string, title: string): string {
  const path = file_path(file).replace(/\.dmn$/, "");
  const name = path.split("/").pop() ?? file;
  return title && title !== name ? title : find_code("file", `${path}.dmn`) ?? code("table_file", name);
}
// A decision's title is in the model's own language; those all packs share have words of ours.
export function decision_title(name: string, title: string): string {
  return find_code("pack_table", name) ?? (title || name);
}
