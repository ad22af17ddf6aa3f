import { expect, it } from "vitest";
import { readdirSync, readFileSync } from "node:fs";

// The lists are put together into one: a key in two of them would take the other page's words.
it.each(["zh", "en"])("says each thing once in %s", (language) => {
  const lists = new Map<string, string>();
  const twice: string[] = [];
  for (const file of readdirSync("src/words").filter((name) => new RegExp(`^${language}(_\\w+)?\\.ts$`).test(name))) {
    for (const [, key = ""] of readFileSync(`src/words/${file}`, "utf8").matchAll(/^ {2}"([\w.]+)":/gm)) {
      if (lists.has(key)) twice.push(`${key}: ${lists.get(key)}, ${file}`);
      lists.set(key, file);
    }
  }
  expect(lists.size).toBeGreaterThan(500);
  expect(twice).toEqual([]);
});
