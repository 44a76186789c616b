import { measured } from '../lib/cost/measured.ts';
import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** As lib/cost/measured.ts has it. */
export const storedBytesSizes = { events: 300_000, players: 6_000, days: 10, eventBytes: 600 } as const;

/** How far what is measured may be from what bills are made of; of processor time, how many times as much it may be. */
const tolerance = { bytes: 0.1, time: 2 };

/** Weighs what a pipeline stores of events and times the transform: what `npm run cost` takes for granted. */
export async function proveStoredBytes(print: Print): Promise<string> {
  const { measureStored } = await import('../test/support/stored-bytes/measure-stored.ts');
  const { timeTransform } = await import('../test/support/stored-bytes/time-transform.ts');
  const { microsecondsPerEvent, meanEventBytes } = await timeTransform(storedBytesSizes.eventBytes);
  const time = microsecondsPerEvent / meanEventBytes;
  print(`the transform takes ${microsecondsPerEvent.toFixed(1)} µs for an event of ${meanEventBytes.toFixed(0)} bytes`);

  const stored = await measureStored(storedBytesSizes);
  const figures = Object.entries(stored).map(([what, bytes]) => `${what} ${bytes.toFixed(1)}`);
  print(`bytes of Parquet for each event: ${figures.join(', ')}`);

  const { parquetBytesPerByte: known, playerBytesPerEvent, transformMicrosecondsPerByte } = measured;
  const wrong = [
    ...(['raw', 'events', 'eventsSnappy'] as const).filter((what) => isOff(stored[what] / meanEventBytes, known[what])),
    ...(isOff(stored.players, playerBytesPerEvent) ? ['players'] : []),
    ...(time > tolerance.time * transformMicrosecondsPerByte ? ['the time of the transform'] : []),
  ];
  if (wrong.length > 0) throw new Error(`lib/cost/measured.ts no longer holds: ${wrong.join(', ')}`);
  return `${figures.join(', ')} bytes of Parquet for each event, ${microsecondsPerEvent.toFixed(0)} µs in the transform`;
}

const isOff = (found: number, known: number): boolean => Math.abs(found / known - 1) > tolerance.bytes;
