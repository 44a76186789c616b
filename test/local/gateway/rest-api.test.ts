import { describe, expect, it } from 'vitest';
import { admin, aGateway, apiArn, invocationUri, player, playerRole, sign } from '../support/a-gateway.ts';
import type { Setup } from '../support/a-gateway.ts';

const mock = (statusCode = 200, template = '{"ok":true}', more: Record<string, unknown> = {}) => ({
  responses: {},
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: { 'application/json': `{"statusCode":${statusCode}}` },
    responses: { default: { statusCode: String(statusCode), responseTemplates: { 'application/json': template } } },
  },
  ...more,
});

const tokenScheme = (settings: Record<string, unknown> = {}) => ({
  components: {
    securitySchemes: {
      token: {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: invocationUri('auth'), ...settings },
      },
      signature: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
    },
  },
});

const allow = (resource: string, context: Record<string, unknown> = {}) => ({
  principalId: 'key-1',
  policyDocument: { Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }] },
  context,
});

const deny = () => ({
  principalId: 'x',
  policyDocument: { Statement: [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' }] },
});
const fail = (message: string): never => {
  throw new Error(message);
};

function edit(
  headers: Record<string, string>,
  name: string,
  from: string | RegExp,
  to: string | ((found: string) => string),
) {
  const changed = (headers[name] ?? '').replace(from, to as string);
  expect(changed).not.toBe(headers[name]);
  return { ...headers, [name]: changed };
}

describe('routes', () => {
  const { send } = aGateway({
    document: {
      paths: {
        '/games': { get: mock(200, '{"is":"list"}') },
        '/games/{id}': { get: mock(200, '{"is":"one","id":"$input.params(\'id\')"}') },
        '/games/new': { get: mock(200, '{"is":"new"}') },
        '/files/{path+}': { 'x-amazon-apigateway-any-method': mock(200, '{"path":"$input.params(\'path\')"}') },
      },
    },
  });

  it.each([
    ['/live/games', { is: 'list' }],
    ['/live/games/', { is: 'list' }],
    ['/live/games/new', { is: 'new' }],
    ['/live/games/a%20b%2Fc', { is: 'one', id: 'a b/c' }],
    ['/live/files/a/b', { path: 'a/b' }],
  ])('finds %s', async (path, expected) => {
    expect((await send(path)).json).toEqual(expected);
  });

  it.each([
    ['/live/nothing', 'GET'],
    ['/live/games//x', 'GET'],
    ['/live/games', 'HEAD'],
    ['/live/games', 'DELETE'],
    ['/live', 'GET'],
  ])('answers 403 to %s %s as AWS does', async (path, method) => {
    const answer = await send(path, { method });
    expect(answer).toMatchObject({ status: 403, json: { message: 'Missing Authentication Token' } });
    expect(answer.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  });

  it('answers 403 Forbidden below a stage that is not there', async () => {
    expect(await send('/prod/games')).toMatchObject({ status: 403, json: { message: 'Forbidden' } });
  });
});

describe('a token authorizer', () => {
  const route = { security: [{ token: [] }] };
  const setup = (settings: Record<string, unknown>, auth: (payload: unknown) => unknown): Setup => ({
    document: {
      ...tokenScheme(settings),
      paths: {
        '/a': { get: mock(200, '{"who":"$context.authorizer.game","level":"$context.authorizer.level"}', route) },
        '/b': { get: mock(200, '{}', route) },
      },
    },
    functions: { auth },
  });
  const token = { headers: { Authorization: 'plk_1' } };

  it('hands its context on as text', async () => {
    const { send, invocations } = aGateway(setup({}, () => allow(`${apiArn}/live/GET/a`, { game: 'g1', level: 3 })));
    expect((await send('/live/a', token)).json).toEqual({ who: 'g1', level: '3' });
    expect(invocations[0]?.payload).toEqual({
      type: 'TOKEN',
      authorizationToken: 'plk_1',
      methodArn: `${apiArn}/live/GET/a`,
    });
  });

  it('is asked once within its time to live, and judges every route by the same policy', async () => {
    const { send, invocations, clock } = aGateway(
      setup({ authorizerResultTtlInSeconds: 60 }, () => allow(`${apiArn}/live/GET/a`)),
    );
    expect((await send('/live/a', token)).status).toBe(200);
    expect((await send('/live/b', token)).status).toBe(403);
    clock.now += 59_000;
    expect((await send('/live/a', token)).status).toBe(200);
    expect(invocations).toHaveLength(1);
    clock.now += 2_000;
    await send('/live/a', token);
    expect(invocations).toHaveLength(2);
    // A clock that is put back lets no answer live longer.
    clock.now -= 3_600_000;
    await send('/live/a', token);
    expect(invocations).toHaveLength(3);
  });

  it('is asked every time if its time to live is 0', async () => {
    const { send, invocations } = aGateway(setup({ authorizerResultTtlInSeconds: 0 }, () => allow(`${apiArn}/*`)));
    await send('/live/a', token);
    await send('/live/a', token);
    expect(invocations).toHaveLength(2);
  });

  it('is asked for each token by itself', async () => {
    const { send, invocations } = aGateway(setup({}, () => allow(`${apiArn}/*`)));
    await send('/live/a', token);
    await send('/live/a', { headers: { Authorization: 'plk_2' } });
    expect(invocations).toHaveLength(2);
  });

  it.each([
    ['no token', {}],
    ['an empty token', { headers: { Authorization: '' } }],
    ['a token of another form', { headers: { Authorization: 'plk_1 and more' } }],
  ])('is not asked for %s', async (_what, sent) => {
    const { send, invocations } = aGateway(
      setup({ identityValidationExpression: 'plk_[0-9]' }, () => allow(`${apiArn}/*`)),
    );
    expect(await send('/live/a', sent)).toMatchObject({ status: 401, json: { message: 'Unauthorized' } });
    expect(invocations).toHaveLength(0);
  });

  it.each<[string, () => unknown, number, string]>([
    ['denies', () => deny(), 403, 'AccessDeniedException'],
    ['says Unauthorized', () => fail('Unauthorized'), 401, 'UnauthorizedException'],
    ['fails', () => fail('no table'), 500, 'AuthorizerFailureException'],
    ['answers no policy', () => ({ principalId: 'x' }), 500, 'AuthorizerConfigurationException'],
    ['answers nothing', () => undefined, 500, 'AuthorizerConfigurationException'],
    ['puts an object into its context', () => allow('*', { a: {} }), 500, 'AuthorizerConfigurationException'],
  ])('that %s', async (_what, auth, status, errorType) => {
    const { send } = aGateway(setup({}, auth));
    const answer = await send('/live/a', token);
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([status, errorType]);
  });

  it('keeps nothing of a failure', async () => {
    let works = false;
    const { send } = aGateway(setup({}, () => (works ? allow(`${apiArn}/*`) : fail('no table'))));
    expect((await send('/live/a', token)).status).toBe(500);
    works = true;
    expect((await send('/live/a', token)).status).toBe(200);
  });

  it('that the gateway may not invoke is a fault of the configuration', async () => {
    const asked: string[] = [];
    const { send, invocations } = aGateway({
      ...setup({}, () => allow('*')),
      permitted: (_arn, source) => {
        asked.push(source);
        return false;
      },
    });
    expect((await send('/live/a', token)).status).toBe(500);
    expect(invocations).toHaveLength(0);
    expect(asked).toEqual([`${apiArn}/authorizers/token`]);
  });
});

describe('a signed route', () => {
  const setup: Setup = {
    document: {
      ...tokenScheme(),
      paths: {
        '/a/{id}': {
          get: mock(200, '{"arn":"$context.identity.userArn"}', { security: [{ signature: [] }] }),
          put: mock(200, '{}', { security: [{ signature: [] }] }),
        },
      },
    },
  };

  it('takes the signature of the admin, query and encoded path included', async () => {
    const { sendSigned } = aGateway(setup);
    const answer = await sendSigned('/live/a/x%20y?b=2&a=1%2B1', admin);
    expect(answer).toMatchObject({ status: 200, json: { arn: 'arn:aws:iam::000000000000:user/admin' } });
  });

  it('asks the policies of a role', async () => {
    const { sendSigned } = aGateway({
      ...setup,
      playerPolicy: [{ Effect: 'Allow', Action: 'execute-api:*', Resource: `${apiArn}/live/GET/a/mine` }],
    });
    expect((await sendSigned('/live/a/mine', player)).json).toEqual({ arn: playerRole });
    expect((await sendSigned('/live/a/other', player)).status).toBe(403);
  });

  it('refuses an unsigned call', async () => {
    const { send } = aGateway(setup);
    expect(await send('/live/a/1')).toMatchObject({ status: 403, json: { message: 'Missing Authentication Token' } });
  });

  it('refuses a token in the place of a signature without repeating it', async () => {
    const { send } = aGateway(setup);
    const answer = await send('/live/a/1', { headers: { Authorization: 'plk_secret' } });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('plk_secret');
  });

  it.each<[string, (headers: Record<string, string>) => Record<string, string>]>([
    ['another key', (headers) => edit(headers, 'authorization', 'AKIAADMIN', 'AKIANOBODY')],
    ['another signature', (headers) => edit(headers, 'authorization', /.$/, (last) => (last === '0' ? '1' : '0'))],
    ['another region', (headers) => edit(headers, 'authorization', 'us-east-1', 'eu-west-1')],
    ['another date', (headers) => edit(headers, 'x-amz-date', '0930', '0931')],
    ['another host', (headers) => ({ ...headers, host: 'elsewhere' })],
    ['an unsigned host', (headers) => edit(headers, 'authorization', 'host;', '')],
  ])('refuses %s', async (_what, change) => {
    const { send, clock } = aGateway(setup);
    const headers = await sign('/live/a/1', admin, clock.now, {});
    expect((await send('/live/a/1', { headers })).status).toBe(200);
    const answer = await send('/live/a/1', { headers: change(headers) });
    expect(answer.status).toBe(403);
    expect(answer.headers['x-amzn-errortype']).toBe('InvalidSignatureException');
  });

  it('refuses another body, path, query or method than the signed one', async () => {
    const { send, clock } = aGateway(setup);
    const put = { method: 'PUT', body: '{"a":1}' };
    const headers = await sign('/live/a/1', admin, clock.now, put);
    expect((await send('/live/a/1', { ...put, headers })).status).toBe(200);
    expect((await send('/live/a/1', { ...put, body: '{"a":2}', headers })).status).toBe(403);
    expect((await send('/live/a/2', { ...put, headers })).status).toBe(403);
    expect((await send('/live/a/1?x=1', { ...put, headers })).status).toBe(403);
    expect((await send('/live/a/1', { headers })).status).toBe(403);
  });

  it('refuses a signature that is more than five minutes off by the clock of the runtime', async () => {
    const { send, clock } = aGateway(setup);
    const headers = await sign('/live/a/1', admin, clock.now, {});
    clock.now += 299_000;
    expect((await send('/live/a/1', { headers })).status).toBe(200);
    clock.now += 2_000;
    expect((await send('/live/a/1', { headers })).status).toBe(403);
    clock.now -= 602_000;
    expect((await send('/live/a/1', { headers })).status).toBe(403);
  });
});

describe('request validation', () => {
  const { send } = aGateway({
    document: {
      components: {
        schemas: {
          Batch: {
            type: 'object',
            required: ['events'],
            properties: { events: { type: 'array', minItems: 1, items: { type: 'object' } } },
          },
        },
      },
      'x-amazon-apigateway-request-validators': { all: { validateRequestBody: true, validateRequestParameters: true } },
      paths: {
        '/events': {
          post: mock(200, '{}', {
            'x-amazon-apigateway-request-validator': 'all',
            parameters: [{ name: 'kind', in: 'query', required: true }],
            requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Batch' } } } },
          }),
        },
      },
    },
  });
  const post = (body: string, path = '/live/events?kind=a') => send(path, { method: 'POST', body });

  it.each([
    ['a batch', '{"events":[{}]}'],
    ['an empty batch, since item counts are not held', '{"events":[]}'],
    ['other members', '{"events":[{"x":1e999}],"more":12345678901234567890}'],
  ])('lets %s pass', async (_what, body) => {
    expect((await post(body)).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"events":[}'],
    ['no object', '[]'],
    ['no events', '{}'],
    ['events that are no objects', '{"events":[1]}'],
    ['what is nested too deep', `{"events":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`],
  ])('refuses %s', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 400, json: { message: 'Invalid request body' } });
  });

  it('refuses a missing parameter by name', async () => {
    const answer = await post('{"events":[]}', '/live/events');
    expect(answer).toMatchObject({ status: 400, json: { message: 'Missing required request parameters: [kind]' } });
  });
});

describe('throttling', () => {
  const setup: Setup = {
    document: { paths: { '/a': { get: mock(), post: mock() }, '/b/{id}': { get: mock() } } },
    stage: {
      methodSettings: [
        { method: '*', path: '/*', rateLimit: 10, burstLimit: 2 },
        { method: 'GET', path: '/b/{id}', rateLimit: 1, burstLimit: 1 },
      ],
    },
  };

  it('takes a burst, refuses more, and fills up again with time', async () => {
    const { send, clock } = aGateway(setup);
    const statuses = [await send('/live/a'), await send('/live/a'), await send('/live/a')].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
    clock.now += 100;
    expect((await send('/live/a')).status).toBe(200);
    expect(await send('/live/a')).toMatchObject({ status: 429, json: { message: 'Too Many Requests' } });
  });

  it('counts each method by itself, by its own settings first', async () => {
    const { send } = aGateway(setup);
    await send('/live/a');
    await send('/live/a');
    expect((await send('/live/a', { method: 'POST' })).status).toBe(200);
    expect((await send('/live/b/1')).status).toBe(200);
    expect((await send('/live/b/2')).status).toBe(429);
  });
});

describe('gateway responses', () => {
  const document = {
    ...tokenScheme(),
    paths: { '/a': { get: mock(200, '{}', { security: [{ token: [] }] }) } },
    'x-amazon-apigateway-gateway-responses': {
      UNAUTHORIZED: {
        statusCode: 418,
        responseParameters: {
          'gatewayresponse.header.Retry-After': "'1'",
          'gatewayresponse.header.Access-Control-Allow-Origin': 'method.request.header.Origin',
        },
        responseTemplates: {
          'application/json':
            '{"error":"No","detail":$context.error.messageString,"type":"$context.error.responseType","id":"${context.requestId}","set":"#set($x = 1)"}',
        },
      },
      DEFAULT_4XX: { responseTemplates: { 'application/json': '{"error":"Any"}' } },
    },
  };

  it('follow the type, then the default of their class', async () => {
    const { send } = aGateway({ document, functions: { auth: () => undefined } });
    const unauthorized = await send('/live/a', { headers: { origin: 'https://game.example' } });
    expect(unauthorized).toMatchObject({
      status: 418,
      json: { error: 'No', detail: 'Unauthorized', type: 'UNAUTHORIZED', set: '#set($x = 1)' },
      headers: { 'retry-after': '1', 'access-control-allow-origin': 'https://game.example' },
    });
    expect(unauthorized.headers['x-amzn-requestid']).toBe((unauthorized.json as { id: string }).id);
    expect(await send('/live/b')).toMatchObject({ status: 403, json: { error: 'Any' } });
    const failed = await send('/live/a', { headers: { Authorization: 'x' } });
    expect(failed).toMatchObject({ status: 500, text: '{"message":null}' });
  });

  it('cannot change the answer to more than 10 MB', async () => {
    const { send } = aGateway({ document });
    const body = Buffer.alloc(10_485_761, ' ');
    expect(await send('/live/a', { method: 'GET', body })).toMatchObject({
      status: 413,
      json: { message: 'HTTP content length exceeded 10485760 bytes.' },
    });
  });
});
