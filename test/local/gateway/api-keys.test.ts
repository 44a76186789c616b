import { describe, expect, it } from 'vitest';
import type { Admission } from '../../../local/usage-plans.ts';
import { aGateway, apiArn, invocationUri } from '../support/a-gateway.ts';

const mock = {
  responses: {},
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode":200}' },
    responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '{}' } } },
  },
};

const schemes = {
  token: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: invocationUri('auth') },
  },
  usageKey: { type: 'apiKey', name: 'X-API-Key', in: 'header' },
};

const verdict = (Effect: 'Allow' | 'Deny', usageIdentifierKey?: string) => ({
  principalId: 'key-1',
  policyDocument: { Statement: [{ Effect, Action: 'execute-api:Invoke', Resource: `${apiArn}/*` }] },
  ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
});

interface Setup {
  readonly source?: string;
  /** What the authorizer says of each token. */
  readonly tokens?: Readonly<Record<string, unknown>>;
  readonly admissions?: Readonly<Record<string, Admission>>;
}

/** A stage that takes three requests at once, and next to none after them. */
function aLimitedGateway({ source = 'AUTHORIZER', tokens = {}, admissions = {} }: Setup) {
  const counted: string[][] = [];
  const gateway = aGateway({
    document: {
      'x-amazon-apigateway-api-key-source': source,
      components: { securitySchemes: schemes },
      paths: {
        '/keyed': { get: { ...mock, security: [{ token: [], usageKey: [] }] } },
        '/apart': { get: { ...mock, security: [{ token: [] }, { usageKey: [] }] } },
        '/free': { get: { ...mock, security: [{ token: [] }] } },
      },
    },
    stage: { methodSettings: [{ method: '*', path: '/*', rateLimit: 0.001, burstLimit: 3 }] },
    functions: { auth: (event) => tokens[(event as { authorizationToken: string }).authorizationToken] },
    admit: (...of) => {
      counted.push(of);
      return admissions[of[0]] ?? 'unknown key';
    },
  });
  const statuses = async (path: string, sent: readonly string[], headers: Record<string, string> = {}) => {
    const answers = [];
    for (const token of sent) {
      answers.push((await gateway.send(path, { headers: { Authorization: token, ...headers } })).status);
    }
    return answers;
  };
  return { ...gateway, counted, statuses };
}

const tokens = { flood: verdict('Allow', 'key-of-a'), quiet: verdict('Allow', 'key-of-b'), bad: verdict('Deny') };

describe('a method that needs an API key', () => {
  it.each(['/live/keyed', '/live/apart'])(
    'counts a request for the key that the authorizer names: %s',
    async (path) => {
      const { statuses, counted } = aLimitedGateway({ tokens, admissions: { 'key-of-a': 'admitted' } });
      expect(await statuses(path, ['flood'])).toEqual([200]);
      expect(counted).toEqual([['key-of-a', 'api1', 'live']]);
    },
  );

  it("leaves the stage's limit to others when a key is beyond its own", async () => {
    const admissions = { 'key-of-a': 'throttled', 'key-of-b': 'admitted' } as const;
    const { statuses } = aLimitedGateway({ tokens, admissions });
    expect(await statuses('/live/keyed', Array<string>(9).fill('flood'))).toEqual(Array(9).fill(429));
    expect(await statuses('/live/keyed', Array<string>(4).fill('quiet'))).toEqual([200, 200, 200, 429]);
  });

  it('counts whoever is refused for the stage, and asks nobody once that is full', async () => {
    const { statuses, invocations } = aLimitedGateway({
      tokens: { ...tokens, bad2: tokens.bad, bad3: tokens.bad, bad4: tokens.bad },
    });
    expect(await statuses('/live/keyed', ['bad', 'bad2', 'bad3', 'bad4'])).toEqual([403, 403, 403, 429]);
    expect(invocations).toHaveLength(3);
  });

  it.each([
    ['no key', verdict('Allow')],
    ['a key that nobody knows', verdict('Allow', 'key-of-nobody')],
  ])('refuses a token for which the authorizer names %s', async (_what, said) => {
    const { send } = aLimitedGateway({ tokens: { t: said } });
    const answer = await send('/live/keyed', { headers: { Authorization: 't' } });
    expect(answer).toMatchObject({ status: 403, json: { message: 'Forbidden' } });
    expect(answer.headers['x-amzn-errortype']).toBe('ForbiddenException');
  });

  it('takes the key of the header where the API says so, and there alone', async () => {
    const header = { 'x-api-key': 'key-of-b' };
    const admissions = { 'key-of-b': 'admitted' } as const;
    const byHeader = aLimitedGateway({ source: 'HEADER', tokens, admissions });
    expect(await byHeader.statuses('/live/keyed', ['flood'], header)).toEqual([200]);
    const byAuthorizer = aLimitedGateway({ tokens, admissions });
    expect(await byAuthorizer.statuses('/live/keyed', ['flood'], header)).toEqual([403]);
  });

  it('leaves methods alone that need none', async () => {
    const { statuses, counted } = aLimitedGateway({ tokens });
    expect(await statuses('/live/free', ['flood', 'quiet', 'flood', 'flood'])).toEqual([200, 200, 200, 429]);
    expect(counted).toEqual([]);
  });
});
