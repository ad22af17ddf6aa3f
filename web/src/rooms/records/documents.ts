// What the server takes as kinds, sources and reasons (records/types.h), and bytes as text.
export const document_kinds = ["letter", "recording", "agreement", "notice", "photo", "identity", "payment_receipt", "complaint", "court", "other"] as const;
export const document_sources = ["staff", "customer", "agency", "court", "bank", "system"] as const;
export const read_reasons = ["case_work", "complaint", "court", "audit", "customer_request"] as const;
export const upload_bytes_max = 20 * 1024 * 1024;

export function base64_of(bytes: Uint8Array): string {
  let text = "";
  // Part by part: a call with millions of arguments would not fit the stack.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export function size_text(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${Math.round(kib)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
