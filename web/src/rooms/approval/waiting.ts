// How many wait for whoever is signed in, for the menu. Asked when a page is opened and after an
// answer, never by a clock: a page left open must not keep its session alive.
import { ref } from "vue";
import { get } from "@/api/client";
import { as_api_error } from "@/kit/load";
import type { ApprovalLists } from "./shapes";

export const waiting_count = ref(0);

export async function count_waiting(): Promise<void> {
  try {
    waiting_count.value = (await get<ApprovalLists>("/approvals")).waiting.length;
  } catch (failure) {
    as_api_error(failure);  // the menu stands without its number; the page itself says what is wrong
    waiting_count.value = 0;
  }
}
