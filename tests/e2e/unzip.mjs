// The files of a ZIP by name, from its central directory.
import { inflateRawSync } from "node:zlib";

export function unzip(bytes) {
  const files = new Map();
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error("no ZIP: its end is not there");
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; --left) {
    const method = bytes.readUInt16LE(at + 10);
    const size = bytes.readUInt32LE(at + 20);
    const [name_size, extra_size, comment_size] = [28, 30, 32].map((off) => bytes.readUInt16LE(at + off));
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString("utf8", at + 46, at + 46 + name_size);
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const part = bytes.subarray(begin, begin + size);
    files.set(name, method === 8 ? inflateRawSync(part) : Buffer.from(part));
    at += 46 + name_size + extra_size + comment_size;
  }
  return files;
}
