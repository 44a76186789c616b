import Table from 'cli-table3';

/** What one fault came to; counts are of events. */
export interface CrashRow {
  readonly fault: string;
  /** How often it struck. */
  readonly times: number;
  /** Events whose 200 was read. */
  readonly acknowledged: number;
  /** Answers that were no 200, by status; `none` where the connection broke. */
  readonly otherAnswers: ReadonlyMap<string, number>;
  /** Acknowledged and in `events`. */
  readonly inEvents: number;
  /** Acknowledged and in `raw_events` alone: rejected, with a reason. */
  readonly rejected: number;
  /** Acknowledged and only in an object of `firehose-errors/`, whole. */
  readonly inErrors: number;
  /** Acknowledged and nowhere. Must be empty. */
  readonly lost: readonly string[];
  /** More rows of `events` than events. Must be 0. */
  readonly duplicates: number;
  /** What else was seen. */
  readonly note: string;
}

/** The crash table as it is printed. */
export function crashTable(rows: readonly CrashRow[]): string {
  const table = new Table({
    head: [
      'what was injected',
      'times',
      'acknowledged',
      'other answers',
      'in events',
      'rejected',
      'in errors',
      'lost',
      'twice',
      'seen',
    ],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, null, 22, null, null, null, null, null, 46],
    wordWrap: true,
  });
  for (const row of rows) {
    const answers = [...row.otherAnswers].toSorted().map(([status, count]) => `${status}: ${count}`);
    table.push([
      row.fault,
      row.times,
      row.acknowledged,
      answers.join(', ') || '-',
      row.inEvents,
      row.rejected,
      row.inErrors,
      row.lost.length,
      row.duplicates,
      row.note || '-',
    ]);
  }
  return table.toString();
}

/** What speaks against the promise; empty where all of it was held. */
export function brokenPromises(rows: readonly CrashRow[]): readonly string[] {
  return rows.flatMap(({ fault, times, acknowledged, lost, duplicates }) => [
    ...(times === 0 ? [`${fault}: it never struck`] : []),
    ...(acknowledged === 0 ? [`${fault}: nothing was acknowledged, so nothing could be lost`] : []),
    ...(lost.length > 0 ? [`${fault}: ${lost.length} acknowledged events are lost, e.g. ${lost[0]}`] : []),
    ...(duplicates > 0 ? [`${fault}: ${duplicates} rows of events too many`] : []),
  ]);
}
