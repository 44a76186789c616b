import type { SentRequest } from '../functions/answer-aws.ts';

/** What was sent to AWS: counted, and kept while somebody wants to know. */
export class RequestLog {
  #count = 0;
  #kept: SentRequest[] | undefined;

  get count(): number {
    return this.#count;
  }

  add(request: SentRequest): void {
    this.#count += 1;
    this.#kept?.push(request);
  }

  /** What some work sends. */
  async during(work: () => Promise<unknown>): Promise<readonly SentRequest[]> {
    const kept: SentRequest[] = [];
    this.#kept = kept;
    await work();
    this.#kept = undefined;
    return kept;
  }
}
