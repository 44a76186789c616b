import { describe, expect, it } from 'vitest';
import type { Authorization, MarkUsed } from '../../../business-logic/api-authorizer/authorization-store.ts';
import { authorizeRequest } from '../../../business-logic/api-authorizer/authorize-request.ts';
import { createToken, digestToken } from '../../../business-logic/shared/token.ts';

const { keyId, token } = createToken();
const known: Authorization = {
  api_key_id: keyId,
  application_id: 'game-a',
  role: 'game',
  enabled: true,
  token_digest: digestToken(token),
};

const cannotMark = async () => Promise.reject(new Error('throttled'));

const stage = 'arn:aws:execute-api:eu-central-1:111122223333:api123/live';

interface Call {
  readonly token?: string;
  readonly methodArn?: string;
  readonly stored?: Partial<Authorization> | undefined;
  readonly at?: string;
  readonly markUsed?: MarkUsed;
}

/** Authorizes one request; tells what was looked up and logged too. */
async function authorize(call: Call = {}) {
  const reads: string[] = [];
  const logged: unknown[] = [];
  const marked: string[][] = [];
  const handler = authorizeRequest({
    findAuthorization: async (id) => {
      reads.push(id);
      return 'stored' in call && call.stored === undefined ? undefined : { ...known, ...call.stored };
    },
    markUsed: call.markUsed ?? (async (...args) => void marked.push(args)),
    sharedUsageKey: 'the-shared-key',
    now: () => new Date(call.at ?? '2026-11-21T09:30:00.000Z'),
    logger: { warn: (...args: unknown[]) => void logged.push(args) },
  });
  const methodArn = call.methodArn ?? `${stage}/POST/applications/game-a/events`;
  const answer = await handler({ type: 'TOKEN', authorizationToken: call.token ?? token, methodArn });
  return { answer, reads, logged, marked, statements: answer.policyDocument.Statement };
}

describe('the authorizer', () => {
  it("allows a game's token its own events route and nothing else, in one read", async () => {
    const { answer, reads, statements } = await authorize();
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${stage}/POST/applications/game-a/events`] },
    ]);
    expect(reads).toEqual([keyId]);
    expect(answer.principalId).toBe(keyId);
    expect(answer.context).toEqual({ application_id: 'game-a', api_key_id: keyId, role: 'game' });
  });

  it('answers the same policy whatever route was called, since the gateway caches it for all', async () => {
    const own = await authorize();
    const foreign = await authorize({ methodArn: `${stage}/GET/applications/game-b/authorizations/x` });
    expect(foreign.answer).toEqual(own.answer);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('keeps the partition %s of the called method', async (partition) => {
    const api = `arn:${partition}:execute-api:xx-1:1:abc/test`;
    const { statements } = await authorize({ methodArn: `${api}/POST/applications/game-a/events` });
    expect(statements).toMatchObject([{ Resource: [`${api}/POST/applications/game-a/events`] }]);
  });

  it("allows a studio's token the studio's routes, and says whose they are", async () => {
    const stored = { application_id: '_accounts', role: 'studio', studio_id: 'moss' };
    const { answer, statements } = await authorize({ stored });
    const routes = ['GET/studio', 'GET/studio/results/*', 'POST/studio/unregistrations'];
    expect(statements).toMatchObject([{ Effect: 'Allow', Resource: routes.map((route) => `${stage}/${route}`) }]);
    expect(answer.context).toEqual({ ...stored, api_key_id: keyId });
  });

  it("allows the publisher's token accounts and the publisher's reports", async () => {
    const stored = { application_id: '_accounts', role: 'publisher' };
    const { answer, statements } = await authorize({ stored });
    const routes = ['POST/player-ingest', 'POST/studio-ingest', 'GET/rg-owner', 'GET/rg-owner/results/*'];
    expect(statements).toMatchObject([{ Effect: 'Allow', Resource: routes.map((route) => `${stage}/${route}`) }]);
    expect(answer.context).toEqual({ ...stored, api_key_id: keyId });
  });

  const denied: readonly [string, Call][] = [
    ['a token that is not stored', { stored: undefined }],
    ['a disabled token', { stored: { enabled: false } }],
    ['a token whose secret is another', { stored: { token_digest: digestToken(createToken().token) } }],
    ['a token whose stored digest is damaged', { stored: { token_digest: 'zz' } }],
    ['a role without routes', { stored: { role: 'pigeon' } }],
    ['a role named like a member of every object', { stored: { role: 'constructor' } }],
    ['a game that is the reserved application', { stored: { application_id: '_accounts' } }],
    ['an expired token', { stored: { expires_at: '2026-11-21T09:30:00.000Z' } }],
    ['a studio without an id', { stored: { application_id: '_accounts', role: 'studio' } }],
    ['a studio with an empty id', { stored: { application_id: '_accounts', role: 'studio', studio_id: '' } }],
    ["a studio's role at a game", { stored: { role: 'studio', studio_id: 'moss' } }],
    ["the publisher's role at a game", { stored: { role: 'publisher' } }],
  ];
  it.each(denied)('denies everything to %s', async (_what, call) => {
    const { answer, statements } = await authorize(call);
    expect(statements).toEqual([{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' }]);
    expect(answer.context).toBeUndefined();
    expect(answer.usageIdentifierKey).toBeUndefined();
  });

  it('lets a token in until the moment it expires', async () => {
    const stored = { expires_at: '2026-11-21T09:30:00.001Z' };
    expect((await authorize({ stored })).statements).toMatchObject([{ Effect: 'Allow' }]);
  });

  it.each([
    ['its own key', { usage_key: 'key-of-game-a' }, 'key-of-game-a'],
    ['the shared key, when it is from before there were keys', {}, 'the-shared-key'],
  ])('has a token limited by %s', async (_what, stored, key) => {
    expect((await authorize({ stored })).answer.usageIdentifierKey).toBe(key);
  });

  it.each([
    ['never', {}, [[keyId, '2026-11-21']]],
    ['the day before', { last_used_day: '2026-11-20' }, [[keyId, '2026-11-21']]],
    ['that day', { last_used_day: '2026-11-21' }, []],
    ['later, by another clock', { last_used_day: '2026-11-22' }, []],
  ])('notes the day of a token that was used %s', async (_when, stored, expected) => {
    expect((await authorize({ stored })).marked).toEqual(expected);
  });

  it('notes no use of a token that it does not let in', async () => {
    expect((await authorize({ stored: { enabled: false } })).marked).toEqual([]);
    expect((await authorize({ stored: { expires_at: '2026-11-20T00:00:00.000Z' } })).marked).toEqual([]);
  });

  it('lets a token in although its day of last use cannot be stored, and says so', async () => {
    const { statements, logged } = await authorize({ markUsed: cannotMark });
    expect(statements).toMatchObject([{ Effect: 'Allow' }]);
    expect(logged).toMatchObject([['day of last use could not be stored', { keyId }]]);
  });

  it('reads nothing for a token with a wrong checksum', async () => {
    const wrong = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    const { reads, statements } = await authorize({ token: wrong });
    expect(reads).toEqual([]);
    expect(statements).toMatchObject([{ Effect: 'Deny' }]);
  });

  it('throws when the token cannot be looked up, so that nothing is cached', async () => {
    const handler = authorizeRequest({
      findAuthorization: async () => Promise.reject(new Error('DynamoDB is away')),
      markUsed: async () => {},
      sharedUsageKey: 'the-shared-key',
      now: () => new Date(),
      logger: { warn: () => {} },
    });
    const request = handler({ type: 'TOKEN', authorizationToken: token, methodArn: `${stage}/POST/x` });
    await expect(request).rejects.toThrow('DynamoDB is away');
  });

  it.each(denied)('logs neither the token nor its digest for %s', async (_what, call) => {
    const { logged, answer } = await authorize(call);
    const said = JSON.stringify([logged, answer]);
    expect(logged).toHaveLength(1);
    expect(said).not.toContain(token);
    expect(said).not.toContain(token.slice(25));
    expect(said).not.toContain(digestToken(token));
  });
});
