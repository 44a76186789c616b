/** What is generated and how it is sent. Shares are parts of all events sent, from 0 to 1. */
export interface GeneratorOptions {
  /** The same seed, sizes and end give the same events. */
  readonly seed: string;
  readonly games: number;
  /** Events in all, the duplicates and the bad ones among them. */
  readonly events: number;
  /**
   * Players in all: each plays one game at least, and every other one with a chance of a quarter. Generation ends with
   * the last one's life even if fewer events came together.
   */
  readonly players: number;
  /** How many days the players' lives span, back from `end`. */
  readonly days: number;
  /** The last moment at which anything happens: milliseconds since the epoch. */
  readonly end: number;
  /** Events a second; 0 sends as fast as answers come. */
  readonly rate: number;
  /** Most events in one request. */
  readonly batch: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Accepted events that are sent once more, unchanged. */
  readonly duplicates: number;
  /** Events held back and sent after events that happened later. */
  readonly late: number;
  /** The most events that overtake one that is held back, or that lie between an event and its late copy. */
  readonly longestDelay: number;
  /** Events that a rule of the event contract rejects. */
  readonly malformed: number;
  /** Events of a type that no schema declares. */
  readonly undeclared: number;
  /** What the deployment does with those (its UNDECLARED_EVENT_TYPES). */
  readonly undeclaredEventTypes: 'ACCEPT' | 'REJECT';
  /** Events of an application nobody registered, put straight to the delivery stream. */
  readonly unregistered: number;
  /** Give a request up after this long without an acknowledgement. */
  readonly giveUpSeconds: number;
}

export const generatorDefaults: Omit<GeneratorOptions, 'end'> = {
  seed: 'playlake',
  games: 2,
  events: 10_000,
  players: Number.MAX_SAFE_INTEGER,
  days: 30,
  rate: 0,
  batch: 200,
  concurrency: 8,
  duplicates: 0.02,
  late: 0.02,
  longestDelay: 5000,
  malformed: 0.01,
  undeclared: 0,
  undeclaredEventTypes: 'ACCEPT',
  unregistered: 0,
  giveUpSeconds: 120,
};

/** Throws a RangeError that names every option out of its bounds. */
export function checkOptions(options: GeneratorOptions): void {
  const problems: string[] = [];
  const whole = (
    name: 'games' | 'events' | 'players' | 'batch' | 'concurrency' | 'longestDelay',
    least: number,
    most: number,
  ) => {
    const value = options[name];
    if (!Number.isInteger(value) || value < least || value > most) {
      problems.push(`${name} must be a whole number from ${least} to ${most}, got ${value}`);
    }
  };
  whole('games', 1, 1000);
  whole('events', 1, Number.MAX_SAFE_INTEGER);
  whole('players', 1, Number.MAX_SAFE_INTEGER);
  whole('batch', 1, 4000);
  whole('concurrency', 1, 256);
  whole('longestDelay', 1, Number.MAX_SAFE_INTEGER);

  // Events older than MAX_EVENT_AGE_DAYS (400 unless configured) would take their time of arrival instead.
  if (!(options.days > 0 && options.days <= 399))
    problems.push(`days must be over 0 and at most 399, got ${options.days}`);
  if (!(options.rate >= 0)) problems.push(`rate must be 0 or more, got ${options.rate}`);
  if (!(options.giveUpSeconds > 0)) problems.push(`giveUpSeconds must be over 0, got ${options.giveUpSeconds}`);
  const shares = ['duplicates', 'late', 'malformed', 'undeclared', 'unregistered'] as const;
  for (const name of shares) {
    if (!(options[name] >= 0 && options[name] <= 1))
      problems.push(`${name} must lie between 0 and 1, got ${options[name]}`);
  }
  if (options.duplicates + options.malformed + options.undeclared + options.unregistered > 0.9) {
    problems.push('duplicates, malformed, undeclared and unregistered together must leave a tenth for real events');
  }
  if (problems.length > 0) throw new RangeError(`the generator's options do not fit:\n  ${problems.join('\n  ')}`);
}
