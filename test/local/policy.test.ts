import { describe, expect, it } from 'vitest';
import { decide, matchesPattern } from '../../local/policy.ts';
import type { Statement } from '../../local/policy.ts';

describe('patterns', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'a*', true],
    ['abc', '*c', true],
    ['abc', 'a?c', true],
    ['abc', 'a?', false],
    ['a/b/c', 'a/*', true],
    ['abc', 'ab', false],
    ['', '*', true],
    ['abab', '*ab', true],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
    ['a*', 'a*', true],
  ])('%s fits %s: %s', (text, pattern, expected) => {
    expect(matchesPattern(text, pattern)).toBe(expected);
  });

  it('takes no time with many stars', () => {
    expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(50)}b`)).toBe(false);
  });
});

describe('decisions', () => {
  const allow: Statement = { Effect: 'Allow', Action: ['s3:Get*'], Resource: 'arn:aws:s3:::lake/*' };
  const deny: Statement = { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::lake/secret/*' };

  it.each<[string, readonly Statement[], string, string, string]>([
    ['what is allowed', [allow], 's3:GetObject', 'arn:aws:s3:::lake/a', 'allowed'],
    ['actions in any case', [allow], 'S3:getobject', 'arn:aws:s3:::lake/a', 'allowed'],
    ['another action', [allow], 's3:PutObject', 'arn:aws:s3:::lake/a', 'implicit deny'],
    ['another resource', [allow], 's3:GetObject', 'arn:aws:s3:::other/a', 'implicit deny'],
    ['resources in another case', [allow], 's3:GetObject', 'arn:aws:s3:::LAKE/a', 'implicit deny'],
    ['a denial beside the permission', [allow, deny], 's3:GetObject', 'arn:aws:s3:::lake/secret/a', 'explicit deny'],
    ['nothing at all', [], 's3:GetObject', 'arn:aws:s3:::lake/a', 'implicit deny'],
    [
      'a condition that nobody here knows',
      [{ ...allow, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
      's3:GetObject',
      'arn:aws:s3:::lake/a',
      'implicit deny',
    ],
    ['NotAction', [{ Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' }], 's3:GetObject', 'x', 'allowed'],
    ['NotResource', [{ Effect: 'Allow', Action: '*', NotResource: 'x' }], 's3:GetObject', 'x', 'implicit deny'],
  ])('judge %s', (_what, statements, action, resource, expected) => {
    expect(decide(statements, action, resource)).toBe(expected);
  });
});
