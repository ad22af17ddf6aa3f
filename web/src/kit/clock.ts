// The server's clock, so that countdowns are right on a machine whose own clock is not.
import { onUnmounted, ref, type Ref } from "vue";

let ahead_ms = 0;

export function set_server_now(instant: string): void {
  const ms = Date.parse(instant);
  if (!Number.isNaN(ms)) ahead_ms = ms - Date.now();
}
export function server_now(): number {
  return Date.now() + ahead_ms;
}

export function use_clock(): Ref<number> {
  const now = ref(server_now());
  const timer = window.setInterval(() => (now.value = server_now()), 1000);
  onUnmounted(() => window.clearInterval(timer));
  return now;
}
