// What a .dmn needs before dmn-js can show it, and what is taken away again before it is kept: dmn-js
// wants an id on every cell and a drawing of the diagram; files of analysts and of other tools have
// neither, and newer ones say a newer namespace for what is the same.
import { lay_out } from "./drd_layout";
import type { Moddle } from "./types";

const model = "https://www.omg.org/spec/DMN/20191111/MODEL/";
const drawing = "https://www.omg.org/spec/DMN/20191111/DMNDI/";
const made = "evh_";

export function before_import(xml: string): string {
  return unique_rule_ids(
    xml
      .replaceAll("https://www.omg.org/spec/DMN/20211108/MODEL/", model)
      .replaceAll("https://www.omg.org/spec/DMN/20230324/MODEL/", model)
      .replaceAll("https://www.omg.org/spec/DMN/20211108/DMNDI/", drawing)
      .replaceAll("https://www.omg.org/spec/DMN/20230324/DMNDI/", drawing),
  );
}

// Two rows of one name: the parser would drop the second one. Nothing refers to a row by its id.
function unique_rule_ids(xml: string): string {
  const seen = new Set<string>();
  return xml.replace(/(\sid=")([^"]*)(")/g, (_whole, before: string, id: string, after: string, at: number) => {
    if (!seen.has(id) || !/<rule$/.test(xml.slice(0, at))) {
      seen.add(id);
      return before + id + after;
    }
    let next = 2;
    while (seen.has(`${id}_${next}`)) ++next;
    seen.add(`${id}_${next}`);
    return `${before}${id}_${next}${after}`;
  });
}

// What the parser said it could not read would be gone after a save.
export function lost(warnings: { message: string }[]): string[] {
  return warnings.map((one) => one.message.split("\n")[0] ?? "").filter((one) => /unparsable|unknown|unrecognized/.test(one));
}

export function after_import(definitions: Moddle, claim: (id: string, element: Moddle) => void): void {
  let count = 0;
  const name = (element: Moddle | undefined): void => {
    if (!element || element.id) return;
    element.id = `${made}${(++count).toString(36)}`;
    claim(element.id, element);
  };
  for (const element of definitions.drgElement ?? []) {
    name(element);
    for (const need of [
      ...(element.informationRequirement ?? []),
      ...(element.knowledgeRequirement ?? []),
      ...(element.authorityRequirement ?? []),
    ]) {
      name(need);
    }
    const table = element.decisionLogic;
    name(table);
    if (table?.$type !== "dmn:DecisionTable") continue;
    for (const column of [...(table.input ?? []), ...(table.output ?? [])]) name(column);
    for (const column of table.input ?? []) name(column.inputExpression);
    for (const rule of table.rule ?? []) {
      name(rule);
      for (const entry of [...(rule.inputEntry ?? []), ...(rule.outputEntry ?? [])]) name(entry);
    }
  }
  if (!definitions.dmnDI) lay_out(definitions);
}

// Cells need no ids in a file; leaving them out keeps the difference to the last version small.
export function before_save(xml: string): string {
  return xml
    .replace(/ id="evh_[0-9a-z]+"/g, "")
    .replace(/(<(?:\w+:)?(?:inputEntry|outputEntry))((?:\s[^>]*?)?)\sid="[^"]*"/g, "$1$2");
}
