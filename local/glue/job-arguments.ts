import type { LocalJobContext } from './job-runner.ts';

/** A run's arguments, read as the scripts read theirs. */
export interface JobArguments {
  /** A required argument by its name without dashes. Throws Error where it is missing. */
  text(name: string): string;
  /** The same without slashes at its ends. */
  prefix(name: string): string;
  /** Path of the file asset that a required argument names. */
  assetPath(name: string): string;
  readonly compression: string;
  /** Milliseconds since the epoch: `--now`, else the clock's. */
  readonly now: number;
}

/** Throws Error naming what is missing or unusable, at once or when it is asked for. */
export function readArguments({ arguments: given, clock, assetPath }: LocalJobContext): JobArguments {
  const text = (name: string): string => {
    const value = given[`--${name}`];
    if (value === undefined || value === '') throw new Error(`the job has no argument --${name}`);
    return value;
  };
  return {
    text,
    prefix: (name) => text(name).replaceAll(/^\/+|\/+$/g, ''),
    assetPath(name) {
      const address = text(name);
      const [, key] = /^s3:\/\/[^/]+\/(.+)$/.exec(address) ?? [];
      const path = key === undefined ? undefined : assetPath(key);
      if (path === undefined) throw new Error(`--${name} is ${address}, which is no asset of the template`);
      return path;
    },
    compression: compressionOf(text('compression')),
    now: timeOf(given['--now'], clock()),
  };
}

function timeOf(text: string | undefined, now: number): number {
  if (text === undefined || text === '') return now;
  // Without an offset it is UTC.
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw new Error(`--now is ${text}; a time is written like 2026-11-18T12:00:00Z`);
  return time;
}

function compressionOf(name: string): string {
  const known = ['zstd', 'snappy', 'gzip', 'uncompressed'];
  if (!known.includes(name)) throw new Error(`--compression is ${name}; it is one of ${known.join(', ')}`);
  return name;
}
