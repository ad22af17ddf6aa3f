// What the people who work here are called. The server names them by user name, in facts as "user:7"
// or "user:early1"; pages show names. Asked once for all pages, and once more for somebody who came since.
import { shallowRef } from "vue";
import { get } from "@/api/client";
import type { components } from "@/api/schema";
import { code, find_code } from "@/words/words";

type StaffNames = components["schemas"]["StaffNames"];

const names = shallowRef<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();
let asking = false;

function names_of(staff: StaffNames): Map<string, string> {
  const by_word = staff.items.flatMap((one): [string, string][] => [
    [one.user_name, one.shown_name],
    [`user:${one.user_id}`, one.shown_name],
    [`user:${one.user_name}`, one.shown_name],
  ]);
  return new Map(by_word);
}

async function ask(): Promise<void> {
  asking = true;
  try {
    names.value = names_of(await get<StaffNames>("/staff-names"));
  } catch {
    asked.clear(); // the next page asks again; until then user names stand
  } finally {
    asking = false;
  }
}

export function person(who: string | null | undefined): string {
  if (!who) return "—";
  const name = names.value.get(who);
  if (name) return name;
  const word = find_code("by", who); // the night, an import: nobody
  if (word) return word;
  if (!asked.has(who)) {
    asked.add(who);
    if (!asking) void ask();
  }
  return code("by", who);
}
