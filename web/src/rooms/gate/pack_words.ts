// A pack as a compliance officer reads it: options as words with their unit, the sources of an option
// one by one, conditions with the option's value beside its name.
import { test_words, value_words, variable_word } from "@/rooms/tables/feel";
import { codes_in, t } from "@/words/words";
import type { PacksShown } from "./shapes";

export type PackOption = PacksShown["packs"][number]["options"][number];

const units = [
  { of: /^cap_|^lost_calls$/, key: "packs.times" },
  { of: /_days$/, key: "packs.n_days" },
  { of: /_minutes$/, key: "packs.minutes" },
  { of: /^visitors_/, key: "packs.persons" },
] as const;

export function option_words(option: Pick<PackOption, "name" | "value">): string {
  const unit = units.find((one) => one.of.test(option.name));
  const says = value_words(option.name, option.value);
  return unit && /^\d+$/.test(option.value) ? t(unit.key, { n: says }) : says;
}

// What else could be chosen, where it is one of a few words.
export function other_choices(option: Pick<PackOption, "name" | "value">): string[] {
  const choices = codes_in(option.name);
  return option.value in choices ? Object.keys(choices).filter((one) => one !== option.value).map((one) => choices[one]!) : [];
}

// The text of an option says what it is, then, where they disagree, each source, then the choices.
// Values in it stand as the table spells them.
export function meaning_parts(option: Pick<PackOption, "name" | "meaning">): { says: string; sources: string[]; choices: string } {
  const choice = codes_in(option.name);
  const text = option.meaning
    .replace(/"([a-z_]+)"/g, (whole, code: string) => (choice[code] ? `“${choice[code]}”` : whole))
    .replace(/改为(?=\d{3,4}即)/g, "可改为")
    .replace(/\d{3,4}即(?=\d{1,2}:\d\d)/g, "");
  const [says = "", told = ""] = text.split(/[，。]?各来源不一：/);
  const end = told.indexOf("。");
  const sources = end < 0 ? told : told.slice(0, end);
  return { says, sources: sources ? sources.split("；") : [], choices: end < 0 ? "" : told.slice(end + 1) };
}

export function condition_words(input: string, test: string, options: readonly PackOption[]): string {
  const named = (name: string): string => {
    const option = options.find((one) => `options.${one.name}` === name);
    return option ? t("packs.option_is", { name: variable_word(name), value: option_words(option) }) : variable_word(name);
  };
  return test_words(input, test, named);
}
