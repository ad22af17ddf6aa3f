// The gate's kinds of hold, the common ones first.
export const hold_kinds = [
  "dispute",
  "complaint",
  "hardship",
  "plan",
  "lost",
  "deceased",
  "counsel",
  "minor",
  "incapable",
  "bankrupt",
  "limitation",
  "cease",
  "no_automation",
];
