// What a sign-in was refused for, in plain words; the server says which by `where`.
import type { ApiError } from "@/api/client";
import { error_text } from "@/words/errors";
import { t, type Key } from "@/words/words";

const by_where: Record<string, Key> = {
  no_group: "sign_in.no_group",
  no_user: "sign_in.no_user",
  other_account: "sign_in.other_account",
  put_out: "sign_in.put_out",
  password_off: "sign_in.password_off",
  begin_again: "sign_in.begin_again",
};

export function sign_in_problem(error: ApiError): string {
  const known = by_where[error.where];
  if (known) return t(known);
  if (error.status === 429) return t("sign_in.wait");
  if (error.status === 503) return t("sign_in.elsewhere_silent");
  return [400, 401, 403].includes(error.status) ? t("sign_in.wrong") : error_text(error);
}

// At the provider a wrong password is the provider's to say: what comes back is a token or a refusal.
export function provider_problem(error: ApiError): string {
  if (by_where[error.where] || error.status === 429 || error.status === 503) return sign_in_problem(error);
  return error.status === 401 ? t("sign_in.provider_refused", { why: error.message }) : error_text(error);
}
