import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { AccountsDeps } from '../../../business-logic/api-accounts/accounts-deps.ts';
import type { AccountEvent } from '../../../business-logic/api-accounts/events/account-event.ts';
import { recordSchemas } from '../../../business-logic/api-accounts/records/record-schemas.ts';
import { routes } from '../../../business-logic/api-accounts/routes.ts';
import { gameStore } from '../../../business-logic/api-accounts/store/game-store.ts';
import { noteRegistrations } from '../../../business-logic/api-accounts/store/note-registrations.ts';
import type { TableClient } from '../../../business-logic/shared/aws/dynamodb/table-client.ts';
import { answerRequest } from '../../../business-logic/shared/http/answer-request.ts';
import { tables } from '../../support/a-dynamodb.ts';

export const noon = new Date('2026-05-01T12:00:00Z');

/** A packed record as the stream gets it. */
export interface PackedRecord {
  readonly application_id: string;
  readonly api_key_id: string;
  readonly role: string;
  readonly request_id: string;
  readonly received_at: number;
  readonly events: readonly AccountEvent[];
}

/** The context that the authorizer gives a request of the publisher, and one of a studio. */
export const aPublisher = { application_id: '_accounts', api_key_id: 'publisher-key', role: 'publisher' };
export const aStudio = (studio_id: string) => ({
  application_id: '_accounts',
  api_key_id: `key-of-${studio_id}`,
  role: 'studio',
  studio_id,
});

/** The account routes over a DynamoDB, at noon; what they put into the stream is kept. */
export function anAccountsApi(client: TableClient, overrides: Partial<AccountsDeps> = {}) {
  const stored: PackedRecord[] = [];
  const logged: unknown[] = [];
  const log = (...args: unknown[]) => void logged.push(args);
  const games = gameStore(client, tables.applications);
  const handler = answerRequest<AccountsDeps>({
    routes,
    games,
    noteRegistrations: noteRegistrations(games),
    putRecords: async (records) => {
      for (const record of records) stored.push(JSON.parse(record) as PackedRecord);
    },
    idKey: async () => 'secret',
    schemas: recordSchemas(overrides.now ?? (() => noon)),
    now: () => noon,
    corsOrigins: ['*'],
    logger: { info: log, error: log },
    ...overrides,
  });
  const call = async (resource: string, authorizer: Readonly<Record<string, string>>, body: unknown) => {
    const answer = await handler({
      httpMethod: 'POST',
      resource,
      path: resource,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      requestContext: { requestId: 'request-1', path: `/live${resource}`, authorizer },
    } as unknown as APIGatewayProxyEvent);
    return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown>, text: answer.body };
  };
  return {
    stored,
    logged,
    events: () => stored.flatMap((record) => record.events),
    players: (body: unknown, authorizer: Readonly<Record<string, string>> = aPublisher) =>
      call('/player-ingest', authorizer, body),
    studios: (body: unknown, authorizer: Readonly<Record<string, string>> = aPublisher) =>
      call('/studio-ingest', authorizer, body),
    unregister: (studioId: string, body: unknown) => call('/studio/unregistrations', aStudio(studioId), body),
    call,
  };
}
