// Whom or what a fact is about, as people say it: "customer:C1" is a customer, "user:7" has a name. What an
// auditor may not see is a "…" already when it comes.
import { person } from "@/kit/person";
import { find_code } from "@/words/words";

export function subject_words(subject: string): string {
  const at = subject.indexOf(":");
  const kind = at < 0 ? subject : subject.slice(0, at);
  const word = find_code("subject_kind", kind);
  if (!word) return subject;
  const id = at < 0 ? "" : subject.slice(at + 1);
  return `${word} ${kind === "user" && id !== "…" ? person(subject) : id}`.trim();
}
