import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { answerRequest } from '../../../../business-logic/shared/http/answer-request.ts';
import { Throttled } from '../../../../business-logic/shared/http/errors.ts';
import type { Action, RouteRequest } from '../../../../business-logic/shared/http/route.ts';

const event = {
  httpMethod: 'GET',
  resource: '/studio/results/{resultId}',
  pathParameters: { resultId: 'r-1' },
  multiValueQueryStringParameters: { report: ['one', 'two'] },
  headers: { Accept: 'text/csv', ORIGIN: 'https://a.example' },
  body: null,
  isBase64Encoded: false,
  requestContext: {
    requestId: 'request-1',
    path: '/live/studio/results/r-1',
    authorizer: {
      application_id: '_accounts',
      api_key_id: 'k-1',
      role: 'studio',
      studio_id: 'moss',
      principalId: 'k-1',
    },
  },
} as unknown as APIGatewayProxyEvent;

const contextWith = (authorizer: object | undefined) =>
  ({ ...event, requestContext: { ...event.requestContext, authorizer } }) as APIGatewayProxyEvent;

/** Answers with an action of ours. */
const answering = (action: Action<object>) =>
  answerRequest<object>({
    routes: [['GET', event.resource, action]],
    corsOrigins: ['*'],
    logger: { info: () => {}, error: () => {} },
  });

async function seenBy(request: APIGatewayProxyEvent): Promise<RouteRequest> {
  let seen: RouteRequest | undefined;
  await answering(async (given) => {
    seen = given;
    return { status: 200, body: {} };
  })(request);
  return seen!;
}

describe('a request', () => {
  it('is handed to its route with its caller, all values of its query, and headers in one case', async () => {
    expect(await seenBy(event)).toEqual({
      params: { resultId: 'r-1' },
      query: { report: ['one', 'two'] },
      headers: { accept: 'text/csv', origin: 'https://a.example' },
      body: undefined,
      caller: { applicationId: '_accounts', apiKeyId: 'k-1', role: 'studio', studioId: 'moss' },
      requestId: 'request-1',
      path: '/live/studio/results/r-1',
    });
  });

  it.each([
    ['no authorizer', undefined],
    ['an authorizer that names no role', { application_id: '_accounts', api_key_id: 'k-1', studio_id: 'moss' }],
  ])('has no caller with %s', async (_what, authorizer) => {
    expect((await seenBy(contextWith(authorizer))).caller).toBeUndefined();
  });

  it('is of no studio where the authorizer names none', async () => {
    const authorizer = { application_id: '_accounts', api_key_id: 'k-1', role: 'publisher', studio_id: '' };
    expect((await seenBy(contextWith(authorizer))).caller).not.toHaveProperty('studioId');
  });
});

describe('an answer', () => {
  it('is JSON unless it says otherwise', async () => {
    const { headers, body, isBase64Encoded } = await answering(async () => ({
      status: 202,
      body: { a: 1 },
      headers: { Location: '/live/studio/results/r-2' },
    }))(event);
    expect([body, isBase64Encoded]).toEqual(['{"a":1}', undefined]);
    expect(headers).toMatchObject({
      'Content-Type': 'application/json',
      'Access-Control-Allow-Origin': '*',
      Location: '/live/studio/results/r-2',
    });
  });

  it('may be a text, or bytes', async () => {
    const text = await answering(async () => ({ status: 200, body: 'a,b\n', contentType: 'text/csv' }))(event);
    expect(text).toMatchObject({ body: 'a,b\n', headers: { 'Content-Type': 'text/csv' } });
    const contentType = 'application/vnd.apache.parquet';
    const bytes = await answering(async () => ({ status: 200, body: Buffer.from([0, 255]), contentType }))(event);
    expect(bytes).toMatchObject({ body: 'AP8=', isBase64Encoded: true, headers: { 'Content-Type': contentType } });
  });

  it('says when to come back where it says that there is too much', async () => {
    const answer = await answering(async () => {
      throw new Throttled('too many');
    })(event);
    expect(answer).toMatchObject({ statusCode: 429, headers: { 'Retry-After': '1' } });
    expect(JSON.parse(answer.body)).toEqual({ error: 'Throttled', error_detail: 'too many' });
  });
});
