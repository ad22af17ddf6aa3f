// An experiment on the pages: asked for by an analyst, approved by another, looked at; and what may
// be offered on a case. The challenger is drafted and released over the API, as its own walk shows.
import { expect } from "./walk.mjs";

// One call as whoever is signed in on the page.
async function api(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const session = await (await fetch("/api/v1/session")).json();
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers: { "content-type": "application/json", "x-csrf-token": session.csrf_token },
        body: method === "GET" ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
      return text.startsWith("{") ? JSON.parse(text) : text;
    },
    [method, path, body],
  );
}

async function release_challenger(walk, reviewer) {
  const { page } = walk;
  const xml = await api(page, "GET", "/tables/treatment.dmn/xml");
  const changed = xml.replaceAll('<outputEntry><text>"learn_why_call"', '<outputEntry><text>"instalment_offer_call"');
  const draft = await api(page, "POST", "/drafts", { file: "treatment.dmn", note: "先谈分期", xml: changed });
  const id = draft.version.version_id;
  const saved = await api(page, "PUT", `/drafts/${id}`, {
    xml: changed,
    tests_csv: draft.tests_csv.replaceAll(",learn_why_call,", ",instalment_offer_call,"),
    note: draft.version.note,
    revision: draft.version.revision,
  });
  const { simulation_id } = await api(page, "POST", "/simulations", { version_ids: [id], nights: 0, seed: 1 });
  for (let i = 0; i < 240; i++) {
    const { state } = await api(page, "GET", `/simulations/${simulation_id}`);
    if (state === "done") break;
    expect(["queued", "running"].includes(state), state).toBe(true);
    await page.waitForTimeout(250);
  }
  await api(page, "POST", `/drafts/${id}/submit`, { note: "" });
  await walk.sign_in(reviewer);
  await api(page, "POST", `/drafts/${id}/review`, { verdict: "trial", note: "可以试" });
  return saved.version.version;
}

export async function walk_experiment(walk, analyst, reviewer, case_path) {
  const { page } = walk;
  let version = "";
  await walk.check("a challenger is released for trial", async () => {
    await walk.sign_in(analyst);
    version = await release_challenger(walk, reviewer);
    expect(version).toMatch(/^[0-9a-f]{12}$/);
  });
  await walk.check("an analyst asks for an experiment, and cannot approve it", async () => {
    await walk.sign_in(analyst);
    await walk.go("/experiments");
    await page.getByRole("button", { name: "申请试验" }).click();
    await page.fill("#experiment_what", "M1 先谈分期");
    await page.fill("#experiment_name", "offer-early");
    await page.fill("#experiment_version", version);
    await page.getByRole("dialog").getByRole("button", { name: "提交申请" }).click();
    await page.getByText("已提交，须由另一人批准。").waitFor();
    await page.getByRole("link", { name: "M1 先谈分期" }).click();
    await page.getByText("自己申请的试验，须由另一人批准。").waitFor();
    expect(await page.getByRole("button", { name: "批准并分组" }).isDisabled()).toBe(true);
  });
  const path = new URL(page.url()).pathname;
  await walk.check("another approves it, and the split is shown", async () => {
    await walk.sign_in(reviewer);
    await walk.go(path);
    await page.getByRole("button", { name: "批准并分组" }).click();
    await page.locator(".chip", { hasText: "待开始" }).waitFor();
    await page.getByText("数据不够").first().waitFor();
    expect(await page.locator("section", { hasText: "均衡" }).locator("tbody tr").count()).toBeAbove(5);
  });
  await walk.look("experiments", "/experiments");
  await walk.look("experiment", path);
  if (case_path) {
    await walk.check("the case says what may be offered, with the row", async () => {
      await walk.go(case_path);
      await page.getByRole("heading", { name: "可提出的优惠" }).waitFor();
      expect(await page.locator("section", { hasText: "可提出的优惠" }).locator("a[href*='offer']").count() +
        await page.locator("section", { hasText: "可提出的优惠" }).locator(".twist").count()).toBeAbove(0);
    });
    await walk.look("case-offers", case_path);
  }
}
