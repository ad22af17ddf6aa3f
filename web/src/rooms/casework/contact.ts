// What a contact point can be used for, the gate's own words.
export function ways_of(kind: string): string[] {
  switch (kind) {
    case "mobile":
      return ["call", "sms"];
    case "phone":
      return ["call"];
    case "email":
      return ["email"];
    case "address":
      return ["letter", "visit"];
    default:
      return ["call"];
  }
}

// Asking twice with one key gives the same permit: a double click spends nothing.
export function new_key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
