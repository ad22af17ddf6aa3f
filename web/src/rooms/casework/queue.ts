// The list a case was opened from, so that the case page can step to its neighbours.
import { ref } from "vue";

export const queue = ref<{ path: string; case_ids: string[] }>({ path: "/cases", case_ids: [] });

export function neighbour(case_id: string, step: number): string | undefined {
  const at = queue.value.case_ids.indexOf(case_id);
  return at < 0 ? undefined : queue.value.case_ids[at + step];
}
