import "vue"; // before the stubs: it looks for a real document once, when it is loaded
import { expect, it, vi } from "vitest";

it("says whom or what a fact is about, never a key that stands for a person nobody may see", async () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => {} } });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  const items = [{ user_id: "7", user_name: "early1", shown_name: "李明" }];
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ items }), { status: 200 }));
  const { subject_words } = await import("./subject");
  subject_words("user:7");
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(["user:7", "user:…", "customer:C1", "legal_hold:9", "no such:1"].map(subject_words)).toEqual(["员工 李明", "员工 …", "客户 C1", "法定保留 9", "no such:1"]);
});
