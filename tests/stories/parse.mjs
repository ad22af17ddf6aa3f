// A .story file: stories of steps. A step is one line, beginning with given, when, then or and;
// deeper lines below it are its table, cells between |, the first line naming them.
import { readFileSync } from 'node:fs';

const KINDS = ['given', 'when', 'then'];

function cells(line) {
  return line.split('|').map((cell) => cell.trim());
}

export function parseStories(path) {
  const stories = [];
  let kind = null;
  readFileSync(path, 'utf8').split('\n').forEach((raw, i) => {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) return;
    const where = `${path}:${i + 1}`;
    if (text.startsWith('story:')) {
      stories.push({ title: text.slice(6).trim(), steps: [] });
      kind = null;
      return;
    }
    const story = stories.at(-1);
    if (!story) throw new Error(`${where}: a file begins with story:`);
    if (text.includes('|')) {
      const step = story.steps.at(-1);
      if (!step) throw new Error(`${where}: a table belongs below a step`);
      step.table.push(cells(text));
      return;
    }
    const [, word, rest] = /^(\w+)\s+(.*)$/.exec(text) ?? [];
    if (KINDS.includes(word)) kind = word;
    else if (word !== 'and' || kind === null) {
      throw new Error(`${where}: a step begins with given, when, then or and`);
    }
    story.steps.push({ kind, text: rest, line: i + 1, table: [] });
  });
  return stories;
}

// The step's table as objects, one a row.
export function rowsOf(step) {
  const [header, ...rows] = step.table;
  if (!header) throw new Error('this step needs a table');
  return rows.map((row) => {
    if (row.length !== header.length) throw new Error(`the table's row has ${row.length} cells`);
    return Object.fromEntries(header.map((name, i) => [name, row[i]]));
  });
}
