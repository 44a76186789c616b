import { openJournal, type Journal } from '../delivery-stream/journal.ts';
import type { JournalReader } from '../delivery-stream/journal-reader.ts';
import { createQuota } from '../delivery-stream/quota.ts';
import type { Clock, LocalLog, StreamShardQuota } from '../runtime.ts';

/** A record as a reader of a shard gets it. */
export interface ShardRecord {
  /** Its place in the shard's journal. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly arrival: number;
  readonly partitionKey: string;
  readonly data: Buffer;
}

export interface ShardOptions {
  readonly folder: string;
  /** Records before this one are gone. */
  readonly trimmed: number;
  readonly retentionMilliseconds: number;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly quota: StreamShardQuota | undefined;
  readonly segmentBytes?: number | undefined;
}

/** What one read takes at most. */
export interface ReadLimits {
  readonly records: number;
  readonly bytes: number;
  /** Only what arrived then or later, in milliseconds since the epoch. */
  readonly since?: number;
}

export interface ShardRead {
  readonly records: readonly ShardRecord[];
  /** Where the next read begins. */
  readonly next: number;
}

/** One shard: a journal of its own, so that its records have one order and are on disk when they are acknowledged. */
export interface Shard {
  /** One more than the last acknowledged sequence. */
  readonly end: number;
  /** The oldest record that may still be there. */
  readonly first: number;
  /** False when the shard has no room for the record this second. */
  admits(bytes: number): boolean;
  /** Resolves with the first one's sequence once all are on disk. */
  put(records: readonly { readonly partitionKey: string; readonly data: Buffer }[]): Promise<number>;
  /** Records from a place on; what has become older than the stream's retention is passed over. */
  read(from: number, limits: ReadLimits): Promise<ShardRead>;
  /** Where to begin for what arrived at a time or later; an earlier place may come back, never a later one. */
  placeAt(arrival: number): number;
  /** Everything before this place is older than the stream's retention. */
  expired(): number;
  /** Forgets what lies before a place, which must be known at the next start: an empty journal does not know its end. */
  trim(before: number): Promise<void>;
  problem: Journal['problem'];
  probe: Journal['probe'];
  close(): Promise<void>;
}

/** Readers that wait, each with its file open, for those who go on where they stopped. */
const keptReaders = 4;

export async function openShard(options: ShardOptions): Promise<Shard> {
  const { folder, trimmed, clock, log, retentionMilliseconds, segmentBytes } = options;
  const journal = await openJournal({ folder, delivered: trimmed, log, ...(segmentBytes && { segmentBytes }) });
  const quota = createQuota(options.quota, clock);
  /** By the place where each goes on; the last used is the last. */
  const readers = new Map<number, JournalReader>();
  let lastArrival = 0;
  let floor = trimmed;

  const horizon = () => clock() - retentionMilliseconds;

  function takeReader(from: number): JournalReader {
    const kept = readers.get(from);
    readers.delete(from);
    return kept ?? journal.read(from);
  }

  async function keepReader(next: number, reader: JournalReader): Promise<void> {
    const unkept = [readers.get(next)];
    readers.delete(next);
    readers.set(next, reader);
    const [oldest] = readers;
    if (readers.size > keptReaders && oldest !== undefined) {
      readers.delete(oldest[0]);
      unkept.push(oldest[1]);
    }
    // Only now, when no other read can take them any more.
    for (const one of unkept) await one?.close();
  }

  const first = () => Math.max(floor, journal.segments().find(({ arrivals }) => arrivals)?.firstSequence ?? 0);

  return {
    get end() {
      return journal.end;
    },
    get first() {
      return first();
    },
    admits: (bytes) => quota.takeRecord(bytes),
    put(records) {
      // Records of a shard have one order, and their times follow it even when the clock is set back.
      const arrival = (lastArrival = Math.max(lastArrival, clock()));
      return journal.appendRecords(records.map(({ partitionKey, data }) => ({ arrival, data, note: partitionKey })));
    },
    async read(from, { records: most, bytes: mostBytes, since = 0 }) {
      const start = Math.max(from, first());
      const oldest = Math.max(since, horizon());
      const reader = takeReader(start);
      const records: ShardRecord[] = [];
      let bytes = 0;
      let next = start;
      try {
        while (records.length < most && bytes < mostBytes) {
          const record = await reader.next();
          if (record === undefined) break;
          next = record.sequence + 1;
          if (record.arrival < oldest) continue;
          const { sequence, arrival, data, note = '' } = record;
          records.push({ sequence, arrival, partitionKey: note, data });
          bytes += data.length + note.length;
        }
      } catch (error) {
        await reader.close();
        throw error;
      }
      await keepReader(next, reader);
      return { records, next };
    },
    placeAt(arrival) {
      const holder = journal.segments().find(({ arrivals }) => arrivals !== undefined && arrivals.last >= arrival);
      return holder === undefined ? journal.end : Math.max(first(), holder.firstSequence);
    },
    expired() {
      const oldest = horizon();
      const files = journal.segments().filter(({ arrivals }) => arrivals !== undefined && arrivals.last < oldest);
      return Math.max(floor, ...files.map(({ end }) => end));
    },
    async trim(before) {
      floor = Math.max(floor, before);
      await journal.release(floor);
    },
    problem: journal.problem,
    probe: journal.probe,
    async close() {
      await journal.close();
      for (const reader of readers.values()) await reader.close();
      readers.clear();
    },
  };
}
