import { setImmediate as nextTurn } from 'node:timers/promises';
import { openField } from '../../../business-logic/shared/personal-data-cipher.ts';
import type { Worker } from '../process-events/worker.ts';
import type { PlayerKeys } from './player-keys.ts';

/** Players whose keys are asked for at a time: fifty calls, which the client makes side by side. */
const pageRows = 5_000;

/** Players after which the pipeline gets its turn: a few milliseconds. */
const turnRows = 250;

/** What became of the candidates. */
export interface DecryptedNames {
  readonly decrypted: number;
  /** Their accounts were closed since; they have no row. */
  readonly erased: number;
  /** Without a key that opens what is stored: no row where there is no key, else null for a field. */
  readonly unreadable: number;
}

interface Candidate {
  readonly player_id: string;
  readonly user_id: string | null;
  readonly player_name: string | null;
}

/** Makes the temporary table `made` of `candidates`: who of them has a key, in clear. */
export async function decryptNames(worker: Worker, keys: PlayerKeys, signal: AbortSignal): Promise<DecryptedNames> {
  await worker.run('CREATE OR REPLACE TEMP TABLE made (player_id VARCHAR, user_id VARCHAR, player_name VARCHAR)');
  const [row] = await worker.rows('SELECT count(*) AS n FROM candidates');
  const counts = { decrypted: 0, erased: 0, unreadable: 0 };
  for (let first = 0; first < Number(row?.['n']); first += pageRows) {
    signal.throwIfAborted();
    const page = (await worker.rows(
      `SELECT player_id, user_id, player_name FROM candidates WHERE rowid >= ${first} AND rowid < ${first + pageRows}`,
    )) as unknown as readonly Candidate[];
    const found = await keys.read(page.map(({ player_id: player }) => player));
    const appender = await worker.connection.createAppender('made', undefined, 'temp');
    for (const [at, { player_id: player, user_id: user, player_name: name }] of page.entries()) {
      if (at % turnRows === turnRows - 1) await nextTurn();
      const key = found.get(player) ?? 'missing';
      if (key === 'erased') counts.erased += 1;
      if (key === 'missing') counts.unreadable += 1;
      if (typeof key === 'string') continue;
      const values = [openOrNull(key, player, 'user_id', user), openOrNull(key, player, 'player_name', name)];
      counts[values.includes(null) ? 'unreadable' : 'decrypted'] += 1;
      for (const value of [player, ...values]) {
        if (value === null) appender.appendNull();
        else appender.appendVarchar(value);
      }
      appender.endRow();
    }
    appender.closeSync();
  }
  return counts;
}

/** Null for what the key does not open. */
function openOrNull(key: Uint8Array, player: string, field: string, text: string | null): string | null {
  try {
    return text === null ? null : openField(key, player, field, text);
  } catch {
    return null;
  }
}
