import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/runtime.ts';
import { aGateway, apiArn, functionArn, invocationUri } from '../support/a-gateway.ts';
import type { Setup } from '../support/a-gateway.ts';

const senderRole = 'arn:aws:iam::000000000000:role/sender';

const answerTemplate = (statusCode: string, template: string) => ({
  statusCode,
  responseParameters: { 'method.response.header.X-From': 'integration.response.header.x-from' },
  responseTemplates: { 'application/json': template },
});

describe('a service integration', () => {
  const document = {
    paths: {
      '/events/{game}': {
        post: {
          'x-amazon-apigateway-integration': {
            type: 'aws',
            httpMethod: 'POST',
            uri: 'arn:aws:apigateway:us-east-1:firehose:action/PutRecord',
            credentials: senderRole,
            passthroughBehavior: 'never',
            requestParameters: { 'integration.request.header.Content-Type': "'application/x-amz-json-1.1'" },
            requestTemplates: {
              'application/json':
                '{"Stream":"$stageVariables.stream","Data":"$util.base64Encode($input.json(\'$.events\'))","Game":"$input.params(\'game\')","At":$context.requestTimeEpoch}',
            },
            responses: {
              '2\\d\\d': answerTemplate('200', '{"id":"$input.path(\'$.RecordId\')"}'),
              default: answerTemplate(
                '500',
                "#set($type = \"$!input.path('$.__type')\")#if($type.indexOf('Slow') >= 0)#set($context.responseOverride.status = 429)#set($context.responseOverride.header['Retry-After'] = '1')#end{\"type\":\"$type\"}",
              ),
            },
          },
        },
      },
    },
  };
  const send = (service: Setup['service'], sent: { body?: string; headers?: Record<string, string> } = {}) => {
    const setup = service ? { document, service } : { document };
    const gateway = aGateway({ ...setup, stage: { variables: { stream: 's1' } } });
    const body = sent.body ?? '{"events":[]}';
    return { gateway, answer: gateway.send('/live/events/g%201', { method: 'POST', ...sent, body }) };
  };

  it('calls the service as the integration role, with every number as it was written', async () => {
    const body = '{ "events": [ {"n": 12345678901234567890, "f": 1.10, "n": 2e400, "s": "$x #if \\u00e9 😀"} ] }';
    const { gateway, answer } = send(
      () => ({ status: 200, headers: { 'X-From': 'hose' }, body: '{"RecordId":"r1"}' }),
      { body },
    );
    expect(await answer).toMatchObject({ status: 200, json: { id: 'r1' }, headers: { 'x-from': 'hose' } });
    const [call] = gateway.calls;
    expect(call).toMatchObject({
      service: 'firehose',
      principal: { kind: 'role', arn: senderRole },
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'firehose.PutRecord' },
    });
    const put = JSON.parse(call?.body.toString() ?? '') as Record<string, string>;
    expect(put).toMatchObject({ Stream: 's1', Game: 'g 1', At: gateway.clock.now });
    expect(Buffer.from(put['Data'] ?? '', 'base64').toString()).toBe('[{"n":2e400,"f":1.10,"s":"$x #if \\u00e9 😀"}]');
  });

  it('lets a template choose the status', async () => {
    const { answer } = send(() => ({ status: 503, body: '{"__type":"SlowDown"}' }));
    expect(await answer).toMatchObject({ status: 429, headers: { 'retry-after': '1' }, json: { type: 'SlowDown' } });
  });

  it('maps what no pattern takes by the default', async () => {
    const { answer } = send(() => ({ status: 400, body: '{"__type":"AccessDeniedException"}' }));
    expect(await answer).toMatchObject({ status: 500, json: { type: 'AccessDeniedException' } });
  });

  it('answers 500, never 400, to an answer that its template cannot read', async () => {
    const { answer } = send(() => ({ status: 503, body: '<html>busy</html>' }));
    expect(await answer).toMatchObject({ status: 500, json: { message: 'Internal server error' } });
  });

  it('lets no other content type through', async () => {
    const text = send(undefined, { headers: { 'Content-Type': 'text/plain' } });
    expect(await text.answer).toMatchObject({ status: 415, json: { message: 'Unsupported Media Type' } });
    expect(text.gateway.calls).toHaveLength(0);
    const json = send(undefined, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } });
    expect((await json.answer).status).toBe(200);
  });

  it('answers 400 to a body that its template cannot read', async () => {
    const { gateway, answer } = send(undefined, { body: '{"events":' });
    expect((await answer).status).toBe(400);
    expect(gateway.calls).toHaveLength(0);
  });

  it('answers 500 to a failure inside, and logs neither body nor headers', async () => {
    const { gateway, answer } = send(
      () => {
        throw new AwsError('Nothing', 'nothing there');
      },
      { body: '{"events":[{"secret":1}]}', headers: { 'X-Token': 'plk_secret' } },
    );
    expect(await answer).toMatchObject({ status: 500, json: { message: 'Internal server error' } });
    expect(gateway.logged).toHaveLength(1);
    expect(gateway.logged.join()).not.toContain('secret');
  });
});

describe('a function behind a proxy integration', () => {
  const document = {
    paths: {
      '/games/{id}': {
        get: {
          'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: invocationUri('api') },
        },
      },
    },
  };

  it('gets the whole request and answers for itself', async () => {
    const { send, invocations } = aGateway({
      document,
      functions: {
        api: () => ({
          statusCode: 201,
          headers: { 'X-A': 'b' },
          multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
          body: '{"made":true}',
        }),
      },
    });
    const answer = await send('/live/games/a%2Fb?x=1&x=2&y=%20', { headers: { 'X-One': '1' } });
    expect(answer).toMatchObject({ status: 201, json: { made: true } });
    expect(answer.headers).toMatchObject({ 'x-a': 'b', 'set-cookie': ['a=1', 'b=2'] });
    expect(invocations[0]?.payload).toMatchObject({
      resource: '/games/{id}',
      path: '/games/a%2Fb',
      httpMethod: 'GET',
      headers: { 'X-One': '1' },
      multiValueHeaders: { 'X-One': ['1'] },
      queryStringParameters: { x: '2', y: ' ' },
      multiValueQueryStringParameters: { x: ['1', '2'] },
      pathParameters: { id: 'a/b' },
      stageVariables: null,
      requestContext: { stage: 'live', resourcePath: '/games/{id}', requestTime: '21/Nov/2026:09:30:00 +0000' },
      body: null,
      isBase64Encoded: false,
    });
  });

  it('gets parameters and headers by whatever names they have', async () => {
    const { send, invocations } = aGateway({ document, functions: { api: () => ({ statusCode: 200 }) } });
    const { status } = await send('/live/games/1?__proto__=x&constructor=y', { headers: { constructor: 'z' } });
    expect(status).toBe(200);
    const { multiValueQueryStringParameters: query, headers } = invocations[0]!.payload as Record<string, object>;
    expect(Object.entries(query!)).toEqual([
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
    expect(Object.entries(headers!)).toContainEqual(['constructor', 'z']);
  });

  it.each<[string, () => unknown]>([
    ['fails', () => Promise.reject(new Error('broken'))],
    ['answers no status', () => ({ body: 'x' })],
    ['answers an object as its body', () => ({ statusCode: 200, body: {} })],
    ['answers nothing', () => null],
  ])('that %s is a 502', async (_what, api) => {
    const { send } = aGateway({ document, functions: { api } });
    expect(await send('/live/games/1')).toMatchObject({ status: 502, json: { message: 'Internal server error' } });
  });

  it('is called only with its permission, for the route as declared', async () => {
    const asked: unknown[] = [];
    const { send, invocations } = aGateway({
      document,
      functions: { api: () => ({ statusCode: 200 }) },
      permitted: (...question) => {
        asked.push(question);
        return false;
      },
    });
    expect((await send('/live/games/1')).status).toBe(500);
    expect(invocations).toHaveLength(0);
    expect(asked).toEqual([[functionArn('api'), `${apiArn}/live/GET/games/*`]]);
  });
});

describe('bytes through a proxy integration', () => {
  const route = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', uri: invocationUri('api') } };
  const document = (binaryTypes: readonly string[]) => ({
    'x-amazon-apigateway-binary-media-types': binaryTypes,
    paths: { '/report': { get: route, post: route } },
  });
  const bytes = Buffer.from([0x50, 0xff, 0x00, 0x31]);
  const base64 = bytes.toString('base64');
  const parquet = 'application/vnd.apache.parquet';
  const api = () => ({ statusCode: 200, headers: { 'Content-Type': parquet }, body: base64, isBase64Encoded: true });
  const get = (binaryTypes: readonly string[], accept: Record<string, string>) =>
    aGateway({ document: document(binaryTypes), functions: { api } }).send('/live/report', { headers: accept });

  it.each([
    ['the type is asked for', [parquet], `${parquet}`],
    ['it is the first that is asked for', [parquet], `Application/vnd.apache.parquet;q=0.9, text/csv`],
    ['the API calls everything binary', ['*/*'], 'text/html, */*'],
    ['a pattern of the API names it', ['application/*'], parquet],
  ])('come out where %s', async (_what, binaryTypes, Accept) => {
    const answer = await get(binaryTypes, { Accept });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': parquet } });
    expect(answer.bytes).toEqual(bytes);
  });

  it.each([
    ['something else is asked for first', [parquet], { Accept: `text/csv, ${parquet}` }],
    ['nothing is asked for', [parquet], {}],
    ['anything is asked for', [parquet], { Accept: '*/*' }],
    ['the API calls nothing binary', [], { Accept: parquet }],
  ])('stay base64 where %s, as on AWS', async (_what, binaryTypes, accept: Record<string, string>) => {
    expect((await get(binaryTypes, accept)).text).toBe(base64);
  });

  it('leave text alone', async () => {
    const { send } = aGateway({
      document: document([parquet]),
      functions: { api: () => ({ statusCode: 400, body: '{"error":"InvalidRequest"}' }) },
    });
    expect((await send('/live/report', { headers: { Accept: parquet } })).json).toEqual({ error: 'InvalidRequest' });
  });

  it('reach the function as base64 where the request says they are such', async () => {
    const { send, invocations } = aGateway({ document: document([parquet]), functions: { api } });
    await send('/live/report', { method: 'POST', headers: { 'Content-Type': parquet }, body: bytes });
    await send('/live/report', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    expect(invocations.map(({ payload }) => payload)).toMatchObject([
      { body: base64, isBase64Encoded: true },
      { body: '{}', isBase64Encoded: false },
    ]);
  });
});

const documentWith = (integration: unknown) => ({
  paths: { '/a': { get: { 'x-amazon-apigateway-integration': integration } } },
});

it('says at the definition what it cannot run', () => {
  expect(() => aGateway({ document: documentWith({ type: 'http_proxy' }) })).toThrow('GET /a');
  expect(() => aGateway({ document: documentWith(undefined) })).toThrow('GET /a');
});
