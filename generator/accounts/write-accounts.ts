import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AccountRecord } from './account-records.ts';
import { accountWorld } from './account-stream.ts';
import type { AccountOptions } from './account-options.ts';
import type { AccountTruth } from './account-truth.ts';
import { playerRows, studioRows } from './csv-rows.ts';

export type AccountFormat = 'csv' | 'jsonl';

/** What was written, by path. Studios and players are to be imported in any order. */
export interface WrittenAccounts {
  readonly studios: string;
  readonly players: string;
  readonly truthFile: string;
  readonly truth: AccountTruth;
}

/** Pieces of a file are about this long. */
const pieceLength = 64 * 1_024;

/** Writes a world of accounts as files that `npm run import -- accounts` takes, and the truth about it. */
export async function writeAccounts(
  options: AccountOptions,
  folder: string,
  format: AccountFormat,
  onRecord: (count: number) => void = () => undefined,
): Promise<WrittenAccounts> {
  const world = accountWorld(options);
  await mkdir(folder, { recursive: true });
  const studios = join(folder, `studios.${format}`);
  const players = join(folder, `players.${format}`);
  const truthFile = join(folder, 'truth.json');
  const lines =
    format === 'csv' ? { studios: studioRows, players: playerRows } : { studios: jsonLines, players: jsonLines };
  await writeLines(studios, lines.studios(counted(world.studios(), onRecord)));
  await writeLines(players, lines.players(counted(world.players(), onRecord)));
  const truth = world.truth();
  await writeFile(truthFile, `${JSON.stringify(truth, null, 1)}\n`);
  return { studios, players, truthFile, truth };
}

function* counted(records: Iterable<AccountRecord>, onRecord: (count: number) => void): Generator<AccountRecord> {
  for (const record of records) {
    onRecord(1);
    yield record;
  }
}

function* jsonLines(records: Iterable<AccountRecord>): Generator<string> {
  for (const record of records) yield JSON.stringify(record);
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(pieces(lines)), createWriteStream(file));
}

function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
