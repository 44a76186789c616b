import type { IncomingMessage } from 'node:http';

/** Holds the bodies of all requests together to a size, so that large ones at once cannot take all memory. */
export interface BodyBudget {
  /**
   * Reads a body, keeps no more of it than `mostBytes` and a chunk, and gives its room back once `use` is done. Undefined
   * where there is no room: the rest is read and dropped.
   */
  read<T>(incoming: IncomingMessage, mostBytes: number, use: (body: Buffer | undefined) => Promise<T>): Promise<T>;
}

export function createBodyBudget(heldBytes: number): BodyBudget {
  let held = 0;
  return {
    async read(incoming, mostBytes, use) {
      let chunks: Buffer[] | undefined = [];
      let kept = 0;
      try {
        for await (const chunk of incoming as AsyncIterable<Buffer>) {
          if (chunks === undefined || kept > mostBytes) continue;
          if (held + chunk.length > heldBytes) {
            chunks = undefined;
            held -= kept;
            kept = 0;
            continue;
          }
          chunks.push(chunk);
          kept += chunk.length;
          held += chunk.length;
        }
        return await use(chunks && joined(chunks));
      } finally {
        held -= kept;
      }
    },
  };
}

/** One chunk is the body as it is, unless it would keep a large buffer for a few bytes. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  if (chunks.length === 1 && first!.length * 2 >= first!.buffer.byteLength) return first!;
  return Buffer.concat(chunks);
}
