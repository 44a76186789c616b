import type { Slice } from './json-source.ts';
import { endOfValue, skipSpace } from './json-source.ts';

/** One piece of a record: a JSON document, or text that is none and why. */
export type Piece = Slice & { readonly value?: unknown; readonly problem?: string };

/**
 * After so many unclosed documents the rest of the record is one piece: each of them makes us read to the end, and a
 * record of them must not cost the square of its length.
 */
const maxUnclosed = 20;

/**
 * Splits a record into the JSON documents that follow each other in it, with or without white space between them. Text
 * that is no JSON is a piece of its own and harms nobody: it reaches to its closing bracket or, where that is missing, to
 * the next line that starts a document.
 */
export function splitDocuments(text: string): Piece[] {
  const pieces: Piece[] = [];
  let unclosed = 0;
  let start = skipSpace(text, 0);
  while (start < text.length) {
    let end = unclosed < maxUnclosed ? endOfValue(text, start) : text.length;
    if (end <= start) {
      unclosed += 1;
      end = endOfBrokenDocument(text, start);
    }
    addPiece(pieces, text, start, end);
    start = skipSpace(text, end);
  }
  return pieces;
}

/** The end of the line before the next one that starts with a brace; the end of the text if none does. */
function endOfBrokenDocument(text: string, after: number): number {
  const found = text.indexOf('\n{', after);
  return found < 0 ? text.length : found;
}

/** Adds a stretch of the text; what is no JSON joins what was none just before it. */
function addPiece(pieces: Piece[], text: string, start: number, end: number): void {
  const last = pieces.at(-1);
  const document = parse(text.slice(start, end));
  if (document) pieces.push({ start, end, value: document.value });
  else if (last?.problem) pieces[pieces.length - 1] = { ...last, end };
  else pieces.push({ start, end, problem: 'is no JSON document' });
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
