import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { alarmsOf } from '../support/alarm-bench.ts';
import { synthesizeConfig } from '../support/synthesized.ts';

const page = readFileSync('docs/operations.md', 'utf8');
const section = page.split(/^(?=## )/m).find((part) => part.startsWith('## Alarms\n')) ?? '';

/** The runbook's sections by their headings. */
const runbook = new Map(
  section
    .split(/^### /m)
    .slice(1)
    .map((part): [string, string] => [part.slice(0, part.indexOf('\n')), part]),
);

it('has a section for every alarm of every mode, and for no other', () => {
  const everything = { INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT' } as const;
  const alarms = [{}, everything].flatMap((settings) => alarmsOf(synthesizeConfig(settings)));
  expect([...runbook.keys()].toSorted()).toEqual([...new Set(alarms.map(({ name }) => name))].toSorted());
  for (const { name, properties } of alarms) {
    expect(properties.AlarmDescription).toMatch(new RegExp(`docs/operations\\.md, ${name}\\.$`));
  }
});

it.each([...runbook])('says of %s what it means, where to look and what to do', (_name, text) => {
  for (const mark of ['**Means**: ', '**Look**: ', '**Do**: ']) expect(text).toContain(mark);
});

it('names the thresholds of freshness', () => {
  for (const DEV_MODE of [true, false]) {
    const alarm = alarmsOf(synthesizeConfig({ DEV_MODE })).find(({ name }) => name === 'freshness');
    expect(runbook.get('freshness')).toMatch(new RegExp(`\\b${alarm?.threshold}\\b`));
  }
});
