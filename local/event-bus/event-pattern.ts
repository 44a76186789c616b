/** Whether an event is meant. */
export type EventPattern = (event: Readonly<Record<string, unknown>>) => boolean;

type Matcher = (value: unknown) => boolean;

/**
 * Reads an event pattern of EventBridge: every field must match one of its list. Throws on matchers that have no
 * stand-in.
 */
export function readEventPattern(pattern: unknown): EventPattern {
  if (typeof pattern !== 'object' || pattern === null) throw new Error('a rule has no event pattern');
  const fields = Object.entries(pattern).map(([name, expected]): [string, Matcher] => {
    if (!Array.isArray(expected)) {
      const inner = readEventPattern(expected);
      return [name, (value) => inner((value ?? {}) as Readonly<Record<string, unknown>>)];
    }
    const matchers = expected.map(readMatcher);
    return [name, (value) => matchers.some((matches) => [value].flat().some(matches))];
  });
  return (event) => fields.every(([name, matches]) => matches(event[name]));
}

function readMatcher(expected: unknown): Matcher {
  if (typeof expected !== 'object' || expected === null) return (value) => value === expected;
  const [[kind, argument] = ['', undefined], ...more] = Object.entries(expected);
  const matcher = matchers[kind];
  if (!matcher || more.length > 0) throw new Error(`a pattern's ${JSON.stringify(expected)} has no stand-in`);
  return matcher(argument);
}

const matchers: Readonly<Record<string, (argument: unknown) => Matcher>> = {
  exists: (expected) => (value) => (value !== undefined) === expected,
  prefix: (start) => (value) => typeof value === 'string' && value.startsWith(String(start)),
  suffix: (end) => (value) => typeof value === 'string' && value.endsWith(String(end)),
  'equals-ignore-case': (text) => (value) =>
    typeof value === 'string' && value.toLowerCase() === String(text).toLowerCase(),
  'anything-but': (excluded) => (value) => value !== undefined && ![excluded].flat().includes(value),
};
