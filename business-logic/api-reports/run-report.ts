import { InvalidRequest } from '../shared/http/errors.ts';
import type { Action } from './action.ts';
import { answerResult } from './answer-result.ts';
import { checkCaller } from './check-caller.ts';
import { chooseFormat } from './formats/choose-format.ts';
import { listReports } from './list-reports.ts';
import { answerOptions, reportValues, singleValues } from './read-query-string.ts';

/** A result can be read for so long after its report was started. */
const linkMilliseconds = 3_600_000;

/** Runs the report that the query string names, with its parameters; without one, says which there are. */
export const listOrRunReport: Action = async ({ query, headers, caller, path }, deps) => {
  const reader = checkCaller(caller, deps.audience);
  const given = singleValues(query);
  if (given.report === undefined) {
    const [name] = Object.keys(given);
    if (name !== undefined) throw new InvalidRequest(`${JSON.stringify(name)} is given without a report`);
    return await listReports(deps);
  }
  const format = chooseFormat(headers.accept);
  const options = answerOptions(given);
  const report = deps.reports.find(({ name }) => name === given.report);
  if (!report) {
    const names = deps.reports.map(({ name }) => name).join(', ');
    throw new InvalidRequest(`there is no report of this name; there are ${names === '' ? 'none' : names}`);
  }
  const executionId = await deps.engine.start({ report, values: reportValues(report, reader, given) });
  const place = { report: report.name, executionId, expiresAt: deps.now() + linkMilliseconds };
  return await answerResult({ reader, place, format, options, root: path }, deps);
};
