// card: "head" goes to the first line of a phone card, "hide" is left out of it,
// "wide" has a line of the card to itself.
export interface Column {
  key: string;
  title: string;
  num?: boolean;
  width?: string;
  cls?: string;
  card?: "head" | "hide" | "wide";
}
