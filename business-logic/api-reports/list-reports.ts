import type { QueryParameter } from '../../lib/queries/read-query.ts';
import type { Answer } from '../shared/http/route.ts';
import type { ReportsDeps } from './action.ts';

/** What reports there are for this caller, with what somebody needs to call and to draw them. */
export async function listReports({ reports, engine }: ReportsDeps): Promise<Answer> {
  const texts = await engine.texts(reports);
  return {
    status: 200,
    body: {
      reports: reports.map(({ name, description, grain, parameters, columns, chart }) => ({
        name,
        description,
        grain,
        parameters: givenParameters(parameters),
        columns,
        ...(chart && { chart }),
        sql: texts.get(name),
      })),
    },
  };
}

/** Those that a caller may give, each once, as the API tells of them. */
export function givenParameters(parameters: readonly QueryParameter[]) {
  const byName = new Map(parameters.filter(({ bound }) => !bound).map((parameter) => [parameter.name, parameter]));
  return [...byName.values()].map(({ name, type, default: fallback }) => ({
    name,
    type,
    required: fallback === undefined,
    default: fallback,
  }));
}
