import { readFileSync } from 'node:fs';
import { systemErrorCode } from './durable-files.ts';

/**
 * The values of a file with one JSON text a line, none if there is no file. A line that a crash cut off is left out.
 * @param latest how many lines at its end are read at most; all unless given
 */
export function readJsonLines<Value>(path: string, latest?: number): readonly Value[] {
  try {
    return parseJsonLines(readFileSync(path, 'utf8'), latest);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The same for a text that has been read already. */
export function parseJsonLines<Value>(text: string, latest = Infinity): readonly Value[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.slice(-latest).flatMap((line) => {
    try {
      return [JSON.parse(line) as Value];
    } catch {
      return [];
    }
  });
}
