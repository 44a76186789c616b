import { createToken } from '../../business-logic/shared/token.ts';
import { anEvent } from '../../test/support/an-event.ts';
import { firehoseBatch, packed } from '../../test/support/firehose-batch.ts';

/** What a function may be asked first, and what its answer has to say. */
export interface FirstEvent {
  readonly event: unknown;
  readonly expects: string;
}

/** The token of `firstEvents`, for whoever answers the authorizer's question. */
export const token = createToken();

const request = (httpMethod: string, path: string, body: unknown, authorizer: object) => ({
  httpMethod,
  path,
  resource: path,
  headers: { 'Content-Type': 'application/json' },
  pathParameters: null,
  body: body === undefined ? null : JSON.stringify(body),
  isBase64Encoded: false,
  requestContext: { requestId: 'bench', path, authorizer },
});

const caller = (role: string, more: object = {}) => ({
  application_id: '_accounts',
  api_key_id: token.keyId,
  role,
  ...more,
});

/** By a function's name. The functions of a warehouse have none: what they are asked first waits for Redshift. */
export const firstEvents: Readonly<Record<string, FirstEvent>> = {
  Authorizer: {
    event: {
      type: 'TOKEN',
      authorizationToken: token.token,
      methodArn: 'arn:aws:execute-api:eu-central-1:111122223333:api/live/POST/applications/game-a/events',
    },
    expects: '"Effect":"Allow"',
  },
  Transform: {
    event: firehoseBatch(packed(Array.from({ length: 20 }, () => anEvent()))),
    expects: '"result":"Ok"',
  },
  Admin: { event: request('GET', '/applications', undefined, {}), expects: '"statusCode":200' },
  Accounts: {
    event: request(
      'POST',
      '/player-ingest',
      [{ player_id: 'p-1', user_id: 'u-1', player_name: 'Ann', account_start_at: '2026-01-01T00:00:00Z' }],
      caller('publisher'),
    ),
    expects: '"statusCode":200',
  },
  StudioReports: {
    event: request('GET', '/studio', undefined, caller('studio', { studio_id: 's-1' })),
    expects: '"statusCode":200',
  },
  PublisherReports: { event: request('GET', '/rg-owner', undefined, caller('publisher')), expects: '"statusCode":200' },
  ScheduleStartWorkflow: { event: {}, expects: '"nothing to do"' },
};
