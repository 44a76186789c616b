import type { RequestTarget } from './requests.ts';

/** What the load client is told. */
export interface LoadOrder extends RequestTarget {
  readonly eventsPerRequest: number;
  /** Each has one request under way at a time. */
  readonly connections: number;
  readonly seconds: number;
  /** Left out, a connection sends again as soon as it is answered. */
  readonly requestsPerSecond?: number;
}

/** What it says in the end, when every request is answered. */
export interface LoadReport {
  /** Answered with 200 in all, and of those the ones before the time was up. */
  readonly acknowledged: number;
  readonly inTime: number;
  readonly seconds: number;
  /** Answers of another status, by status. */
  readonly others: Readonly<Record<string, number>>;
  /** Milliseconds from when a request was sent, or due, to its answer. */
  readonly p50: number;
  readonly p99: number;
  /** Processor seconds of the client itself. */
  readonly clientCpuSeconds: number;
}
