/**
 * The part of CBOR (RFC 8949) that AWS's clients send: integers, doubles, texts, bytes, lists, maps with text keys, of
 * known or of open length, moments (tag 1, as `Date`), true, false, null.
 */
export function decodeCbor(bytes: Buffer): unknown {
  const reader = { bytes, at: 0 };
  const value = readValue(reader, 0);
  if (reader.at !== bytes.length) throw new Error('bytes follow the value');
  return value;
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

const BREAK = Symbol('break');
const MAX_DEPTH = 64;
const OPEN = 31;

function readValue(reader: Reader, depth: number): unknown {
  const value = readItem(reader, depth);
  if (value === BREAK) throw new Error('a break stands outside of a list');
  return value;
}

function readItem(reader: Reader, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH}`);
  const first = reader.bytes.readUInt8(reader.at);
  reader.at += 1;
  const major = first >> 5;
  const info = first & 31;
  if (major === 7) return readSimple(reader, info);
  if (info === OPEN) return readOpen(reader, major, depth);
  const argument = readArgument(reader, info);
  switch (major) {
    case 0:
      return argument;
    case 1:
      return -1 - argument;
    case 2:
      return take(reader, argument);
    case 3:
      return take(reader, argument).toString('utf8');
    case 4:
      return items(reader, argument, depth);
    case 5:
      return mapOf(items(reader, argument * 2, depth));
    default: {
      const tagged = readValue(reader, depth + 1);
      return argument === 1 ? new Date(Number(tagged) * 1000) : tagged;
    }
  }
}

function readArgument(reader: Reader, info: number): number {
  if (info < 24) return info;
  const { bytes, at } = reader;
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[info];
  if (size === undefined) throw new Error(`${info} is no length`);
  reader.at += size;
  return size === 8 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUIntBE(at, size);
}

function readSimple(reader: Reader, info: number): unknown {
  const { bytes, at } = reader;
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
    case 23:
      return null;
    case 25:
      reader.at += 2;
      return halfFloat(bytes.readUInt16BE(at));
    case 26:
      reader.at += 4;
      return bytes.readFloatBE(at);
    case 27:
      reader.at += 8;
      return bytes.readDoubleBE(at);
    case OPEN:
      return BREAK;
    default:
      throw new Error(`the simple value ${info} is not known here`);
  }
}

function halfFloat(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function readOpen(reader: Reader, major: number, depth: number): unknown {
  const all: unknown[] = [];
  for (let one = readItem(reader, depth + 1); one !== BREAK; one = readItem(reader, depth + 1)) all.push(one);
  if (major === 2) return Buffer.concat(all as Buffer[]);
  if (major === 3) return all.join('');
  if (major === 4) return all;
  if (major === 5) return mapOf(all);
  throw new Error(`a value of kind ${major} has no open length`);
}

function items(reader: Reader, count: number, depth: number): unknown[] {
  if (count > reader.bytes.length - reader.at) throw new Error('it says more items than it holds');
  return Array.from({ length: count }, () => readValue(reader, depth + 1));
}

function mapOf(all: readonly unknown[]): Record<string, unknown> {
  if (all.length % 2 !== 0) throw new Error('a key has no value');
  return Object.fromEntries(
    Array.from({ length: all.length / 2 }, (_, index) => [String(all[2 * index]), all[2 * index + 1]]),
  );
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new Error('it ends too early');
  const taken = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return taken;
}

/** The other way round; numbers that are whole are written as integers, others as doubles, what is undefined left out. */
export function encodeCbor(value: unknown): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: unknown, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(Buffer.from([0xf6]));
  else if (typeof value === 'boolean') parts.push(Buffer.from([value ? 0xf5 : 0xf4]));
  else if (typeof value === 'number') writeNumber(value, parts);
  else if (typeof value === 'string') {
    const text = Buffer.from(value);
    parts.push(head(3, text.length), text);
  } else if (value instanceof Date) {
    parts.push(Buffer.from([0xc1]));
    writeNumber(value.getTime() / 1000, parts);
  } else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const one of value) write(one, parts);
  } else {
    const entries = Object.entries(value as object).filter(([, one]) => one !== undefined);
    parts.push(head(5, entries.length));
    for (const [name, one] of entries) {
      write(name, parts);
      write(one, parts);
    }
  }
}

function writeNumber(value: number, parts: Buffer[]): void {
  if (Number.isSafeInteger(value)) {
    parts.push(value < 0 ? head(1, -1 - value) : head(0, value));
    return;
  }
  const double = Buffer.alloc(9, 0xfb);
  double.writeDoubleBE(value, 1);
  parts.push(double);
}

function head(major: number, argument: number): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.from([first | argument]);
  if (argument < 2 ** 32) {
    const wide = Buffer.alloc(5, first | 26);
    wide.writeUInt32BE(argument, 1);
    return wide;
  }
  const widest = Buffer.alloc(9, first | 27);
  widest.writeBigUInt64BE(BigInt(argument), 1);
  return widest;
}
