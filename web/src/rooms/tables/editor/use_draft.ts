// A draft being edited: what the server has, what was changed since, the check that follows the typing,
// and saving it without running over somebody else's save.
import { computed, onUnmounted, ref, shallowRef } from "vue";
import { ApiError, get, post, put } from "@/api/client";
import type { Analysis, Draft } from "@/api/tables";
import { as_api_error } from "@/kit/load";

// After the last keystroke. Writing a long table out takes a while, so there it waits for a real pause.
const check_after_ms = (xml_bytes: number): number => (xml_bytes > 400_000 ? 1500 : 700);

export function use_draft(version_id: string, current_xml: () => Promise<string>) {
  const draft = shallowRef<Draft>();
  const error = shallowRef<ApiError>();
  const analysis = shallowRef<Analysis>({ problem: "", findings: [], tests: [] });
  const tests_csv = ref("");
  const note = ref("");
  const dirty = ref(false);
  const checking = ref(false);
  const saving = ref(false);
  const saved_at = ref("");
  const stale = ref(false); // the findings are of an older text than the one shown
  const conflict = shallowRef<Draft>();
  let timer = 0;
  let turn = 0;
  const path = `/drafts/${encodeURIComponent(version_id)}`;

  function take(answer: Draft): void {
    draft.value = answer;
    analysis.value = { problem: answer.problem, findings: answer.findings, tests: answer.tests };
    tests_csv.value = answer.tests_csv;
    note.value = answer.version.note;
    saved_at.value = answer.version.saved_at ?? "";
    dirty.value = false;
    stale.value = false;
    conflict.value = undefined;
  }
  async function load(): Promise<void> {
    try {
      take(await get<Draft>(path));
      error.value = undefined;
    } catch (problem) {
      error.value = as_api_error(problem);
    }
  }

  // Once the typing rests; only the newest answer counts.
  async function check(): Promise<void> {
    window.clearTimeout(timer);
    const mine = ++turn;
    checking.value = true;
    try {
      const xml = await current_xml();
      const answer = await post<Analysis>(`${path}/check`, { xml, tests_csv: tests_csv.value });
      if (mine !== turn) return;
      analysis.value = answer;
      stale.value = false;
    } catch (problem) {
      if (mine === turn) analysis.value = { ...analysis.value, problem: as_api_error(problem).message || "…" };
    } finally {
      if (mine === turn) checking.value = false;
    }
  }
  function changed(): void {
    dirty.value = true;
    stale.value = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void check(), check_after_ms(draft.value?.xml.length ?? 0));
  }

  async function save(over?: number): Promise<boolean> {
    if (!draft.value || saving.value) return false;
    window.clearTimeout(timer);
    ++turn;
    checking.value = false;
    saving.value = true;
    try {
      const xml = await current_xml();
      const body = { xml, tests_csv: tests_csv.value, note: note.value, revision: over ?? draft.value.version.revision };
      take(await put<Draft>(path, body));
      return true;
    } catch (problem) {
      const fault = as_api_error(problem);
      if (fault.status !== 409) throw fault;
      conflict.value = await get<Draft>(path);
      return false;
    } finally {
      saving.value = false;
    }
  }
  onUnmounted(() => window.clearTimeout(timer));
  const open = computed(() => ["draft", "returned"].includes(draft.value?.version.state ?? ""));
  return { draft, error, analysis, tests_csv, note, dirty, checking, saving, saved_at, stale, conflict, open, load, take, check, changed, save };
}
