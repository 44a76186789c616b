import { describe, expect, it } from 'vitest';
import type { ResourceStatement } from '../../../local/policy/resource-policy.ts';
import type { Statement } from '../../../local/policy.ts';
import { actorOf } from '../../../local/policy/actor.ts';
import { aJudge } from '../../support/a-judge.ts';

const roleArn = 'arn:aws:iam::000000000000:role/app-Reader-ABC';
const lake = 'arn:aws:s3:::lake';
const key = 'arn:aws:kms:us-east-1:000000000000:key/1';
const role = { kind: 'role', arn: roleArn } as const;
const admin = { kind: 'admin', arn: 'arn:aws:iam::000000000000:user/admin' } as const;
const events = { kind: 'service', arn: 'events.amazonaws.com' } as const;
const allow = (Action: string, Resource: string, more: object = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const account = { AWS: 'arn:aws:iam::000000000000:root' };
const overHttp = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

function may(
  who: typeof role | typeof admin | typeof events,
  what: readonly [action: string, resource: string, context?: Record<string, string | string[]>],
  said: { readonly identity?: readonly Statement[]; readonly resource?: readonly ResourceStatement[] },
): boolean {
  const judge = aJudge();
  judge.defineRole(roleArn, said.identity ?? [], 'app/Policy');
  for (const Statement of said.resource ?? [])
    judge.definePolicy(what[1].split('/o')[0]!, { Statement }, 'app/Resource');
  return judge.isAllowed(who, ...what);
}

describe('policies of roles and resources', () => {
  const read = ['s3:GetObject', `${lake}/o`] as const;
  const decrypt = ['kms:Decrypt', key] as const;
  const direct: ResourceStatement = { ...allow('s3:GetObject', `${lake}/*`), Principal: { AWS: roleArn } };
  const delegated: ResourceStatement = { ...allow('kms:*', '*'), Principal: account };
  const denied: ResourceStatement = {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: `${lake}/*`,
    Principal: '*',
    ...overHttp,
  };

  it.each([
    ['nothing said', may(role, read, {}), false],
    ["the role's own policy", may(role, read, { identity: [allow('s3:Get*', `${lake}/*`)] }), true],
    ["the bucket's, which names the role", may(role, read, { resource: [direct] }), true],
    [
      "the bucket's, which names the account only",
      may(role, read, { resource: [{ ...direct, Principal: account }] }),
      false,
    ],
    [
      "the bucket's, which names another role",
      may(role, read, { resource: [{ ...direct, Principal: { AWS: 'x' } }] }),
      false,
    ],
    [
      'a key whose policy hands on',
      may(role, decrypt, { identity: [allow('kms:Decrypt', key)], resource: [delegated] }),
      true,
    ],
    ['a key without a policy of its own', may(role, decrypt, { identity: [allow('kms:Decrypt', key)] }), false],
    ['a key that hands on what nobody allows', may(role, decrypt, { resource: [delegated] }), false],
    ['the admin', may(admin, read, {}), true],
    ['the admin over http', may(admin, [...read, { 'aws:SecureTransport': 'false' }], { resource: [denied] }), false],
    ['the admin by TLS', may(admin, read, { resource: [denied] }), true],
    ['a service that nobody names', may(events, read, { identity: [allow('*', '*')] }), false],
    [
      'a service that is named',
      may(events, read, { resource: [{ ...direct, Principal: { Service: events.arn } }] }),
      true,
    ],
  ])('judge %s', (_what, found, expected) => expect(found).toBe(expected));

  const list = (prefix: string | undefined, Condition: object): boolean =>
    may(role, ['s3:ListBucket', lake, prefix === undefined ? {} : { 's3:prefix': prefix }], {
      identity: [allow('s3:ListBucket', lake, { Condition })],
    });
  it.each([
    ['a prefix that fits', list('events/a', { StringLike: { 's3:prefix': ['x/*', 'events/*'] } }), true],
    ['another prefix', list('other/a', { StringLike: { 's3:prefix': 'events/*' } }), false],
    ['no prefix', list(undefined, { StringLike: { 's3:prefix': 'events/*' } }), false],
    ['no prefix, if it exists', list(undefined, { StringLikeIfExists: { 's3:prefix': 'events/*' } }), true],
    ['none of these', list('events/a', { StringNotLike: { 's3:prefix': 'events/*' } }), false],
    ['a key that no call brings', list('a', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }), false],
    ['an operator that nobody knows', list('a', { IpAddress: { 's3:prefix': 'a' } }), false],
    ['the caller, by a variable', list('a', { StringEquals: { 'aws:PrincipalArn': '${aws:PrincipalArn}' } }), true],
    ['a variable that the call does not have', list('a', { StringEquals: { 's3:prefix': '${aws:SourceVpc}' } }), false],
    [
      'every value',
      may(role, ['dynamodb:GetItem', 't', { 'dynamodb:LeadingKeys': ['a', 'b'] }], {
        identity: [
          allow('dynamodb:GetItem', 't', {
            Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } },
          }),
        ],
      }),
      false,
    ],
  ])('holds a condition to %s', (_what, found, expected) => expect(found).toBe(expected));

  it('names what is missing, and the condition that nobody knows', () => {
    const judge = aJudge();
    judge.defineRole(
      roleArn,
      [allow('s3:ListBucket', lake, { Condition: { Date: { 'aws:Now': '1' } } })],
      'app/Policy',
    );
    expect(judge.explain(role, 's3:GetObject', `${lake}/o`)).toContain(
      `missing: {"Effect":"Allow","Action":"s3:GetObject","Resource":"${lake}/o"} in a policy of ${roleArn}`,
    );
    expect(judge.explain(role, 's3:ListBucket', lake)).toContain('the operator Date is not known here');
  });

  it('lets a service act as a role that trusts it, and no other', () => {
    const judge = aJudge();
    judge.defineRole(roleArn, [allow('s3:GetObject', `${lake}/*`)], 'app/Policy');
    const trust: ResourceStatement = {
      Effect: 'Allow',
      Principal: { Service: 'glue.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
    };
    judge.defineTrust(roleArn, { Statement: trust }, 'app/Role');
    const refusal = (service: string) => actorOf(judge, roleArn, { service }).refusal('s3:GetObject', `${lake}/o`);
    expect(refusal('glue.amazonaws.com')).toBeUndefined();
    expect(refusal('firehose.amazonaws.com')).toMatch(/^Service: firehose.*sts:AssumeRole.*in the trust policy/);
  });
});
