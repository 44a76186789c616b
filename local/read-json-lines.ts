import { readFileSync } from 'node:fs';
import { systemErrorCode } from './durable-files.ts';

/** The values of a file with one JSON text a line, none if there is no file. A line that a crash cut off is left out. */
export function readJsonLines<Value>(path: string): readonly Value[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Value];
    } catch {
      return [];
    }
  });
}
