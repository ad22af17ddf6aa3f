// Two files of rows that must be the same, compared in full. What of a row differs is named by column.
import { closeSync, copyFileSync, openSync, readFileSync, readSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { lines_of } from './delivery.mjs';

const CHUNK = 4 << 20;

// Rows of both when every byte is the same, else null.
function same_bytes(left, right) {
  const files = [openSync(left, 'r'), openSync(right, 'r')];
  const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  try {
    for (let rows = 0; ;) {
      const [here, there] = [readSync(files[0], a), readSync(files[1], b)];
      if (here !== there || a.compare(b, 0, there, 0, here) !== 0) return null;
      if (here === 0) return rows;
      for (let at = a.indexOf(10); at >= 0 && at < here; at = a.indexOf(10, at + 1)) ++rows;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

// { rows, different, columns: {name: rows in which it differs}, examples: [text] }
export async function compare(left, right, columns, delimiter = ',') {
  const rows = same_bytes(left, right);
  if (rows !== null) return { rows, different: 0, columns: {}, examples: [] };
  const result = { rows: 0, different: 0, columns: {}, examples: [] };
  const theirs = lines_of(right)[Symbol.asyncIterator]();
  const tell = (text) => {
    ++result.different;
    if (result.examples.length < 5) result.examples.push(text);
  };
  for await (const line of lines_of(left)) {
    const { value: other, done } = await theirs.next();
    ++result.rows;
    if (line === other) continue;
    if (done) {
      tell(`row ${result.rows} is missing: ${line}`);
      continue;
    }
    const [ours, others] = [line.split(delimiter), other.split(delimiter)];
    const wrong = columns.filter((_, i) => ours[i] !== others[i]);
    for (const name of wrong) result.columns[name] = (result.columns[name] ?? 0) + 1;
    tell(`row ${result.rows} (${ours[0]}): ${wrong.map((name) =>
      `${name} ${ours[columns.indexOf(name)]} | ${others[columns.indexOf(name)]}`).join(', ')}`);
  }
  for (let left_over = await theirs.next(); !left_over.done; left_over = await theirs.next()) {
    tell(`a row too many: ${left_over.value}`);
  }
  // Lines that are the same, bytes that are not: a last line without its end.
  if (result.different === 0) tell('the same lines, but not the same bytes');
  return result;
}

// Plants differences into a copy and wants each to be seen; throws when one is not.
export async function prove(file, columns) {
  const copy = `${file}.planted`, text = readFileSync(file, 'latin1').split('\n');
  const middle = Math.floor(text.length / 2);
  const plant = async (what, wanted) => {
    const found = await compare(file, copy, columns);
    unlinkSync(copy);
    if (!wanted(found)) throw new Error(`the comparison does not see ${what}: ${JSON.stringify(found)}`);
  };
  const changed = columns.length - 1, fields = text[middle].split(',');
  fields[changed] = `${Number(fields[changed]) + 1}`;
  writeFileSync(copy, text.with(middle, fields.join(',')).join('\n'), 'latin1');
  await plant('one fen in the middle', (found) => found.different === 1 && found.columns[columns[changed]] === 1);
  writeFileSync(copy, text.toSpliced(middle, 1).join('\n'), 'latin1');
  await plant('a row too few', (found) => found.different > 0);
  writeFileSync(copy, text.toSpliced(middle, 0, text[middle]).join('\n'), 'latin1');
  await plant('a row twice', (found) => found.different > 0);
  copyFileSync(file, copy);
  truncateSync(copy, Buffer.byteLength(text.join('\n'), 'latin1') - 1);
  await plant('a last line without its end', (found) => found.different > 0);
}
