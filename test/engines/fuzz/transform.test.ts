import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { fuzzInParallel } from '../../support/fuzz/fuzz-in-parallel.ts';
import { aFuzzedTransform, BrokenContract, fuzzTransform, unitsOf } from '../../support/fuzz/fuzz-transform.ts';

/** What two busy cores do in some minutes; the proof's are ten million. */
const inputs = 300_000;

describe('whatever a record is', () => {
  it(`the transform keeps its contract, ${inputs} times`, { timeout: 600_000 }, async () => {
    const report = await fuzzInParallel('ci', inputs);
    expect(report.inputs).toBeGreaterThanOrEqual(inputs);
    // Most records are such that something of them is judged.
    expect(report.rows).toBeGreaterThan(inputs);
    expect(report.failed).toBeLessThan(inputs / 4);
  });
});

/** What every object has as its prototype. */
const everything = Object.getPrototypeOf({}) as object;

type Transform = ReturnType<typeof aFuzzedTransform>;

/** The transform with a fault in what it answers to each record. */
const faulty =
  (change: (data: string) => string): Transform =>
  async (event: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    const { records } = await aFuzzedTransform()(event);
    return { records: records.map((record) => changed(record, change)) };
  };

type Answered = FirehoseTransformationResult['records'][number];

function changed({ recordId, result, data = '' }: Answered, change: (data: string) => string): Answered {
  const text = result === 'Ok' ? change(Buffer.from(data, 'base64').toString()) : undefined;
  return { recordId, result, data: text === undefined ? data : Buffer.from(text).toString('base64') };
}

const withLines = (change: (lines: readonly string[]) => readonly string[]) => (data: string) =>
  change(data.split('\n').slice(0, -1))
    .map((line) => `${line}\n`)
    .join('');

const rounded = (text: string): string => text.replace('12345678901234567890', '12345678901234567000');

describe('the test itself', () => {
  it.each<readonly [string, Transform]>([
    ['a lost event', faulty(withLines((lines) => (lines.length > 1 ? lines.slice(1) : lines)))],
    ['an event twice', faulty(withLines((lines) => [...lines, lines[0] ?? '']))],
    ['events in another order', faulty(withLines((lines) => lines.toReversed()))],
    ['a status that is none', faulty((data) => data.replaceAll('"status":"rejected"', '"status":"refused"'))],
    ['a code that is none', faulty((data) => data.replaceAll('invalid_event_id', 'bad_event_id'))],
    ['a column that is none', faulty((data) => data.replaceAll('"status":', '"state":"x","status":'))],
    ['an original that was changed', faulty((data) => data.replaceAll('"original":["', '"original":[" '))],
    ['a rounded number', faulty(rounded)],
    ['another event_data', faulty((data) => data.replaceAll('\\"level\\":1', '\\"level\\":2'))],
    ['an event_id in upper case', faulty((data) => data.replaceAll('018f3a2b', '018F3A2B'))],
    ['a personal value in the clear', faulty((data) => data.replace(/enc:v1:[^\\"]*/, 'canary-of-a-person'))],
    ['a good event rejected', faulty(withRejected)],
    [
      'a record that is not answered',
      async (event) => ({ records: (await aFuzzedTransform()(event)).records.slice(1) }),
    ],
    ['an error that is thrown', async () => Promise.reject(new Error('out of luck'))],
    [
      'a polluted prototype',
      async (event) => {
        Reflect.defineProperty(everything, 'polluted', { value: 1, configurable: true });
        return aFuzzedTransform()(event);
      },
    ],
  ])('sees %s', async (_what, transform) => {
    const found = fuzzTransform(transform, { seed: 'planted', from: 0, count: 3_000 });
    await expect(found).rejects.toThrow(BrokenContract);
    Reflect.deleteProperty(everything, 'polluted');
  });

  it.each([
    ['long text in one string', JSON.stringify('x'.repeat(65_000)), 1],
    ['strings that nothing parts', '""'.repeat(4_001), 5],
    ['words that nothing parts', 'nulltruefalse'.repeat(400), 2],
    ['an array', `[${'1,'.repeat(2_500)}1]`, 3],
  ])('allows for the values of %s', (_what, text, units) => {
    expect(unitsOf(Buffer.from(text).toString('base64'))).toBe(units);
  });

  it('sees an input that takes too long, and shrinks it', async () => {
    const transform = aFuzzedTransform();
    const slow: Transform = async (event) => {
      const isSlow = event.records.some(({ data }) => Buffer.from(data, 'base64').includes('dragon'));
      // By the processor's time, as it is measured.
      const wanted = isSlow ? 80_000 : 0;
      for (const from = process.cpuUsage(); process.cpuUsage(from).user < wanted;) continue;
      return transform(event);
    };
    const found = fuzzTransform(slow, { seed: 'planted', from: 1, count: 20 });
    await expect(found).rejects.toThrow(/took \d+ ms at the least; 50 are allowed[^]*as text: dragon$/);
  });
});

/** The first event of a record turned into a rejected one. */
function withRejected(data: string): string {
  return data.replace(
    /^(\{(?:(?!"original").)*)"status":"accepted"(.*)\}\n/,
    (_line, before: string, after: string) =>
      `${before}"status":"rejected","rejection":"{\\"code\\":\\"invalid_envelope\\",\\"errors\\":[\\"x\\"]}"${after},"original":["{}"]}\n`,
  );
}
