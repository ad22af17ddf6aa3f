// card: "head" goes to the first line of a phone card, "hide" is left out of it.
export interface Column {
  key: string;
  title: string;
  num?: boolean;
  width?: string;
  cls?: string;
  card?: "head" | "hide";
}
