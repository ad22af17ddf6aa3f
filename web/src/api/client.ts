// The one door to the server: JSON in and out, the CSRF token on every change, and errors as
// ApiError with the server's own words. A lost session is announced once through `on_signed_out`.

import { set_server_now } from "@/kit/clock";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly where = "",
  ) {
    super(message);
  }
}

let csrf_token = "";
let signed_out: () => void = () => {};

export function set_csrf_token(token: string): void {
  csrf_token = token;
}
export function on_signed_out(act: () => void): void {
  signed_out = act;
}

export type Query = Record<string, string | number | boolean | undefined | null>;

export function query_text(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text ? `?${text}` : "";
}

async function read_error(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as {
      error?: { code?: string; message?: string; where?: string };
    };
    const error = body.error ?? {};
    return new ApiError(
      response.status,
      error.code ?? String(response.status),
      error.message ?? response.statusText,
      error.where ?? "",
    );
  } catch {
    return new ApiError(response.status, String(response.status), response.statusText);
  }
}

// What the server answers, where that is no error.
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  set_server_now(response.headers.get("date") ?? "");
  if (response.ok) return response;
  const error = await read_error(response);
  const signing_in = init.method === "POST" && ["/session", "/session/provider"].includes(path);
  if (response.status === 401 && !signing_in) signed_out();
  throw error;
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  const has_body = method === "POST" || method === "PUT";
  if (method !== "GET") headers["x-csrf-token"] = csrf_token;
  if (has_body) headers["content-type"] = "application/json";
  const response = await ask(path, {
    method,
    headers,
    body: has_body ? JSON.stringify(body ?? {}) : undefined,
  });
  return (await response.json()) as T;
}

// The bytes of an answer that is no JSON, and the name it is to be saved under.
export async function post_for_file(path: string, body: unknown): Promise<{ blob: Blob; name: string }> {
  const response = await ask(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": csrf_token },
    body: JSON.stringify(body),
  });
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  return { blob: await response.blob(), name: name ?? "document" };
}

export const get = <T>(path: string, query: Query = {}): Promise<T> =>
  call<T>("GET", path + query_text(query));
// A document that is no JSON.
export const get_text = async (path: string): Promise<string> => (await ask(path)).text();
export const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("PUT", path, body);
export const remove = <T>(path: string, query: Query = {}): Promise<T> =>
  call<T>("DELETE", path + query_text(query));
