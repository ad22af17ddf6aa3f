// A sheet of columns as it lies on disk (src/column/packed.h), read by a program that is not ours:
// openSheet(folder) gives { rows, columns: { name: (row) => value } }.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SEGMENT_ROWS = 16384, HEAD = 16, SEGMENT = 24, MASK64 = (1n << 64n) - 1n;

// number(row), and where the bytes of texts begin.
function packed(bytes) {
  if (bytes.toString('latin1', 0, 8) !== 'EHPACK1\n') throw new Error('not a packed column');
  const size = Number(bytes.readBigUInt64LE(8)), segments = Math.ceil(size / SEGMENT_ROWS), lines = [];
  let used = HEAD + segments * SEGMENT;
  for (let i = 0; i < segments; i++) {
    const at = HEAD + i * SEGMENT, where = bytes.readBigUInt64LE(at + 16);
    const bits = Number(where & 255n), from = Number(where >> 8n);
    lines.push({ base: bytes.readBigInt64LE(at), slope: bytes.readBigInt64LE(at + 8), bits: BigInt(bits), from });
    used = from + Math.ceil(Math.min(SEGMENT_ROWS, size - i * SEGMENT_ROWS) * bits / 64) * 8;
  }
  const number = (row) => {
    const { base, slope, bits, from } = lines[Math.floor(row / SEGMENT_ROWS)], place = BigInt(row % SEGMENT_ROWS);
    const bit = place * bits, word = bytes.readBigUInt64LE(from + Number(bit >> 3n));
    const distance = word >> (bit & 7n) & (bits === 64n ? MASK64 : (1n << bits) - 1n);
    return Number(BigInt.asIntN(64, base + (slope * place >> 16n) + distance));
  };
  return { number, used: used + 8 };
}

export function openSheet(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')), columns = {};
  for (const { name, type, words } of manifest.columns) {
    if (!existsSync(join(folder, `${name}.packed`))) throw new Error(`${folder}: ${name} is not packed`);
    const bytes = readFileSync(join(folder, `${name}.packed`)), { number, used } = packed(bytes);
    columns[name] = type === 'code' ? (row) => words[number(row)]
      : type === 'text' ? (row) => bytes.toString('utf8', used + (row ? number(row - 1) : 0), used + number(row))
        : number;
  }
  return { rows: manifest.rows, columns };
}
