// Errors in plain words: what happened and what to do, in the reader's language.
import type { ApiError } from "@/api/client";
import { t, type Key } from "./words";

const by_status: Record<number, Key> = {
  0: "error.unreachable",
  401: "error.signed_out",
  403: "error.forbidden",
  404: "error.not_found",
  409: "error.conflict",
  413: "error.too_large",
  429: "error.too_many",
  500: "error.server",
  503: "error.unavailable",
};

export function error_text(error: ApiError): string {
  const key = by_status[error.status];
  if (error.code === "page") return t("error.page", { message: error.message });
  if (!key) return t("error.other", { message: error.message || error.code });
  return error.status === 409 && error.message ? `${t(key)} ${error.message}` : t(key);
}
