/** What a deployment has to bear in a month. */
export interface Load {
  readonly eventsPerSecond: number;
  /** Length of an event's JSON as a client sends it, in bytes. */
  readonly eventBytes: number;
  readonly eventsPerRequest: number;
  readonly games: number;
  /** Runs of reports in a month. */
  readonly reportRuns: number;
  /** Months for which data has been coming in: what is stored by then is what storage is billed for. */
  readonly months: number;
}

export const loadNames = ['indie', 'studio', 'publisher'] as const;

export type LoadName = (typeof loadNames)[number];

const usual = { eventBytes: 600, eventsPerRequest: 20, months: 12 } as const;

/** Loads to begin with. */
export const namedLoads: Readonly<Record<LoadName, Load>> = {
  indie: { ...usual, eventsPerSecond: 1, games: 1, reportRuns: 100 },
  studio: { ...usual, eventsPerSecond: 100, games: 5, reportRuns: 3_000 },
  publisher: { ...usual, eventsPerSecond: 5_000, games: 50, reportRuns: 30_000 },
};

/** Firehose's limit for a record before base64; the gateway's for a request is ten times that. */
const largestRecordBytes = 1_000 * 1024;

/**
 * Refuses a load that no deployment can bear.
 * @throws RangeError that says what was given and what is allowed
 */
export function checkLoad(load: Load): void {
  const positive: readonly (keyof Load)[] = ['eventsPerSecond', 'eventBytes', 'eventsPerRequest', 'games', 'months'];
  for (const key of positive) {
    if (!(load[key] > 0)) throw new RangeError(`${key} is ${load[key]}; it must be more than 0`);
  }
  if (!(load.reportRuns >= 0)) throw new RangeError(`reportRuns is ${load.reportRuns}; it must not be negative`);
  if (load.eventsPerRequest < 1)
    throw new RangeError(`eventsPerRequest is ${load.eventsPerRequest}; it must be 1 or more`);
  const bytes = load.eventsPerRequest * (load.eventBytes + 1);
  if (bytes > largestRecordBytes) {
    throw new RangeError(
      `${load.eventsPerRequest} events of ${load.eventBytes} bytes are ${Math.round(bytes)}; a request may have ` +
        `${largestRecordBytes}, since it becomes one record`,
    );
  }
}
