// The two arms in one process of their own: plain JavaScript, so that no loader is measured with them.
import { readFileSync } from 'node:fs';
import { GCProfiler, getHeapStatistics } from 'node:v8';

const { handler } = await import(process.env['BENCH_ENTRY']);

/** Batches by the number of events in a record. */
const batches = JSON.parse(readFileSync(process.env['BENCH_BATCHES'], 'utf8'));

const arms = {
  handler: async (batch) => (await handler(batch, { awsRequestId: 'bench' })).records,

  floor: async ({ records }) =>
    records.map(({ recordId, data }) => {
      const value = JSON.parse(Buffer.from(data, 'base64').toString());
      return { recordId, result: 'Ok', data: Buffer.from(JSON.stringify(value)).toString('base64') };
    }),
};

const tasks = {
  answers: async (arm, ofSize) => {
    const answers = [];
    for (const batch of ofSize) answers.push(await arm(batch));
    return answers;
  },

  /**
   * Milliseconds for all batches, and the length of what they are answered with. What the arm before left behind is
   * cleared away first; not by a full collection, which throws compiled code away too.
   */
  time: async (arm, ofSize) => {
    gc({ type: 'minor' });
    let characters = 0;
    const startedAt = performance.now();
    for (const batch of ofSize) {
      for (const { data } of await arm(batch)) characters += data.length;
    }
    return { milliseconds: performance.now() - startedAt, characters };
  },

  /** Bytes that one batch takes on the heap and in buffers, and how many collections got in between. */
  bytes: async (arm, [batch]) => {
    gc();
    const profiler = new GCProfiler();
    profiler.start();
    const before = allocated();
    await arm(batch);
    const bytes = allocated() - before;
    return { bytes, collections: profiler.stop().statistics.length };
  },
};

const allocated = () => getHeapStatistics().used_heap_size + process.memoryUsage().arrayBuffers;

process.on('message', async ({ task, arm, eventsPerRecord }) => {
  try {
    process.send({ result: await tasks[task](arms[arm], batches[eventsPerRecord]) });
  } catch (error) {
    process.send({ problem: error.stack });
  }
});
process.send({ result: 'ready' });
