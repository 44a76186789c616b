/** Values of rounds: the one in the middle, and the lowest and highest. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Something measured, the same from release to release. */
export interface Figure {
  /** Unique among all figures, the bench's name first: `transform: 100 events a record, of the floor`. */
  readonly name: string;
  /** Of the values; `ratio` for one quantity by another of the same round. */
  readonly unit: 'ratio' | 'events/s' | 'rows/s' | 'calls/s' | 'ms' | 's' | 'KB' | 'MB' | 'bytes/event' | 'slope';
  readonly better: 'higher' | 'lower';
  readonly values: Spread;
  /** How many rounds they come from. */
  readonly rounds: number;
  /** What the project promises of the median: at least it where higher is better, at most it otherwise. */
  readonly promised?: number;
}

/** What a bench is told. */
export interface BenchOptions {
  /** Rounds of every figure; all that are compared take turns in each. */
  readonly rounds: number;
  /** Adds what takes longer than a few minutes: jobs at millions of rows, ten million events, the soak. */
  readonly full: boolean;
  /** Says what is being done. */
  print(line: string): void;
}

/** One file of bench/: a few figures that are measured together. */
export interface Bench {
  readonly name: string;
  /** One line about what is measured against what. */
  readonly shows: string;
  /** @throws Error where what is measured does not do its work: a wrong answer has no speed */
  run(options: BenchOptions): Promise<readonly Figure[]>;
}
