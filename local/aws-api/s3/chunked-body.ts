import { AwsError } from '../../runtime.ts';

/** A trailer or chunk header is short; anything longer is no such thing. */
const longestLine = 16 << 10;

/**
 * Takes the `aws-chunked` framing off a body, signed or unsigned, and notes the trailing headers. (The signature of the
 * request itself is verified by the server; those of single chunks are not.)
 */
export async function* unchunk(
  body: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = createByteReader(body);
  for (;;) {
    const size = chunkSize(await reader.line());
    if (size === 0) break;
    yield* reader.bytes(size);
    if ((await reader.line()) !== '') throw malformed();
  }
  for (let line = await reader.lastLines(); line !== undefined; line = await reader.lastLines()) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function chunkSize(line: string): number {
  const [, size] = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(line) ?? [];
  if (size === undefined) throw malformed();
  return Number.parseInt(size, 16);
}

function malformed(): AwsError {
  return new AwsError('InvalidRequest', 'The body is not in the aws-chunked form that its headers declare.');
}

function incomplete(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function createByteReader(body: AsyncIterable<Buffer>) {
  const source = body[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);

  async function fill(): Promise<boolean> {
    const { value, done } = await source.next();
    if (done === true) return false;
    buffer = buffer.length === 0 ? value : Buffer.concat([buffer, value]);
    return true;
  }

  async function line(): Promise<string | undefined> {
    let end = buffer.indexOf('\n');
    while (end === -1) {
      if (buffer.length > longestLine) throw malformed();
      if (!(await fill())) return undefined;
      end = buffer.indexOf('\n');
    }
    const text = buffer.toString('latin1', 0, end);
    buffer = buffer.subarray(end + 1);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  return {
    async line(): Promise<string> {
      const text = await line();
      if (text === undefined) throw incomplete();
      return text;
    },
    /** Lines after the last chunk, to the end of the body; its last line may lack an end. */
    async lastLines(): Promise<string | undefined> {
      const text = await line();
      if (text !== undefined) return text;
      const rest = buffer.toString('latin1');
      buffer = Buffer.alloc(0);
      return rest === '' ? undefined : rest;
    },
    async *bytes(count: number): AsyncGenerator<Buffer, void, undefined> {
      for (let left = count; left > 0;) {
        if (buffer.length === 0 && !(await fill())) throw incomplete();
        const part = buffer.subarray(0, left);
        buffer = buffer.subarray(part.length);
        left -= part.length;
        if (part.length > 0) yield part;
      }
    },
  };
}
