// The test cases of a table as a grid of text: RFC 4180 in and out. A line is a line of the file as the
// server counts it: 1 is the heading.
export interface Grid {
  head: string[];
  rows: string[][];
}

export function parse_csv(text: string): Grid {
  const lines: string[][] = [];
  let line: string[] = [];
  let field = "";
  let quoted = false;
  const end_line = (): void => {
    line.push(field);
    if (line.length > 1 || line[0] !== "") lines.push(line);
    line = [];
    field = "";
  };
  const source = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < source.length; ++at) {
    const letter = source[at]!;
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (source[at + 1] === '"') {
        field += '"';
        ++at;
      } else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ",") {
      line.push(field);
      field = "";
    } else if (letter === "\n") end_line();
    else if (letter !== "\r") field += letter;
  }
  if (field || line.length) end_line();
  const [head = [], ...rows] = lines;
  return { head, rows: rows.map((row) => head.map((_, at) => row[at] ?? "")) };
}

const quote = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

export function render_csv(grid: Grid): string {
  if (!grid.head.length) return "";
  return [grid.head, ...grid.rows].map((row) => row.map(quote).join(",")).join("\n") + "\n";
}
