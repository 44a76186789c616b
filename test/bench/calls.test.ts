import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { callFigures } from '../../bench/calls.ts';
import { measureCalls } from '../../bench/calls/measure-calls.ts';

const folder = mkdtempSync(join(tmpdir(), 'calls-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Scans the table as often as its event says, and answers with how many items came. */
writeFileSync(
  join(folder, 'index.mjs'),
  `import { request } from 'node:http';
  const scan = () => new Promise((resolve) => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.Scan' };
    request(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text).Items));
    }).end('{}');
  });
  let scans = 0;
  export async function handler({ times, once }) {
    let items = 0;
    for (let at = 0; at < times && !(once && scans >= 13); at += 1, scans += 1) items += (await scan()).length;
    return { items };
  }`,
);
const functions = [{ name: 'Scanner', folder, variables: {} }];
const scanner = { name: 'scanner', functionName: 'Scanner' };
const options = { deployed: { functions, savedQueries: [] }, rounds: 1, warmUp: 5, calls: 5 };

it('measures warm calls, and beside them the requests that they send', async () => {
  const events = [
    { ...scanner, name: 'scanner, two', event: { times: 2 }, expects: '"items":2' },
    { ...scanner, name: 'scanner, none', event: { times: 0 }, expects: '"items":0' },
  ];
  const measured = await measureCalls({ ...options, events });
  expect(measured.map(({ name, requests }) => [name, requests])).toEqual([
    ['scanner, two', 2],
    ['scanner, none', 0],
  ]);
  const figures = measured.flatMap(callFigures);
  expect(figures.map(({ name, unit, rounds }) => [name, unit, rounds])).toEqual([
    ['calls: scanner, two, a call', 'ms', 1],
    ['calls: scanner, two, one after the other', 'calls/s', 1],
    ['calls: scanner, two, of the bare requests', 'ratio', 1],
    ['calls: scanner, none, a call', 'ms', 1],
    ['calls: scanner, none, one after the other', 'calls/s', 1],
  ]);
  for (const { values } of figures) expect(values.median).toBeGreaterThan(0);
});

it('measures nothing that answers wrongly, and nothing that stops to ask', async () => {
  const wrong = { ...scanner, event: { times: 1 }, expects: '"items":2' };
  await expect(measureCalls({ ...options, events: [wrong] })).rejects.toThrow(
    'Scanner: it answered {"items":1} and not "items":2',
  );
  const lazy = { ...scanner, event: { times: 1, once: true }, expects: '"items":' };
  await expect(measureCalls({ ...options, events: [lazy] })).rejects.toThrow(/5 calls sent \d requests to AWS, not 5/);
  const unknown = { ...scanner, functionName: 'Other', event: {}, expects: '' };
  await expect(measureCalls({ ...options, events: [unknown] })).rejects.toThrow(
    'there is no function Other; there are Scanner',
  );
});
