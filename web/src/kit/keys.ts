// The keyboard, in one place: pages say what a key does while they are shown, `?` lists it.
// Keys rest while someone types or a dialog is open (Escape still closes the dialog itself).
import { onMounted, onUnmounted, shallowReactive, toRaw } from "vue";
import type { Key } from "@/words/words";

export interface KeyAct {
  keys: string[];
  says: Key;
  act: (key: string) => void;
}
export const key_layers: KeyAct[][] = shallowReactive([]);

let waiting = "";
let waiting_since = 0;

function busy(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement | null;
  if (at?.closest("input,textarea,select,[contenteditable],.el-select,.el-date-editor")) {
    const input = at as HTMLInputElement;
    if (!["checkbox", "radio"].includes(input.type)) return true;
  }
  return [...document.querySelectorAll<HTMLElement>(".el-overlay")].some(
    (box) => box.style.display !== "none",
  );
}

function find(pressed: string): KeyAct | undefined {
  for (let layer = key_layers.length - 1; layer >= 0; --layer) {
    const hit = key_layers[layer]?.find((entry) => entry.keys.includes(pressed));
    if (hit) return hit;
  }
  return undefined;
}

function on_key(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event)) return;
  const at = event.target as HTMLElement | null;
  if (event.key === "Enter" && at?.closest("a,button,summary,[role=tab],[role=radio]")) return;
  const pair = Date.now() - waiting_since < 1200 ? `${waiting} ${event.key}` : "";
  waiting = "";
  const hit = (pair && find(pair)) || find(event.key);
  if (hit) {
    event.preventDefault();
    hit.act(event.key);
  } else if (event.key === "g") {
    waiting = "g";
    waiting_since = Date.now();
  }
}

export function start_keys(): void {
  window.addEventListener("keydown", on_key);
}

export function use_keys(acts: KeyAct[]): void {
  onMounted(() => key_layers.push(acts));
  onUnmounted(() => {
    const at = key_layers.findIndex((layer) => toRaw(layer) === acts);
    if (at >= 0) key_layers.splice(at, 1);
  });
}
