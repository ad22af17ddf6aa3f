import "vue"; // before the stubs: it looks for a real document once, when it is loaded
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const staff = { items: [{ user_id: "7", user_name: "early1", shown_name: "李明" }] };
let asked: string[];
beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => {} } });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  asked = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify(staff), { status: 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());
const answered = () => new Promise((resolve) => setTimeout(resolve, 5));

it("names people by user name and by number, having asked once for all", async () => {
  const { person } = await import("./person");
  expect([person("early1"), person("user:7"), person("nobody")]).toEqual(["early1", "user:7", "nobody"]);
  await answered();
  expect([person("early1"), person("user:7"), person("user:early1"), person("nobody")]).toEqual(["李明", "李明", "李明", "nobody"]);
  expect(asked).toEqual(["/api/v1/staff-names"]);
  person("came_since");
  person("nobody");
  await answered();
  expect(asked).toHaveLength(2);
});

it("asks for nobody who is no person", async () => {
  const { person } = await import("./person");
  expect([person("night"), person(""), person(undefined)]).toEqual(["日终", "—", "—"]);
  await answered();
  expect(asked).toEqual([]);
});
