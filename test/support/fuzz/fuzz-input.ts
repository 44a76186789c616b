import { readFileSync } from 'node:fs';
import { createRandom, type Random } from '../../../generator/random.ts';
import type { RecordBuilder } from './build-record.ts';
import { largeRecord, largestRecordBytes } from './large-records.ts';
import { mutateBytes } from './mutate-bytes.ts';

/** One record as Firehose hands it over. */
export interface FuzzInput {
  /** Its data in base64; now and then not properly so. */
  readonly data: string;
  /** Where it comes from: a name of the corpus, or the seed and number that make it again. */
  readonly name: string;
}

/** Records that are worth a try each time, and to begin mutations with; those that once found a bug among them. */
export const corpus: ReadonlyMap<string, Buffer> = new Map(
  Object.entries(
    JSON.parse(readFileSync(new URL('corpus/records.json', import.meta.url), 'utf8')) as Record<string, string>,
  ).map(([name, text]) => [
    name,
    text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text),
  ]),
);

const seeds = Array.from(corpus.values());

/** How many inputs there are of one that is large. */
const oneOfMedium = 4_000;
const oneOfLarge = 60_000;
const mediumCharacters = 60_000;

/** The input of a seed and a number, always the same. */
export function fuzzInput(seed: string, number: number, builder: RecordBuilder): FuzzInput {
  const name = `seed ${seed}, input ${number}`;
  const random = createRandom(`${seed}/${number}`);
  if (number % oneOfLarge === oneOfLarge - 1) return { name, data: base64(largeRecord(random, largestRecordBytes)) };
  if (number % oneOfMedium === oneOfMedium - 1) return { name, data: base64(largeRecord(random, mediumCharacters)) };
  const kind = random.next();
  if (kind < 0.8) return { name, data: base64(builder.record(random)) };
  const base = kind < 0.9 ? Buffer.from(builder.record(random)) : random.pick(seeds);
  const bytes = mutateBytes(base, kind < 0.95 ? random.pick(seeds) : Buffer.from(builder.record(random)), random);
  const data = bytes.toString('base64');
  return { name, data: kind < 0.99 ? data : brokenBase64(data, random) };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Base64 that was cut, or that holds what does not belong there. */
function brokenBase64(data: string, random: Random): string {
  const at = random.integer(0, data.length);
  return random.chance(0.5)
    ? data.slice(0, at)
    : data.slice(0, at) + random.pick(['=', '-_', ' ', '\n', '!', '==']) + data.slice(at);
}
