// What waits for whoever is signed in, for the menu and for the pages it is about. Asked when a page is
// opened and after an answer, never by a clock: a page left open must not keep its session alive.
import { computed, ref } from "vue";
import { get } from "@/api/client";
import type { Approval, ApprovalLists } from "./shapes";

const lists = ref<ApprovalLists>();
export const waiting_count = computed(() => lists.value?.waiting.length ?? 0);

export function take_lists(answer: ApprovalLists): void {
  lists.value = answer;
}

export async function load_waiting(): Promise<void> {
  try {
    take_lists(await get<ApprovalLists>("/approvals"));
  } catch {
    lists.value = undefined; // the menu stands without its number; the inbox itself says what is wrong
  }
}

// The request about this that waits for my answer, or for another's to mine.
export function waiting_about(subject: string): Approval | undefined {
  return [...(lists.value?.waiting ?? []), ...(lists.value?.asked ?? [])].find((one) => one.subject === subject);
}
