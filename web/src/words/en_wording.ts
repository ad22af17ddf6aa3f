// What may be said.
export const en_wording = {
  "menu.wording": "Wording",
  "wording.title": "Check wording",
  "wording.note": "paste a text and see whether it may be said like this; nothing of it is kept",
  "wording.role": "Hearer",
  "wording.position": "Where",
  "wording.identity": "identity confirmed",
  "wording.hardship": "declared hardship",
  "wording.text": "The text",
  "wording.hint": "For example: 您好，我是海安银行的工作人员……",
  "wording.fine": "This may be said.",
  "wording.blocked": "This may not be said",
  "wording.warned": "This can be saved, but mind",
  "wording.instead": "Instead:",
  "wording.not_saved": "Not saved: change the marked words first.",
} as const;
