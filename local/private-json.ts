import { readFile } from 'node:fs/promises';
import { replaceFile, undefinedIfMissing } from './durable-files.ts';

/** A JSON file that its owner alone may read; what is written outlives a power failure. */
export interface PrivateJson<T> {
  /** Undefined until something is written. Throws on a file that is no JSON. */
  read(): Promise<T | undefined>;
  write(content: T): Promise<void>;
}

export function openPrivateJson<T>(path: string): PrivateJson<T> {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch(undefinedIfMissing);
      if (text === undefined) return undefined;
      const content = parse(text);
      if (content !== undefined) return content as T;
      throw new Error(`${path} is not what this runtime wrote there; start with another data directory`);
    },
    write: (content) => replaceFile(path, `${JSON.stringify(content, null, 2)}\n`, 0o600),
  };
}

/** The parser's error quotes what it cannot read, which may be a secret: nobody gets to see it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
