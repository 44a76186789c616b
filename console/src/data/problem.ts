/** What kept an answer from coming, sorted by what somebody can do about it. */
export type ProblemKind = 'not permitted' | 'refused' | 'busy' | 'unreachable' | 'failed' | 'not found';

/** Why there is no answer, in words for people. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  /** What to do about it. */
  readonly advice: string;

  constructor(kind: ProblemKind, message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Problem';
    this.kind = kind;
    this.advice = advice;
  }
}

/** The problem behind a status that is no success. `detail` is what the server said about it, if anything. */
export function problemOfStatus(status: number, detail: string | undefined): Problem {
  const said = detail ?? `the answer was ${status}`;
  if (status === 401 || status === 403) {
    return new Problem('not permitted', `This is not yours to see: ${said}.`, 'Sign in with a token that may read it.');
  }
  if (status === 404)
    return new Problem('not found', `It is not there: ${said}.`, 'Ask again: links end after an hour.');
  if (status === 429) return new Problem('busy', `Too much is asked at once: ${said}.`, 'Try again in a moment.');
  if (status < 500)
    return new Problem('refused', `The server refused it: ${said}.`, 'Change what is asked, then try again.');
  return new Problem('failed', `The server failed: ${said}.`, 'Try again; if it stays, look into the logs.');
}

/** Whatever was thrown, as a problem. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Problem('failed', `Something went wrong here: ${message}.`, 'Reload the page.', { cause: error });
}
