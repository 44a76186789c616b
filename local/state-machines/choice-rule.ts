import { checkPath, lookAt, valueAt } from './payload-template.ts';
import type { PathScope } from './payload-template.ts';

/** A rule of a Choice state as the definition has it. */
export interface ChoiceRule {
  readonly Variable?: string;
  readonly Next?: string;
  readonly And?: readonly ChoiceRule[];
  readonly Or?: readonly ChoiceRule[];
  readonly Not?: ChoiceRule;
  readonly Comment?: string;
  readonly [operator: string]: unknown;
}

type Test = (value: unknown, expected: unknown) => boolean;

/** Whether a rule holds. Throws States.Runtime where its variable is not there, unless it asks whether it is. */
export function holds(rule: ChoiceRule, scope: PathScope): boolean {
  if (rule.And) return rule.And.every((one) => holds(one, scope));
  if (rule.Or) return rule.Or.some((one) => holds(one, scope));
  if (rule.Not) return !holds(rule.Not, scope);
  const { operator, expected } = comparisonOf(rule);
  const variable = rule.Variable ?? '$';
  if (operator === 'IsPresent') return (lookAt(variable, scope) !== undefined) === expected;
  const value = valueAt(variable, scope);
  if (!operator.endsWith('Path')) return tests[operator]!(value, expected);
  return tests[operator.slice(0, -'Path'.length)]!(value, valueAt(String(expected), scope));
}

/** Throws on rules that have no stand-in. */
export function checkRule(rule: ChoiceRule): void {
  const inner = rule.And ?? rule.Or ?? (rule.Not ? [rule.Not] : undefined);
  if (inner) return inner.forEach(checkRule);
  checkPath(String(rule.Variable));
  const { operator } = comparisonOf(rule);
  if (operator === 'IsPresent') return;
  const known = Object.hasOwn(tests, operator) || (COMPARISON.test(operator) && operator.endsWith('Path'));
  if (!known) throw new Error(`the comparison ${operator} has no stand-in`);
}

const NOT_COMPARING: ReadonlySet<string> = new Set(['Variable', 'Next', 'Comment']);
const COMPARISON = /^(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)/;

function comparisonOf(rule: ChoiceRule): { readonly operator: string; readonly expected: unknown } {
  const [[operator, expected] = ['', undefined], ...more] = Object.entries(rule).filter(
    ([name]) => !NOT_COMPARING.has(name),
  );
  if (operator !== '' && more.length === 0) return { operator, expected };
  throw new Error(`a choice ${JSON.stringify(rule)} has no comparison, or more than one`);
}

const types: Readonly<Record<string, (value: unknown) => string | number | boolean | undefined>> = {
  String: (value) => (typeof value === 'string' ? value : undefined),
  Numeric: (value) => (typeof value === 'number' ? value : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  Timestamp: timeOf,
};

const orders: Readonly<Record<string, (left: string | number, right: string | number) => boolean>> = {
  LessThan: (left, right) => left < right,
  GreaterThan: (left, right) => left > right,
  LessThanEquals: (left, right) => left <= right,
  GreaterThanEquals: (left, right) => left >= right,
};

/** `StringEquals`, `NumericLessThan` and the like: a value of another type meets none. */
function comparisons(): Record<string, Test> {
  const made: Record<string, Test> = {};
  for (const [type, read] of Object.entries(types)) {
    made[`${type}Equals`] = (value, expected) => read(value) !== undefined && read(value) === read(expected);
    if (type === 'Boolean') continue;
    for (const [order, compare] of Object.entries(orders)) {
      made[`${type}${order}`] = (value, expected) => {
        const [left, right] = [read(value), read(expected)];
        return left !== undefined && right !== undefined && compare(left as string, right as string);
      };
    }
  }
  return made;
}

const tests: Readonly<Record<string, Test>> = {
  ...comparisons(),
  StringMatches: (value, pattern) => typeof value === 'string' && wildcard(String(pattern)).test(value),
  IsNull: (value, expected) => (value === null) === expected,
  IsString: (value, expected) => (typeof value === 'string') === expected,
  IsNumeric: (value, expected) => (typeof value === 'number') === expected,
  IsBoolean: (value, expected) => (typeof value === 'boolean') === expected,
  IsTimestamp: (value, expected) => (timeOf(value) !== undefined) === expected,
};

/** Milliseconds since the epoch of an RFC 3339 time. */
function timeOf(value: unknown): number | undefined {
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);
  return isTime ? Date.parse(value) : undefined;
}

/** `*` stands for any characters, `\*` for itself. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/(\\\*|\\\\|\*)/).map((part) => {
    if (part === '*') return '[^]*';
    const plain = part === '\\*' ? '*' : part === '\\\\' ? '\\' : part;
    return plain.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}
