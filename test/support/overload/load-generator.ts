import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { aSentEvent } from '../send-events.ts';

/** What the load generator is told, as JSON in its first argument. */
export interface LoadOrder {
  readonly url: string;
  readonly token: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly eventsPerRequest: number;
  /** File for the ids of events whose 200 was read, one a line. */
  readonly acknowledgedPath: string;
}

/** What it prints in the end, as JSON. */
export interface LoadReport {
  /** Requests that were sent, and how many a second that really was. */
  readonly offered: number;
  readonly offeredPerSecond: number;
  /** Answers by status; `none` where there was none. */
  readonly answers: Readonly<Record<string, number>>;
  /** 429s without a Retry-After of at least a second. */
  readonly withoutRetryAfter: number;
  /** Milliseconds from when a request was due to its 200. */
  readonly acceptedMs: { readonly p50: number; readonly p99: number; readonly most: number };
}

/** More than these at a time and what is due waits, its time counting: a machine has only so many ports. */
const mostSockets = 256;
const tickMs = 5;

const order = JSON.parse(process.argv[2]!) as LoadOrder;
const agent = new Agent({ keepAlive: true, maxSockets: mostSockets });
const answers: Record<string, number> = {};
const accepted: number[] = [];
const acknowledged: string[] = [];
let withoutRetryAfter = 0;
let offered = 0;
let settled = 0;

function settle(status: string): void {
  answers[status] = (answers[status] ?? 0) + 1;
  settled += 1;
}

/** Open loop: a request is sent when it is due, however slow the answers are. */
function send(due: number): void {
  offered += 1;
  const ids = Array.from({ length: order.eventsPerRequest }, () => randomUUID());
  const body = JSON.stringify({ events: ids.map((id) => aSentEvent({ event_id: id })) });
  const outgoing = request(order.url, {
    agent,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: order.token,
      'content-length': Buffer.byteLength(body),
    },
  });
  outgoing.on('error', () => settle('none'));
  outgoing.on('response', (incoming) => {
    incoming.resume().on('end', () => {
      if (incoming.statusCode === 200) {
        accepted.push(performance.now() - due);
        acknowledged.push(...ids);
      }
      if (incoming.statusCode === 429 && !(Number(incoming.headers['retry-after']) >= 1)) withoutRetryAfter += 1;
      settle(String(incoming.statusCode));
    });
  });
  outgoing.end(body);
}

const isWaiting = (): boolean => settled < offered;

function percentile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}

async function finish(startedAt: number): Promise<void> {
  const seconds = (performance.now() - startedAt) / 1000;
  const deadline = performance.now() + 60_000;
  while (isWaiting() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  agent.destroy();
  await writeFile(order.acknowledgedPath, acknowledged.map((id) => `${id}\n`).join(''));
  const sorted = accepted.toSorted((one, other) => one - other);
  const report: LoadReport = {
    offered,
    offeredPerSecond: Math.round(offered / seconds),
    answers,
    withoutRetryAfter,
    acceptedMs: { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), most: percentile(sorted, 1) },
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const startedAt = performance.now();
const timer = setInterval(() => {
  const elapsed = Math.min(performance.now() - startedAt, order.seconds * 1000);
  const due = Math.floor((elapsed / 1000) * order.requestsPerSecond);
  while (offered < due) send(startedAt + (offered / order.requestsPerSecond) * 1000);
  if (elapsed < order.seconds * 1000) return;
  clearInterval(timer);
  void finish(startedAt);
}, tickMs);
