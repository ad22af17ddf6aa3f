// Finds known texts in bytes: as they are, in hex, in base64 at each of its three offsets, and in
// UTF-16 of both ends. One pass over the bytes, however many texts.
export const FORMS = ['clear', 'hex', 'HEX', 'base64', 'base64+1', 'base64+2', 'utf16le', 'utf16be'];
const SHORTEST = 6;  // bytes; what is shorter stands everywhere by chance

// base64 of the text as it appears in the base64 of a longer whole that holds it at offset 3n + skip.
function base64Inside(bytes, skip) {
  const whole = Buffer.concat([Buffer.alloc(skip), bytes]).toString('base64').replace(/=+$/, '');
  const first = Math.ceil((skip * 8) / 6);
  const last = Math.floor(((skip + bytes.length) * 8) / 6);
  return Buffer.from(whole.slice(first, last), 'latin1');
}

export function formsOf(text) {
  const bytes = Buffer.from(text, 'utf8');
  const little = Buffer.from(text, 'utf16le');
  return {
    clear: bytes,
    hex: Buffer.from(bytes.toString('hex')),
    HEX: Buffer.from(bytes.toString('hex').toUpperCase()),
    base64: base64Inside(bytes, 0),
    'base64+1': base64Inside(bytes, 1),
    'base64+2': base64Inside(bytes, 2),
    utf16le: little,
    utf16be: Buffer.from(little).swap16(),
  };
}

const BITS = 24;
const slot = (bytes, at) =>
  ((Math.imul(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24, 0x9e3779b1) ^
    Math.imul(bytes[at + 4] | bytes[at + 5] << 8, 0x85ebca6b)) >>> 0) >>> (32 - BITS);

export class Finder {
  constructor(texts) {
    this.marked = new Uint8Array(1 << BITS);
    this.by = new Map();  // slot → [{text, form, bytes}]
    this.count = 0;
    for (const text of new Set(texts)) {
      for (const [form, bytes] of Object.entries(formsOf(text))) {
        if (bytes.length < SHORTEST) continue;
        const at = slot(bytes, 0);
        this.marked[at] = 1;
        if (!this.by.has(at)) this.by.set(at, []);
        this.by.get(at).push({ text, form, bytes });
      }
      ++this.count;
    }
  }

  // The first `most` findings: {text, form, at}.
  in(bytes, most = 20) {
    const found = [];
    const { marked } = this;
    for (let at = 0; at + SHORTEST <= bytes.length; ++at) {
      const key = slot(bytes, at);
      if (marked[key] === 0) continue;
      for (const one of this.by.get(key)) {
        if (at + one.bytes.length > bytes.length) continue;
        if (one.bytes.compare(bytes, at, at + one.bytes.length) !== 0) continue;
        found.push({ text: one.text, form: one.form, at });
        if (found.length === most) return found;
      }
    }
    return found;
  }
}
