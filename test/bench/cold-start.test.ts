import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { coldStartFigures } from '../../bench/cold-start.ts';
import { measureStarts } from '../../bench/cold-start/measure-starts.ts';

const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A function that lets everybody in, or says something else. */
function authorizer(answer: string) {
  const bundle = mkdtempSync(join(folder, 'bundle-'));
  writeFileSync(
    join(bundle, 'index.mjs'),
    `import{answer}from"./answer-AAAAAAAA.mjs";export const handler=async()=>({${answer}:process.env.EFFECT});`,
  );
  writeFileSync(join(bundle, 'answer-AAAAAAAA.mjs'), 'export const answer=1;');
  writeFileSync(join(bundle, 'later-BBBBBBBB.mjs'), `export const later="${'-'.repeat(1_000)}";`);
  return { name: 'Authorizer', folder: bundle, variables: { EFFECT: 'Allow' } };
}

const awsUrl = 'http://127.0.0.1:9';

it('tells bundle, import and first event of a function, and what is promised of them', async () => {
  const one = authorizer('Effect');
  const [starts = []] = await measureStarts({ functions: [one], rounds: 1, awsUrl });
  const figures = coldStartFigures(one, starts);
  expect(figures.map(({ name, unit, promised }) => [name, unit, promised])).toEqual([
    ['cold-start: Authorizer, bundle', 'KB', 150],
    ['cold-start: Authorizer, read at start', 'KB', undefined],
    ['cold-start: Authorizer, import', 'ms', 20],
    ['cold-start: Authorizer, first event', 'ms', undefined],
  ]);
  const [bundle, atStart, ...times] = figures.map(({ values }) => values.median);
  expect([bundle, atStart].map((kilobytes) => Math.round(kilobytes! * 10) / 10)).toEqual([1.1, 0.1]);
  for (const time of times) expect(time).toBeGreaterThan(0);
});

it('measures nothing that answers wrongly', async () => {
  const measured = measureStarts({ functions: [authorizer('Refusal')], rounds: 1, awsUrl });
  await expect(measured).rejects.toThrow('Authorizer answered {"Refusal":"Allow"} and not "Effect":"Allow"');
});
