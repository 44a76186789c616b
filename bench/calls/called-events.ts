import { authorization, listStudioReports, openAccount, request, tokens } from '../functions/requests.ts';

/** An event that a warm function is called with, again and again. */
export interface CalledEvent {
  /** Of figures: the function's, then what it is asked. */
  readonly name: string;
  /** Construct's name. */
  readonly functionName: string;
  readonly event: unknown;
  /** What every answer has to say. */
  readonly expects: string;
}

const admin = { functionName: 'Admin' };
const created = '"statusCode":201';
const allowed = '"Effect":"Allow"';

/** What is called in production, by how the functions are reached. */
export const calledEvents: readonly CalledEvent[] = [
  {
    name: 'authorizer, token used today',
    functionName: 'Authorizer',
    event: authorization(tokens.usedToday.token),
    expects: allowed,
  },
  {
    name: 'authorizer, first use of a day',
    functionName: 'Authorizer',
    event: authorization(tokens.unused.token),
    expects: allowed,
  },
  { ...admin, name: 'admin, list applications', event: request('GET', '/applications'), expects: '"statusCode":200' },
  {
    ...admin,
    name: 'admin, register application',
    event: request('POST', '/applications', { body: { Name: 'Game B' } }),
    expects: created,
  },
  {
    ...admin,
    name: 'admin, create authorization',
    event: request('POST', '/applications/{applicationId}/authorizations', {
      body: { Name: 'a client' },
      params: { applicationId: 'game-a' },
    }),
    expects: created,
  },
  { name: 'accounts, open account', functionName: 'Accounts', event: openAccount, expects: '"statusCode":200' },
  {
    name: 'studio reports, list reports',
    functionName: 'StudioReports',
    event: listStudioReports,
    expects: '"statusCode":200',
  },
];
