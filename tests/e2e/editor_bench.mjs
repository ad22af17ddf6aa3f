// How a big table edits: time to open, keystroke to paint, scrolling. Real Chromium, built pages,
// invented data (no server is measured here, only the page).
//   node tests/e2e/editor_bench.mjs [ROWS] [COLUMNS] [KEYS]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { here, open_browser } from "./browser.mjs";

const [rows = 1000, columns = 10, keys = 200] = process.argv.slice(2).map(Number);
const port = 8787;
const fake = spawn("node", [join(here, "fake_api/server.mjs"), String(port)], { stdio: "ignore" });
const base = `http://127.0.0.1:${port}`;
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const ms = (value) => `${value.toFixed(1)} ms`;
const { page, problems, close } = await open_browser();
try {
  await new Promise((resolve) => setTimeout(resolve, 600));
  await page.goto(`${base}/sign-in`);
  await page.fill("#user_name", "a01");
  await page.fill("#password", "x");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  const opened = [];
  for (let turn = 0; turn < 3; ++turn) {
    await page.goto(`${base}/tables`);
    const begun = Date.now();
    await page.goto(`${base}/tables/big/edit?draft=big-${rows}x${columns}`);
    await page.locator('[data-coords="0:0"] .content-editable').waitFor({ timeout: 120_000 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    opened.push(Date.now() - begun);
  }
  // From the key event to the second frame after it: by then the letter has been painted.
  await page.evaluate(() => {
    window.keys_ms = [];
    window.long_ms = [];
    new PerformanceObserver((list) => window.long_ms.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask" });
    document.addEventListener(
      "keydown",
      (event) => {
        const begun = event.timeStamp;
        requestAnimationFrame(() => {
          const told = new MessageChannel();
          told.port1.onmessage = () => window.keys_ms.push(performance.now() - begun);
          told.port2.postMessage(0);
        });
      },
      true,
    );
  });
  const box = page.locator(".tjs-table-container");
  const per_cell = 20;
  for (let typed = 0, cell = 0; typed < keys; typed += per_cell, ++cell) {
    const row = (cell * 97) % rows;
    await box.evaluate((one, top) => (one.scrollTop = top), Math.max(0, row * 31 - 100));
    const field = page.locator(`[data-coords="${row}:${cell % columns}"] .content-editable`);
    await field.click();
    await page.keyboard.type('"一x2345678901234567890"'.slice(0, per_cell), { delay: 45 });
  }
  await page.waitForTimeout(1200);
  const typed = await page.evaluate(() => ({ keys: window.keys_ms, long: window.long_ms }));
  // Scrolling: how long a frame takes while the wheel turns.
  const frames = await page.evaluate(async () => {
    const place = document.querySelector(".tjs-table-container");
    place.scrollTop = 0;
    const spans = [];
    let last = performance.now();
    for (let step = 0; step < 180; ++step) {
      place.scrollTop += 160;
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      spans.push(now - last);
      last = now;
    }
    return spans;
  });
  const nodes = await page.evaluate(() => document.querySelectorAll(".dmn-editor td").length);
  console.log(`table of ${rows} rows x ${columns} inputs; cells in the page ${nodes}`);
  console.log(`opens (navigation to the first cell painted): ${opened.map((one) => `${one} ms`).join(", ")}`);
  console.log(`keystroke to paint over ${typed.keys.length} keys: median ${ms(at(typed.keys, 0.5))}, p95 ${ms(at(typed.keys, 0.95))}, worst ${ms(at(typed.keys, 1))}`);
  console.log(`tasks over 50 ms while typing: ${typed.long.length}${typed.long.length ? `, longest ${ms(Math.max(...typed.long))}` : ""}`);
  console.log(`frame while scrolling: median ${ms(at(frames, 0.5))}, p95 ${ms(at(frames, 0.95))}, worst ${ms(at(frames, 1))}`);
  if (problems.length) console.log(problems.join("\n"));
} finally {
  await close();
  fake.kill();
}
