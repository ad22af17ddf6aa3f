// The entries of a decision that is a context, the options of a pack for one: the server's view of a file
// has tables and expressions only, its DMN has them all.
export interface ContextEntry {
  name: string;
  value: string; // FEEL
  meaning: string;
}

const named = (parent: Element, name: string) => [...parent.children].find((one) => one.localName === name);

export function context_entries(model: Document, decision: string): ContextEntry[] {
  const found = [...model.getElementsByTagNameNS("*", "decision")].find((one) => one.getAttribute("name") === decision);
  const context = found && named(found, "context");
  return [...(context?.children ?? [])]
    .filter((one) => one.localName === "contextEntry")
    .map((entry) => ({
      name: named(entry, "variable")?.getAttribute("name") ?? "",
      value: (named(entry, "literalExpression")?.textContent ?? "").trim(),
      meaning: (named(entry, "description")?.textContent ?? "").trim(),
    }))
    .filter((one) => one.name && one.value);
}
