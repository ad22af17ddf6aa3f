// The pages' own dictionary: flat keys, `{name}` places, checked by the compiler in both languages.
// 中文 is the default; the choice is kept in the browser.
import { ref, watchEffect } from "vue";
import { decision_word } from "./decision_words";
import { codes_en } from "./codes_en";
import { codes_zh } from "./codes_zh";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "zh" | "en";
export type Key = keyof typeof zh;

const kept = "evenhand.language";

function first_language(): Language {
  try {
    return window.localStorage.getItem(kept) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}

export const language = ref<Language>(first_language());

export function set_language(next: Language): void {
  language.value = next;
  try {
    window.localStorage.setItem(kept, next);
  } catch {
    // A browser that keeps nothing still shows the chosen language until the page is left.
  }
}

watchEffect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text: string = language.value === "zh" ? zh[key] : en[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

// The word for a code of the server's; a code not known here is shown as it came.
export function code(group: string, value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return "—";
  return find_code(group, value) ?? value;
}

// The words of a group, by code; none: empty.
export function codes_in(group: string): Record<string, string> {
  const groups: Record<string, Record<string, string>> =
    language.value === "zh" ? codes_zh : codes_en;
  return groups[group] ?? {};
}

// No word: undefined.
export function find_code(group: string, value: string): string | undefined {
  return codes_in(group)[value] ?? decision_word(group, value)?.[language.value];
}

// What a variable of a decision is called.
export function variable_name(name: string): string | undefined {
  return find_code("variable", name) ?? decision_word(name, "")?.[language.value];
}

// A treatment as the server calls it: its words may be newer than these pages.
export function treatment_word(row: {
  treatment: string;
  treatment_text: string;
  treatment_text_en?: string;
}): string {
  const text = language.value === "zh" ? row.treatment_text : row.treatment_text_en;
  return text || code("treatment", row.treatment);
}
