// A text looked at while it is typed: asked a moment after the last key, and only the last answer
// counts. What the server says when the text is saved stands over it.
import { onScopeDispose, ref, watch, type Ref } from "vue";
import { post } from "@/api/client";

export interface Mark {
  from: number; // code points
  to: number;
  text: string;
  word_id: string;
  how: string;
  suggestion_zh: string;
  suggestion_en: string;
}
export interface Broken {
  code: string;
  wording_class: string;
  severity: "block" | "warn";
  citation: string;
  rank: string;
  certainty: string;
  reason_zh: string;
  reason_en: string;
  file: string;
  version: string;
  rule_id: string;
  row: number;
  marks: Mark[];
  suggestion_zh: string;
  suggestion_en: string;
}
export interface Verdict {
  allowed: boolean;
  refusals: Broken[];
}
export interface Hearing {
  role?: string;
  identity_confirmed?: boolean;
  hardship?: boolean;
  channel?: string;
  position?: string;
}

export interface Piece {
  text: string;
  severity: "" | "block" | "warn";
}

// The text in pieces, each marked as the strictest rule has it.
export function pieces_of(text: string, verdict: Verdict): Piece[] {
  const points = [...text];
  const severity: Piece["severity"][] = points.map(() => "");
  for (const broken of verdict.refusals) {
    for (const mark of broken.marks) {
      for (let at = mark.from; at < mark.to && at < points.length; ++at) {
        if (severity[at] !== "block") severity[at] = broken.severity;
      }
    }
  }
  const pieces: Piece[] = [];
  points.forEach((point, at) => {
    const last = pieces.at(-1);
    if (last && last.severity === severity[at]) last.text += point;
    else pieces.push({ text: point, severity: severity[at]! });
  });
  return pieces;
}

const pause_ms = 350;

export function use_checked(text: Ref<string>, hearing: () => Hearing) {
  const verdict = ref<Verdict>();
  const about = ref(""); // the text the verdict is about
  let turn = 0;
  let timer = 0;
  async function look(): Promise<void> {
    const mine = ++turn;
    const asked = text.value;
    if (!asked.trim()) {
      verdict.value = undefined;
      return;
    }
    try {
      const said = await post<Verdict>("/wording/check", { text: asked, ...hearing() });
      if (mine === turn) show(asked, said);
    } catch {
      // Saving asks again and says what is wrong; typing goes on meanwhile.
      if (mine === turn) verdict.value = undefined;
    }
  }
  function show(asked: string, said: Verdict): void {
    ++turn;
    about.value = asked;
    verdict.value = said;
  }
  watch([text, () => JSON.stringify(hearing())], () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void look(), pause_ms);
  });
  onScopeDispose(() => window.clearTimeout(timer));
  return { verdict, about, show };
}
