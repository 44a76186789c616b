import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planRemovals, stackNames } from '../../../cli/deploy/plan-removals.ts';
import type { StackTemplate } from '../../../cli/deploy/stack-template.ts';

const stack = (imports: readonly string[], exports: readonly string[]): StackTemplate => ({
  Resources: { It: { Type: 'Any', Properties: { deep: [imports.map((name) => ({ 'Fn::ImportValue': name }))] } } },
  Outputs: Object.fromEntries(exports.map((name) => [`Out${name}`, { Value: name, Export: { Name: name } }])),
});

const deployed = new Map([
  ['g-storage', stack([], ['lake'])],
  ['g-api', stack(['lake'], ['url'])],
  ['g-warehouse', stack(['lake'], ['warehouse'])],
  ['g-console', stack(['warehouse', 'url'], [])],
]);

describe('planRemovals', () => {
  it('removes nothing that is configured', () => {
    expect(planRemovals(deployed, new Set(deployed.keys()))).toEqual([]);
  });

  it('deletes consumers first', () => {
    expect(planRemovals(deployed, new Set(['g-storage', 'g-api']))).toEqual(['g-console', 'g-warehouse']);
  });

  it('knows every stack that the pipeline makes', () => {
    const made = readdirSync('lib/stacks').map((file) => `test-${file.replace('-stack.ts', '')}`);
    expect(made.length).toBeGreaterThan(3);
    expect(stackNames('test')).toEqual(expect.arrayContaining(made));
  });
});
