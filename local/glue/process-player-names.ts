import { keepTable } from './account-tables/keep-table.ts';
import { readArguments } from './job-arguments.ts';
import type { LocalJob, LocalJobContext } from './job-runner.ts';
import { decryptNames } from './player-names/decrypt-names.ts';
import { openPlayerKeys } from './player-names/player-keys.ts';

/**
 * The job of the table `player_names` on the laptop: what `glue-scripts/process_player_names.py` does on Spark. Names stand
 * in clear below the table's own prefix and, while the job runs, in its working folder.
 */
export const processPlayerNames: LocalJob = async (context) => {
  const { text } = readArguments(context);
  const bucket = text('restricted_bucket');
  const keys = openPlayerKeys(context.aws, { table: text('player_keys_table'), kmsKeyId: text('pii_key_id') });
  const counts = { names_decrypted: 0, players_erased: 0, players_unreadable: 0 };
  try {
    return await keepTable(context, {
      bucket,
      tidy: async (orphans) => ({ retired: [], deleted: await forget(context, bucket, orphans) }),
      makeRows: async (worker, statement) => {
        await worker.run(`CREATE OR REPLACE TEMP TABLE candidates AS ${statement}`);
        const found = await decryptNames(worker, keys, context.signal);
        counts.names_decrypted += found.decrypted;
        counts.players_erased += found.erased;
        counts.players_unreadable += found.unreadable;
        if (found.unreadable > 0) {
          context.log.warn('names of players could not be decrypted', { players: found.unreadable });
        }
      },
      summary: () => counts,
    });
  } finally {
    keys.close();
  }
};

/**
 * Deletes every prefix that the partition does not point to, at once: readers that began before a switch fail rather than
 * read the name of somebody who has left.
 */
async function forget({ objects }: LocalJobContext, bucket: string, prefixes: readonly string[]): Promise<number> {
  for (const prefix of prefixes) {
    for await (const { key } of objects.list(bucket, prefix)) await objects.delete(bucket, key);
  }
  return prefixes.length;
}
