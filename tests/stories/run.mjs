// Reads the stories, plays each on both stores, prints a line a story and the closing count.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseStories } from './parse.mjs';
import { World } from './world.mjs';
import { play } from './steps.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const names = process.argv.slice(2).filter((a) => !a.startsWith('-'));
const verbose = process.argv.includes('-v');
const stores = ['sqlite'];
if (process.env.EVENHAND_TEST_POSTGRES) stores.push('postgres');
else console.log('note: no PostgreSQL (EVENHAND_TEST_POSTGRES is not set): SQLite only');

let [passed, failed] = [0, 0];
for (const file of readdirSync(folder).filter((f) => f.endsWith('.story')).sort()) {
  if (names.length > 0 && !names.some((n) => file.includes(n))) continue;
  for (const story of parseStories(join(folder, file))) {
    for (const store of stores) {
      const world = new World(store);
      const started = Date.now();
      let at = null;
      try {
        for (const step of story.steps) {
          at = step;
          if (verbose) console.log(`        ${step.line}: ${step.text}`);
          await play(world, step);
        }
        passed++;
        console.log(`ok      ${store}: ${story.title} (${Date.now() - started} ms)`);
      } catch (error) {
        failed++;
        console.log(`FAILED  ${store}: ${story.title}`);
        console.log(`        ${basename(file)}:${at?.line}: ${at?.text}`);
        console.log(`        ${error.message.split('\n').join('\n        ')}`);
        if (verbose) console.log(error.stack);
      } finally {
        await world.close();
      }
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
