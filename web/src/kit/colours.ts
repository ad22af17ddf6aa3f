// The chips' ramp again, for canvases: they cannot read a stylesheet.
export const bucket_colours: Record<string, string> = {
  M0: "#8cc7b5",
  M1: "#bccb6e",
  M2: "#efc94c",
  M3: "#f0a24a",
  M4: "#e57b4f",
  M5: "#d2584e",
  M6: "#a83a37",
  "M6+": "#6d1a20",
};
export const bucket_order = ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M6+"];
