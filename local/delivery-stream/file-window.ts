import type { FileHandle } from 'node:fs/promises';

/** Reads a file piece by piece with few calls: what lies behind a piece is read along with it. */
export interface FileWindow {
  /** Undefined when the file ends before. The bytes stay as they are. */
  read(at: number, length: number): Promise<Buffer | undefined>;
}

const windowBytes = 1 << 20;

/** `size` says how far the file may be read; it may grow. */
export function createFileWindow(file: FileHandle, size: () => number): FileWindow {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);

  async function fill(at: number, length: number): Promise<boolean> {
    // A buffer of its own each time, since readers keep parts of the last one.
    const buffer = Buffer.allocUnsafe(Math.max(length, Math.min(windowBytes, size() - at)));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    start = at;
    window = buffer.subarray(0, filled);
    return filled >= length;
  }

  return {
    async read(at, length) {
      if (at + length > size()) return undefined;
      const isThere = at >= start && at + length <= start + window.length;
      if (!isThere && !(await fill(at, length))) return undefined;
      return window.subarray(at - start, at - start + length);
    },
  };
}
