import { matchesPattern } from '../policy.ts';

/** The media types that an API calls binary; `*` may stand in them for anything. */
export class BinaryTypes {
  private readonly patterns: readonly string[];

  constructor(patterns: readonly string[]) {
    this.patterns = patterns.map((pattern) => pattern.toLowerCase());
  }

  includes(type: string): boolean {
    return this.patterns.some((pattern) => matchesPattern(type, pattern));
  }
}

/** The first media type of an Accept header, the only one that API Gateway looks at; empty where there is none. */
export function firstAccepted(accept = ''): string {
  const [first = ''] = accept.split(',');
  return (first.split(';')[0] ?? '').trim().toLowerCase();
}
