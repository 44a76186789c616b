import type { Slice } from './json-source.ts';
import { endOfValue, skipSpace } from './json-source.ts';
import { maxDocuments } from './limits.ts';

/** One piece of a record: a JSON document, or text that is none and why. */
export type Piece = Slice & { readonly value?: unknown; readonly problem?: string };

/**
 * After so many unclosed documents, each of which makes us read to the end, or so many stretches that are no JSON, the
 * rest of the record is one piece: a record of rubbish must not cost the square of its length.
 */
const maxUnclosed = 20;
const maxBroken = 1_000;

/** A record of more documents than a response can hold rows for. */
export class TooManyDocuments extends Error {
  override readonly name = 'TooManyDocuments';
}

/**
 * Splits a record into the JSON documents that follow each other in it, with or without white space between them. Text
 * that is no JSON is a piece of its own and harms nobody: it reaches to its closing bracket or, where that is missing, to
 * the next line that starts a document.
 * @throws TooManyDocuments
 */
export function splitDocuments(text: string, mostDocuments: number = maxDocuments): Piece[] {
  const pieces: Piece[] = [];
  let unclosed = 0;
  let broken = 0;
  let start = skipSpace(text, 0);
  while (start < text.length) {
    const isRubbish = unclosed === maxUnclosed || broken === maxBroken;
    let end = isRubbish ? text.length : endOfValue(text, start);
    if (end <= start) {
      unclosed += 1;
      end = endOfBrokenDocument(text, start);
    }
    if (!addPiece(pieces, text, start, end)) broken += 1;
    if (pieces.length > mostDocuments)
      throw new TooManyDocuments(`the record holds more than ${mostDocuments} documents`);
    start = skipSpace(text, end);
  }
  return pieces;
}

/** The end of the line before the next one that starts with a brace; the end of the text if none does. */
function endOfBrokenDocument(text: string, after: number): number {
  const found = text.indexOf('\n{', after);
  return found < 0 ? text.length : found;
}

/** Adds a stretch of the text and tells whether it is JSON; what is none joins what was none just before it. */
function addPiece(pieces: Piece[], text: string, start: number, end: number): boolean {
  const last = pieces.at(-1);
  const document = parse(text.slice(start, end));
  if (document) pieces.push({ start, end, value: document.value });
  else if (last?.problem) pieces[pieces.length - 1] = { ...last, end };
  else pieces.push({ start, end, problem: 'is no JSON document' });
  return document !== undefined;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
