// What may come of a contact over a channel, in the order in which a caller meets them; the digits
// choose. Every channel can say that the contact was not made after all.
const spoken = [
  "connected_right_party",
  "promise",
  "no_answer",
  "busy",
  "connected_third_party",
  "refused",
  "wrong_number",
  "not_made",
  "unknown",
];
const written = ["sent", "delivered", "not_delivered", "not_made", "unknown"];
const visited = [
  "connected_right_party",
  "promise",
  "no_answer",
  "connected_third_party",
  "refused",
  "wrong_number",
  "not_made",
  "unknown",
];

export function outcomes_of(channel: string): string[] {
  if (channel === "visit") return visited;
  return channel.endsWith("call") ? spoken : written;
}
