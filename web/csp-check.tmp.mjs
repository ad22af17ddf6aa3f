import { chromium } from 'playwright-core';
const pw = process.argv[2];
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const p = await b.newPage({ viewport: { width: 1366, height: 768 } });
p.on('console', m => { if (m.type() === 'error') console.log('CONSOLE', m.text().slice(0, 300)); });
p.on('response', r => { if (r.status() >= 400) console.log('HTTP', r.status(), r.url()); });
await p.goto('http://127.0.0.1:18613/');
await p.waitForTimeout(1500);
console.log(p.url());
const inputs = await p.$$('input');
await inputs[0].fill('lead1'); await inputs[1].fill(pw); await p.keyboard.press('Enter');
await p.waitForTimeout(2500);
for (const u of ['/dashboard', '/team', '/cases', '/tables', '/users', '/nights', '/imports']) {
  await p.goto('http://127.0.0.1:18613' + u); await p.waitForTimeout(1800);
  if (u === '/dashboard') { const c = await p.$('canvas'); if (c) { const x = await c.boundingBox(); await p.mouse.move(x.x + x.width / 3, x.y + x.height / 2); await p.waitForTimeout(600); } await p.screenshot({ path: '/work/scratch/api-dash.png' }); }
  console.log(u, (await p.title()), (await p.textContent('body')).length);
}
await b.close();
