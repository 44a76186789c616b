import type { ConditionContext } from '../runtime.ts';
import { matchesPattern } from './pattern.ts';

/** A statement's `Condition` as a policy has it: operator, key, what the key is compared with. */
export type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Whether a condition is met; a text says why that cannot be told. */
export type ConditionOutcome = boolean | { readonly unknown: string };

/**
 * Keys whose value a call may be without although it was asked, as on AWS: the operators then say no (or yes, where they
 * are negated or end with IfExists). Every other key that a call does not bring is one that no stand-in passes.
 */
const OPTIONAL_KEYS: readonly RegExp[] = [
  /^aws:(sourcearn|sourceaccount|userid|username|principalarn|principalaccount|securetransport|principalisawsservice)$/,
  /^aws:(principalservicename|viaawsservice|calledvia)$/,
  /^s3:(prefix|delimiter|max-keys)$/,
  /^kms:(viaservice|encryptioncontext:.+|encryptioncontextkeys)$/,
  /^secretsmanager:(versionstage|versionid)$/,
  /^dynamodb:(attributes|leadingkeys|select)$/,
  /^redshift-data:statement-owner-iam-userid$/,
];

/** Compares one value of a call with one of the policy. */
type Comparison = (value: string, expected: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (value, expected) => value === expected,
  StringEqualsIgnoreCase: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
  StringLike: matchesPattern,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
  NumericEquals: (value, expected) => Number(value) === Number(expected),
  NumericLessThan: (value, expected) => Number(value) < Number(expected),
  NumericLessThanEquals: (value, expected) => Number(value) <= Number(expected),
  NumericGreaterThan: (value, expected) => Number(value) > Number(expected),
  NumericGreaterThanEquals: (value, expected) => Number(value) >= Number(expected),
};

/** Operators that hold where another one does not, for every value of the policy. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * Evaluates a condition by IAM's rules: every operator and every key has to hold, one of several expected values is
 * enough. `context` has its keys in lower case. Policy variables (`${aws:userid}`) are filled in from it.
 */
export function evaluateCondition(condition: Condition, context: ConditionContext): ConditionOutcome {
  let holds = true;
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, expected] of Object.entries(keys)) {
      const outcome = evaluateKey(operator, key, [expected].flat().map(String), context);
      if (typeof outcome === 'object') return outcome;
      holds &&= outcome;
    }
  }
  return holds;
}

function evaluateKey(
  operator: string,
  key: string,
  expected: readonly string[],
  context: ConditionContext,
): ConditionOutcome {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  const value = context[key.toLowerCase()];
  if (name === 'Null') {
    if (value === undefined && !isKnown(key)) return unknownKey(key);
    return (value === undefined) === (expected[0]?.toLowerCase() === 'true');
  }
  const isNegated = Object.hasOwn(NEGATED, name);
  const comparison = COMPARISONS[NEGATED[name] ?? name];
  if (!comparison) return { unknown: `the operator ${operator} is not known here` };
  if (value === undefined) {
    if (!isKnown(key)) return unknownKey(key);
    return isNegated || ifExists !== undefined || quantifier === 'ForAllValues';
  }
  const wanted = expected.map((one) => fillIn(one, context)).filter((one) => one !== undefined);
  const fits = (one: string): boolean => wanted.some((pattern) => comparison(one, pattern)) !== isNegated;
  const values = [value].flat();
  return quantifier === 'ForAllValues' || (isNegated && quantifier === undefined)
    ? values.every(fits)
    : values.some(fits);
}

function isKnown(key: string): boolean {
  return OPTIONAL_KEYS.some((pattern) => pattern.test(key.toLowerCase()));
}

function unknownKey(key: string): ConditionOutcome {
  return { unknown: `the condition key ${key} is not known here` };
}

/** Each of the six parts of an ARN by itself, so that a star never passes a colon but in the last part. */
function matchesArn(value: string, pattern: string): boolean {
  const parts = arnParts(value);
  const patterns = arnParts(pattern);
  return parts.length === patterns.length && patterns.every((one, index) => matchesPattern(parts[index]!, one));
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Fills policy variables in; undefined where the call does not have one, since nothing can be equal to it then. */
export function fillIn(pattern: string, context: ConditionContext): string | undefined {
  if (!pattern.includes('${')) return pattern;
  let isComplete = true;
  const filled = pattern.replace(/\$\{([^{}]+)\}/g, (_, name: string) => {
    // How a policy writes the three characters themselves; nothing here has them in a name.
    if (name === '*' || name === '?' || name === '$') return name;
    const value = context[name.toLowerCase()];
    if (typeof value !== 'string') isComplete = false;
    return String(value);
  });
  return isComplete ? filled : undefined;
}
