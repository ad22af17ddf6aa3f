// Values as people read them. Money comes as int fen and is never made a fraction of a float:
// the yuan and the fen are written apart.

export function yuan(fen: number | null | undefined): string {
  if (fen === null || fen === undefined) return "—";
  const sign = fen < 0 ? "−" : "";
  const whole = Math.abs(Math.trunc(fen));
  const cents = String(whole % 100).padStart(2, "0");
  return `${sign}${group(Math.floor(whole / 100))}.${cents}`;
}

// For headings and charts: 12,345 yuan stays, above that 万 / 亿 (or k / M / B).
export function yuan_short(fen: number, language: string): string {
  const value = fen / 100;
  const size = Math.abs(value);
  const steps: [number, string][] =
    language === "zh"
      ? [[1e8, " 亿"], [1e4, " 万"]]
      : [[1e9, "B"], [1e6, "M"], [1e4, "k"]];
  for (const [step, word] of steps) {
    if (size < step) continue;
    const unit = word === "k" ? 1e3 : step;
    const scaled = value / unit;
    const [whole, part] = scaled.toFixed(Math.abs(scaled) < 100 ? 2 : 1).split(".");
    return `${group(Number(whole))}${Number(part) ? `.${part}` : ""}${word}`;
  }
  return group(Math.round(value));
}

export function group(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

export function percent(bps: number | null | undefined, digits = 2): string {
  if (bps === null || bps === undefined) return "—";
  return `${(bps / 100).toFixed(digits)}%`;
}

// The yuan a person typed, as fen; undefined when it is not an amount. No floats: "0.29" is 29.
export function parse_yuan(text: string): number | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.replace(/[,，\s¥￥]/g, ""));
  if (!match) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

// Instants arrive with +08:00 and are shown in China time whatever the browser's zone is.
const CHINA_MS = 8 * 3600_000;
export function china(instant: number | string): Date {
  const ms = typeof instant === "number" ? instant : Date.parse(instant);
  return new Date(ms + CHINA_MS);
}
const two = (value: number) => String(value).padStart(2, "0");

export function date_of(instant: number | string): string {
  const at = china(instant);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString().slice(0, 10);
}
export function clock_of(instant: number | string, seconds = false): string {
  const at = china(instant);
  if (Number.isNaN(at.getTime())) return "";
  return at.toISOString().slice(11, seconds ? 19 : 16);
}
export function moment(instant: string | null | undefined, today = ""): string {
  if (!instant) return "—";
  const date = date_of(instant);
  if (!date) return instant;
  if (date === today) return clock_of(instant);
  const shown = today && date.slice(0, 4) === today.slice(0, 4) ? date.slice(5) : date;
  return `${shown} ${clock_of(instant)}`;
}

// The day of an instant, as `moment` writes it beside today.
export function day(instant: string, today: string): string {
  const date = date_of(instant);
  return date && today && date.slice(0, 4) === today.slice(0, 4) ? date.slice(5) : date || instant;
}

export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}
export function wall(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : duration(ms);
}

export function add_days(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

// "HH:MM" as a share of the day, for the beam.
export function share_of_day(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return (hours * 60 + minutes) / 1440;
}
