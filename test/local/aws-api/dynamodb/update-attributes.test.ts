import { expect, it } from 'vitest';
import { updateAttributes } from '../../../../local/aws-api/dynamodb/update-attributes.ts';

it.each([
  [
    'words, values and functions aside',
    {
      Key: { id: { S: 'x' } },
      UpdateExpression: 'SET last_used_day = :day, n = if_not_exists(n, :zero) + :one REMOVE gone, old.inner[0]',
      ConditionExpression: 'attribute_exists(id) AND (NOT begins_with(kind, :k) OR seen BETWEEN :a AND :b)',
    },
    ['id', 'last_used_day', 'n', 'gone', 'old', 'kind', 'seen'],
  ],
  [
    'by the names that stand for them',
    {
      Key: { id: {} },
      UpdateExpression: 'ADD #tags :t DELETE #k.inner :d',
      ExpressionAttributeNames: { '#tags': 'size', '#k': 'key' },
    },
    ['id', 'size', 'key'],
  ],
  ['in the older form', { Key: { id: {} }, AttributeUpdates: { a: {} }, Expected: { b: {} } }, ['id', 'a', 'b']],
])('tells the attributes that an update names: %s', (_how, input, expected) => {
  expect(updateAttributes(input)).toEqual(expected);
});
