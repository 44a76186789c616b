import type { Audience } from '../../lib/queries/read-query.ts';
import type { Route } from '../shared/http/route.ts';
import type { ReportsDeps } from './action.ts';
import { readResult } from './read-result.ts';
import { listOrRunReport } from './run-report.ts';

/** The resources of each audience, as the gateway's definition names them. */
const roots: Readonly<Record<Audience, string>> = { studio: '/studio', publisher: '/rg-owner' };

/** The reports API of one audience at a glance. */
export const routesFor = (audience: Audience): readonly Route<ReportsDeps>[] => [
  ['GET', roots[audience], listOrRunReport],
  ['GET', `${roots[audience]}/results/{resultId}`, readResult],
];
