import { InvalidRequest, NotFound } from '../shared/http/errors.ts';
import type { Action } from './action.ts';
import { answerResult } from './answer-result.ts';
import { checkCaller } from './check-caller.ts';
import { chooseFormat } from './formats/choose-format.ts';
import { answerOptions, singleValues } from './read-query-string.ts';

/** Rows of a result by the id that an earlier answer gave to this very reader. */
export const readResult: Action = async ({ params, query, headers, caller, path }, deps) => {
  const reader = checkCaller(caller, deps.audience);
  const { limit, wait, ...unknown } = singleValues(query);
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new InvalidRequest(`${JSON.stringify(name)} is given; limit and wait are allowed`);
  const options = answerOptions({ ...(limit !== undefined && { limit }), ...(wait !== undefined && { wait }) });

  const place = await deps.links.open(reader, params.resultId);
  // Of another studio, changed or over: none of it is told apart.
  if (!place) throw new NotFound('there is no result under this id');
  const format = chooseFormat(headers.accept);
  return await answerResult({ reader, place, format, options, root: path.replace(/\/results\/[^/]*$/, '') }, deps);
};
