type Input = Readonly<Record<string, unknown>>;

/** Words of DynamoDB's expressions that name no attribute. */
const WORDS: ReadonlySet<string> = new Set([
  'SET',
  'REMOVE',
  'ADD',
  'DELETE',
  'AND',
  'OR',
  'NOT',
  'BETWEEN',
  'IN',
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
  'if_not_exists',
  'list_append',
]);

/**
 * The attributes that an UpdateItem names, its key included: the condition key `dynamodb:Attributes`
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
 */
export function updateAttributes(input: Input): readonly string[] {
  const names = recordOf(input.ExpressionAttributeNames);
  const expressions = [input.UpdateExpression, input.ConditionExpression].filter((one) => typeof one === 'string');
  // The first part of a path is the attribute; `:value` is none, and words are told by their case as AWS writes them.
  const named = expressions
    .flatMap((text) => [...text.matchAll(/(?<![\w:.#])#?[A-Za-z_]\w*/g)].map(([token]) => token))
    .filter((token) => !WORDS.has(token) && !WORDS.has(token.toUpperCase()))
    .map((token) => (token.startsWith('#') ? String(names[token] ?? token) : token));
  const older = [input.AttributeUpdates, input.Expected].flatMap((one) => Object.keys(recordOf(one)));
  return [...new Set([...Object.keys(recordOf(input.Key)), ...named, ...older])];
}

const recordOf = (value: unknown): Input => (typeof value === 'object' && value !== null ? (value as Input) : {});
