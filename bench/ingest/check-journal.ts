import { join } from 'node:path';
import { createJournalReader } from '../../local/delivery-stream/journal-reader.ts';
import { scanSegments } from '../../local/delivery-stream/journal-segment.ts';

/** Requests that were acknowledged one after the other, all with as many events. */
export interface Put {
  readonly requests: number;
  readonly eventsPerRequest: number;
}

/** Of so many records one is read as JSON. */
const sampled = 97;

/**
 * Reads the journal of a stream whose process was killed, every frame with its checksum.
 * @throws Error where it does not hold what was acknowledged
 */
export async function checkJournal(streamFolder: string, puts: readonly Put[]): Promise<void> {
  const segments = (await scanSegments(join(streamFolder, 'journal'))).map(({ segment }) => segment);
  const reader = createJournalReader(segments, 0);
  for (const { requests, eventsPerRequest } of puts) {
    for (let read = 0; read < requests; read += 1) {
      const record = await reader.next();
      if (record === undefined) throw new Error(`of ${requests} acknowledged requests ${read} are on disk`);
      if (read % sampled !== 0) continue;
      const { events } = JSON.parse(record.data.toString()) as { readonly events: readonly unknown[] };
      if (events.length !== eventsPerRequest)
        throw new Error(`a request of ${eventsPerRequest} events has ${events.length}`);
    }
  }
  if ((await reader.next()) !== undefined) throw new Error('more is on disk than was acknowledged');
  await reader.close();
}
