import { anEvent } from '../../test/support/an-event.ts';
import { firehoseBatch, packed } from '../../test/support/firehose-batch.ts';
import { authorization, caller, listStudioReports, openAccount, request, tokens } from '../functions/requests.ts';

/** What a function may be asked first, and what its answer has to say. */
export interface FirstEvent {
  readonly event: unknown;
  readonly expects: string;
}

const answered = '"statusCode":200';

/** By a function's name. The functions of a warehouse have none: what they are asked first waits for Redshift. */
export const firstEvents: Readonly<Record<string, FirstEvent>> = {
  Authorizer: { event: authorization(tokens.usedToday.token), expects: '"Effect":"Allow"' },
  Transform: {
    event: firehoseBatch(packed(Array.from({ length: 20 }, () => anEvent()))),
    expects: '"result":"Ok"',
  },
  Admin: { event: request('GET', '/applications'), expects: answered },
  Accounts: { event: openAccount, expects: answered },
  StudioReports: { event: listStudioReports, expects: answered },
  PublisherReports: { event: request('GET', '/rg-owner', { caller: caller('publisher') }), expects: answered },
  ScheduleStartWorkflow: { event: {}, expects: '"nothing to do"' },
};
