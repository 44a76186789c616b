import type { Readable } from 'node:stream';
import { UsageError } from '../run-cli.ts';
import { isDamaged, notUtf8, type SourceRecord } from './source-record.ts';

/** Longer than any record that a request may hold. */
const maxLineLength = 4_000_000;

/**
 * The records of a file with one JSON object a line; empty lines are passed over.
 * @throws UsageError for a file that is one JSON document, or has no lines
 */
export async function* readJsonLines(file: Readable): AsyncGenerator<SourceRecord> {
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    const trimmed = text.trim();
    if (line === 1 && trimmed.startsWith('[')) {
      throw new UsageError('line 1 begins a JSON array: write one record a line, without commas between them');
    }
    if (trimmed !== '') yield { line, bytes: Buffer.byteLength(text) + 1, ...readValue(trimmed) };
  }
}

function readValue(text: string): Pick<SourceRecord, 'value' | 'problem'> {
  if (isDamaged(text)) return { value: text, problem: notUtf8 };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { value: text, problem: 'is no JSON' };
  }
}

/** Lines end at a line feed alone: JSON may hold every other character that some readers take for an end. */
async function* linesOf(file: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of file.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineLength) throw new UsageError(`a line is longer than ${maxLineLength} characters`);
    yield* lines;
  }
  if (rest !== '') yield rest;
}
