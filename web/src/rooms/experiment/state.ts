// Which chip a state of an experiment, a check or a verdict is shown as.
const good = ["running", "ok", "better", "no_difference"];
const bad = ["refused", "bad", "worse", "guard_breached", "unsound", "breached"];

export function state_class(state: string): string[] {
  return ["chip", good.includes(state) ? "good" : bad.includes(state) ? "bad" : "warn"];
}
