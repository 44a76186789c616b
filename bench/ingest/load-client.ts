import { ClientConnection } from './client-connection.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { requestsOf } from './requests.ts';

// A process of its own: takes orders and answers each with a report.
const prepared = new Map<string, readonly Buffer[]>();
// Nobody is left to measure for.
process.on('disconnect', () => process.exit());
process.on('message', (order: LoadOrder) => {
  load(order).then(
    (report) => process.send!(report),
    (error: unknown) => {
      process.send!({ error: String(error) });
    },
  );
});

async function load(order: LoadOrder): Promise<LoadReport> {
  const key = JSON.stringify([order.port, order.path, order.token, order.eventsPerRequest]);
  const requests = prepared.get(key) ?? requestsOf(order, order.eventsPerRequest);
  prepared.set(key, requests);
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => ClientConnection.open(order.port)),
  );
  const run = order.requestsPerSecond === undefined ? sendAtOnce : sendWhenDue;
  const before = process.cpuUsage();
  const report = await Promise.race([run(order, requests, connections), ...connections.map(({ failed }) => failed)]);
  const { user, system } = process.cpuUsage(before);
  for (const connection of connections) connection.close();
  return { ...report, clientCpuSeconds: (user + system) / 1e6 };
}

type Counts = Omit<LoadReport, 'clientCpuSeconds'>;

/** Every connection sends again as soon as it is answered. */
function sendAtOnce(
  { seconds }: LoadOrder,
  requests: readonly Buffer[],
  connections: readonly ClientConnection[],
): Promise<Counts> {
  return new Promise((resolve) => {
    const taken = createCounter(seconds);
    let underway = connections.length;
    let next = 0;
    const sendOne = (connection: ClientConnection): void => {
      const sentAt = performance.now();
      connection.send(requests[next++ % requests.length]!, (status) => {
        if (taken.count(status, sentAt)) sendOne(connection);
        else if (--underway === 0) resolve(taken.counts());
      });
    };
    for (const connection of connections) sendOne(connection);
  });
}

/**
 * Sends each request when it is due, on whichever connection is free; what waits for one waits as part of its time. What
 * is still waiting when the time is up is not sent any more.
 */
function sendWhenDue(
  { seconds, requestsPerSecond = 0 }: LoadOrder,
  requests: readonly Buffer[],
  connections: readonly ClientConnection[],
): Promise<Counts> {
  return new Promise((resolve) => {
    const taken = createCounter(seconds);
    const free = [...connections];
    let sent = 0;
    const goOn = (): void => {
      const elapsed = (performance.now() - taken.beganAt) / 1_000;
      if (elapsed < seconds) {
        const due = Math.floor(elapsed * requestsPerSecond);
        for (const connection of free.splice(0, Math.max(0, due - sent))) sendOne(connection);
      } else if (free.length === connections.length) {
        clearInterval(timer);
        resolve(taken.counts());
      }
    };
    const sendOne = (connection: ClientConnection): void => {
      const dueAt = taken.beganAt + (sent / requestsPerSecond) * 1_000;
      connection.send(requests[sent++ % requests.length]!, (status) => {
        taken.count(status, dueAt);
        free.push(connection);
        goOn();
      });
    };
    const timer = setInterval(goOn, 1);
  });
}

function createCounter(seconds: number) {
  const beganAt = performance.now();
  const others: Record<string, number> = {};
  const times: number[] = [];
  let inTime = 0;
  return {
    beganAt,
    /** Whether there is time for another request. */
    count(status: number, since: number): boolean {
      const now = performance.now();
      const isInTime = now - beganAt < seconds * 1_000;
      if (status !== 200) others[status] = (others[status] ?? 0) + 1;
      else {
        times.push(now - since);
        if (isInTime) inTime += 1;
      }
      return isInTime;
    },
    counts(): Counts {
      const sorted = Float64Array.from(times).toSorted();
      const share = (part: number): number =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
      return { acknowledged: times.length, inTime, seconds, others, p50: share(0.5), p99: share(0.99) };
    },
  };
}
