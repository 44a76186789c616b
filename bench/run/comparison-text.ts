import { formatTable } from '../../cli/format-table.ts';
import type { Comparison, Moved } from './compare.ts';
import { describeMachine } from './machine.ts';
import type { Results } from './results.ts';
import { shown } from './shown.ts';

/** A comparison in words, and what moved as a table. */
export function comparisonText(before: Results, after: Results, comparison: Comparison): string {
  const { moved, compared, redefined, onlyBefore, onlyAfter } = comparison;
  const better = moved.filter(({ isBetter }) => isBetter).length;
  return [
    `compared with ${before.version} of ${before.date.slice(0, 10)}`,
    ...machineLines(before, after, comparison),
    ...(moved.length > 0 ? [formatTable(['figure', 'unit', 'was', 'is', 'change', ''], moved.map(row))] : []),
    `${moved.length} of ${compared} figures moved by more than the noise: ${better} better, ${moved.length - better} worse`,
    ...named('not compared, since they mean something else now', redefined),
    ...named('only there', onlyBefore),
    ...named('only here', onlyAfter),
  ].join('\n');
}

function machineLines(before: Results, after: Results, { isSameMachine }: Comparison): readonly string[] {
  if (!isSameMachine) {
    const [then, now] = [describeMachine(before), describeMachine(after)];
    return [`another machine: ${then} there, ${now} here; only ratios and slopes are compared`];
  }
  return before.node === after.node ? [] : [`Node ${before.node} there, ${after.node} here`];
}

function row({ before, after, change, isBetter }: Moved): string[] {
  const percent = `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
  const [was, is] = [before.values.median, after.values.median].map(shown);
  return [before.name, before.unit, was!, is!, Number.isFinite(change) ? percent : '', isBetter ? 'better' : 'worse'];
}

const named = (what: string, names: readonly string[]): readonly string[] =>
  names.length > 0 ? [`${what}: ${names.join('; ')}`] : [];
