// Who is signed in. The session itself is the server's; here is only what it said of it.
import { computed, ref, type Ref } from "vue";
import { ApiError, get, post, remove, set_csrf_token } from "@/api/client";
import type { Role, Session, SignInBy, User } from "@/api/types";

export const user: Ref<User | undefined> = ref();
export const must_change_password = ref(false);
export const must_set_second_step = ref(false);
export const sign_in_by = ref<SignInBy>("password");
let asked = false;

function take(session: Session): void {
  set_csrf_token(session.csrf_token);
  user.value = session.user;
  must_change_password.value = session.must_change_password;
  must_set_second_step.value = session.must_set_second_step;
  sign_in_by.value = session.sign_in_by;
}

export function forget_session(): void {
  set_csrf_token("");
  user.value = undefined;
  must_change_password.value = false;
  must_set_second_step.value = false;
}

// Once per page load: a reload keeps the session that the cookie holds.
export async function restore_session(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    take(await get<Session>("/session"));
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    forget_session();
  }
}

// `code`: of the second step, once the server asked for it.
export async function sign_in(user_name: string, password: string, code?: string): Promise<void> {
  take(await post<Session>("/session", { user_name, password, code }));
  asked = true;
}

// Away to the provider; the way back ends in return_from_provider.
export async function go_to_provider(): Promise<void> {
  const { url } = await post<{ url: string }>("/session/provider/begin");
  window.location.assign(url);
}

// `code`: of our second step, once the server asked for it.
export async function return_from_provider(given: { state: string; authorization_code?: string; issuer?: string; code?: string }): Promise<void> {
  take(await post<Session>("/session/provider", given));
  asked = true;
}

export async function refresh_session(): Promise<void> {
  take(await get<Session>("/session"));
}

export async function sign_out(): Promise<void> {
  await remove("/session");
  forget_session();
}

export async function change_password(old_password: string, new_password: string): Promise<void> {
  await post("/session/password", { old_password, new_password });
  await refresh_session();
}

// Whether this role works cases: contacts, promises, notes, holds. An analyst only looks.
export const may_work = computed(() => has_role("collector", "lead", "admin"));

export function has_role(...roles: Role[]): boolean {
  return user.value !== undefined && roles.includes(user.value.role);
}
