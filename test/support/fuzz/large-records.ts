import type { Random } from '../../../generator/random.ts';
import { arrivedAt } from './build-record.ts';

/** Bytes of data that Firehose takes as one record. */
export const largestRecordBytes = 1_024_000;

const event = (more: string): string =>
  `{"event_id":"018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b","event_type":"dragon","event_timestamp":1790000000${more}}`;

const packed = (events: string): string =>
  `{"application_id":"game-a","api_key_id":"k","role":"game","request_id":"r","received_at":${arrivedAt},"events":${events}}\n`;

const data = (json: string): string => packed(`[${event(`,"event_data":${json}`)}]`);

/** `part` so often that the text has about so many characters. */
const fill = (part: string, characters: number): string =>
  part.repeat(Math.max(1, Math.floor(characters / part.length)));

const listOf = (part: string, characters: number): string => `[${fill(`${part},`, characters)}${part}]`;

/** Records that grow in one respect each, up to so many characters. */
const shapes: readonly ((characters: number) => string)[] = [
  (size) => fill('[', size),
  (size) => fill('{"a":', size),
  (size) => fill('{"a":"', size),
  (size) => fill('"', size),
  (size) => fill('\\', size),
  (size) => fill('\n{', size),
  (size) => fill('}{', size),
  (size) => fill('{} ', size),
  (size) => fill('1 ', size),
  (size) => fill(' ', size),
  (size) => fill(event(',"application_id":"game-b"'), size),
  (size) => packed(listOf('{}', size)),
  (size) => packed(listOf('1', size)),
  (size) => packed(listOf(event(''), size)),
  (size) => packed(listOf(event(',"event_data":{"coins":12345678901234567890}'), size)),
  (size) => packed(fill('[', size / 2) + fill(']', size / 2)),
  (size) => data(`{"a":"${fill('x', size)}"}`),
  (size) => data(`{"a":"${fill('\\ud800', size)}"}`),
  (size) => data(`{"a":"${fill('\\u0000', size)}"}`),
  (size) => data(`{"a":"${fill('🦩', size)}"}`),
  (size) => data(`{"a":${listOf('1e400', size)}}`),
  (size) => data(`{"a":${listOf('12345678901234567890', size)}}`),
  (size) => data(`{"a":${fill('9', size)}}`),
  (size) => data(`{"a":${fill('[', size / 2)}${fill(']', size / 2)}}`),
  (size) => data(`{"a":${fill('{"a":', size / 2)}1${'}'.repeat(Math.max(1, Math.floor(size / 10)))}}`),
  (size) => data(`{${Array.from({ length: Math.ceil(size / 10) }, (_, at) => `"k${at}":1`).join(',')}}`),
  (size) => data(`{${fill('"a":1,', size)}"a":2}`),
  (size) => packed(`[${event(`,"${fill('k', size)}":1`)}]`),
  (size) => packed(`[${event(`,"player_id":"${fill('p', size)}"`)}]`),
  (size) => `{"request_id":"r","events":[{}],"x":"${fill('x', size)}"}`,
];

/** Characters of `event_data` just about where it is refused: 60,000 bytes as it is stored. */
const nearDataLimit = (random: Random): number => 60_000 - '{"a":""}'.length + random.integer(-3, 3);

/** A record of up to `mostCharacters`, large in one respect. */
export function largeRecord(random: Random, mostCharacters: number): string {
  if (random.chance(0.1)) return data(`{"a":"${'x'.repeat(nearDataLimit(random))}"}`);
  return random.pick(shapes)(Math.ceil(mostCharacters * random.next()));
}
