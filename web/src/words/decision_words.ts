// The words of the decision tables are the tables' own: decisions/words.csv, read at build time, so
// a code has one spelling in the tables, on the server and on the pages.
import text from "../../../decisions/words.csv?raw";

export interface Word {
  zh: string;
  en: string;
}

// RFC 4180, a line at a time: words hold commas, never line breaks.
export function csv_fields(line: string): string[] {
  const fields: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(,|$)/g;
  for (const match of line.matchAll(pattern)) {
    const field = match[1] ?? "";
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (match[2] === "") break;
  }
  return fields;
}

function parse_words(csv: string): Map<string, Word> {
  const words = new Map<string, Word>();
  for (const line of csv.split(/\r?\n/).slice(1)) {
    const [variable, value, zh, en] = csv_fields(line);
    if (variable && zh !== undefined && en !== undefined) words.set(`${variable}/${value}`, { zh, en });
  }
  return words;
}

const words = parse_words(text);

export function decision_word(variable: string, value: string): Word | undefined {
  return words.get(`${variable}/${value}`);
}

// The codes that a variable can have, in the order of the tables' list; `none` is nobody's choice.
export function codes_of(variable: string): string[] {
  const start = `${variable}/`;
  return [...words.keys()]
    .filter((key) => key.startsWith(start) && key !== start)
    .map((key) => key.slice(start.length))
    .filter((value) => value !== "none");
}
