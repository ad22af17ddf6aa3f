// The address of a model file's page: no slash and no dot, which the server keeps for real files.
export function table_link(file: string, query: Record<string, string> = {}) {
  const name = file.replace(/\.dmn$/, "").replaceAll("/", "~");
  return { path: `/tables/${encodeURIComponent(name)}`, query };
}
export function table_api_path(name: string): string {
  return `/tables/${encodeURIComponent(`${name}.dmn`)}`;
}
