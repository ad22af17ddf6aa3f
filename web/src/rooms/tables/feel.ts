// FEEL as a business reader says it. Only forms that are surely understood are put into words;
// anything else is shown as it stands in the model.
import { group, percent, yuan } from "@/kit/format";
import { code, language, t, variable_name } from "@/words/words";

// Columns that hold the codes of another one.
const same_as: Record<string, string> = {
  bucket_before: "bucket",
  lender_kind_of: "lender_kind",
  customer_bucket: "bucket",
  willingness_reason: "reason",
  ability_reason: "reason",
  role: "contact_role",
  point_channel: "channel",
  holds: "hold",
};

export function variable_of(expression: string): string {
  const parts = /([a-z_][a-z0-9_]*)\s*$/i.exec(expression.trim());
  return parts?.[1] ?? expression;
}
export function variable_word(name: string): string {
  return variable_name(variable_of(name)) ?? name;
}

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

function number_words(name: string, text: string): string {
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  if (/(^|_)minute$/.test(name)) return clock(value);
  if (name.endsWith("_fen")) return t("feel.yuan", { yuan: yuan(value).replace(/\.00$/, "") });
  if (name.endsWith("_bps")) return percent(value);
  if (name.endsWith("_ppm")) return `${(value / 10_000).toFixed(3)}%`;
  return Number.isInteger(value) ? (Math.abs(value) >= 10_000 ? group(value) : String(value)) : text;
}
function string_words(name: string, text: string): string {
  const variable = same_as[name] ?? name;
  return variable === "bucket" ? text : code(variable, text); // M2 is shorter than its days
}

// A value that a decision gave or was given: `"M2"`, `M2`, 1200, true.
export function value_words(name: string, text: string): string {
  const plain = text.trim();
  if (plain === "" || plain === "null") return "—";
  const variable = variable_of(name);
  const quoted = /^"([^"]*)"$/.exec(plain);
  if (quoted) return string_words(variable, quoted[1]!);
  if (plain === "true") return t("feel.yes");
  if (plain === "false") return t("feel.no");
  if (/^-?\d+(\.\d+)?$/.test(plain)) return number_words(variable, plain);
  return string_words(variable, plain);
}

export function split_tests(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; ++at) {
    const letter = text[at]!;
    if (letter === '"') quoted = !quoted;
    if (quoted) continue;
    if ("([{".includes(letter)) ++depth;
    if (")]}".includes(letter)) --depth;
    if (letter === "," && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter(Boolean);
}

const compare: Record<string, string> = { "<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "!=": "≠" };

const number = String.raw`-?\d+(?:\.\d+)?`;
const name = String.raw`[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*`;
const literal = new RegExp(`^("[^"]*"|true|false|null|${number})$`);
const comparison = new RegExp(`^(<=|>=|!=|<|>|=)\\s*(${number}|"[^"]*"|${name})$`);
const interval = new RegExp(`^([[(\\]])\\s*(${number}|${name})\\s*\\.\\.\\s*(${number}|${name})\\s*([\\])[])$`);

// A bound is a value of the column's, or another variable such as a pack's option.
type Named = (name: string) => string;
function bound_words(variable: string, text: string, named: Named): string {
  return /^[a-z]/.test(text) ? named(text) : value_words(variable, text);
}

// `list contains(?, "a") or list contains(?, "b")`, or with `and`.
function held_words(variable: string, text: string): string | undefined {
  const word = / or /.test(text) ? "or" : "and";
  const held = text.split(` ${word} `).map((part) => /^list contains\(\?, ("[^"]*")\)$/.exec(part.trim())?.[1]);
  if (held.some((one) => one === undefined)) return undefined;
  return t("feel.holds", { what: held.map((one) => value_words(variable, one!)).join(t(`feel.list_${word}`)) });
}

function one_test(variable: string, text: string, named: Named): string | undefined {
  if (literal.test(text)) return value_words(variable, text);
  const compared = comparison.exec(text);
  if (compared) return `${compare[compared[1]!]} ${bound_words(variable, compared[2]!, named)}`;
  const range = interval.exec(text);
  if (range) {
    const low = bound_words(variable, range[2]!, named);
    const high = bound_words(variable, range[3]!, named);
    if (range[1] === "[" && range[4] === "]") {
      return t("feel.range", { low: high.endsWith(" 元") ? low.replace(/ 元$/, "") : low, high });
    }
    const left = range[1] === "[" ? "≥" : ">";
    const right = range[4] === "]" ? "≤" : "<";
    return `${left} ${low} ${t("feel.and")} ${right} ${high}`;
  }
  const negated = /^not\s*\((.*)\)$/s.exec(text);
  if (negated) {
    const plain = negated[1]!.trim();
    if (plain === "true" || plain === "false") return t(`feel.not_${plain}`); // not known is neither
    const inner = list_words(variable, plain, named);
    return inner === undefined ? undefined : t("feel.not", { what: inner });
  }
  return held_words(variable, text);
}
function list_words(variable: string, text: string, named: Named): string | undefined {
  const parts = split_tests(text).map((part) => one_test(variable, part, named));
  if (parts.some((part) => part === undefined)) return undefined;
  return parts.join(language.value === "zh" ? "、" : ", ");
}

// A cell of a decision table over the variable that heads its column. `named`: what another variable
// it compares with is called.
export function test_words(expression: string, text: string, named: Named = variable_word): string {
  const plain = text.trim();
  if (plain === "" || plain === "-") return t("feel.any");
  return list_words(variable_of(expression), plain, named) ?? plain;
}
