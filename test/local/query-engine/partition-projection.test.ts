import { describe, expect, it } from 'vitest';
import { projectPartitions } from '../../../local/query-engine/partition-projection.ts';
import type { GlueTable } from '../../../local/runtime.ts';

const now = Date.parse('2026-03-01T00:30:00Z');

function aTable(keys: readonly string[], parameters: Readonly<Record<string, string>>): GlueTable {
  return {
    DatabaseName: 'd',
    Name: 't',
    PartitionKeys: keys.map((Name) => ({ Name, Type: 'string' })),
    Parameters: { 'projection.enabled': 'true', ...parameters },
    StorageDescriptor: { Location: 's3://lake/t' },
  };
}

const project = (keys: readonly string[], parameters: Readonly<Record<string, string>>) =>
  projectPartitions(aTable(keys, parameters), () => now);

const projectedDays = (parameters: Readonly<Record<string, string>>) =>
  project(['day'], { 'projection.day.type': 'date', ...parameters }).map((partition) => partition.values[0]);

describe('projectPartitions', () => {
  it('counts days from now, by UTC', () => {
    const parameters = {
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.range': 'NOW-2DAYS,NOW+1DAYS',
    };
    expect(project(['day'], parameters)).toEqual([
      { values: ['2026-02-27'], location: 's3://lake/t/day=2026-02-27/' },
      { values: ['2026-02-28'], location: 's3://lake/t/day=2026-02-28/' },
      { values: ['2026-03-01'], location: 's3://lake/t/day=2026-03-01/' },
      { values: ['2026-03-02'], location: 's3://lake/t/day=2026-03-02/' },
    ]);
  });

  it('takes dates in other forms, and steps', () => {
    expect(projectedDays({ 'projection.day.format': 'yyyy/MM/dd', 'projection.day.range': '2026/02/28,NOW' })).toEqual([
      '2026/02/28',
      '2026/03/01',
    ]);
    expect(
      projectedDays({
        'projection.day.format': 'yyyy-MM-dd-HH',
        'projection.day.range': '2026-02-28-22,NOW',
        'projection.day.interval.unit': 'HOURS',
      }),
    ).toEqual(['2026-02-28-22', '2026-02-28-23', '2026-03-01-00']);
  });

  it('multiplies keys and fills the template', () => {
    const parameters = {
      'projection.game.type': 'enum',
      'projection.game.values': 'a, b',
      'projection.part.type': 'integer',
      'projection.part.range': '1,2',
      'projection.part.digits': '2',
      'storage.location.template': 's3://lake/${part}/${game}/',
    };
    expect(project(['game', 'part'], parameters).map(({ location }) => location)).toEqual([
      's3://lake/01/a/',
      's3://lake/02/a/',
      's3://lake/01/b/',
      's3://lake/02/b/',
    ]);
  });

  it('says which key is not configured, as Athena does', () => {
    expect(() => project(['day'], {})).toThrow(/missing projection configuration for partition column day/);
  });
});
