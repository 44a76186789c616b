import { InvalidRequest } from '../shared/http/errors.ts';
import type { Answer } from '../shared/http/route.ts';
import type { ReportsDeps } from './action.ts';
import type { Reader } from './check-caller.ts';
import { costLine } from './cost-line.ts';
import type { Format } from './formats/format.ts';
import type { AnswerOptions } from './read-query-string.ts';
import type { ExecutionState } from './report-engine.ts';
import type { ResultPlace } from './result-links.ts';

/** A result that somebody wants to have. */
export interface ResultRequest {
  readonly reader: Reader;
  readonly place: ResultPlace;
  readonly format: Format;
  readonly options: AnswerOptions;
  /** Path of the reports, stage included: links begin with it. */
  readonly root: string;
}

const firstWaitMilliseconds = 50;
const mostWaitMilliseconds = 1_000;

/** Answers with rows as soon as there are any, or after the wait with a link to ask again. */
export async function answerResult(request: ResultRequest, deps: ReportsDeps): Promise<Answer> {
  const { reader, place, format, options, root } = request;
  const linkTo = async (to: ResultPlace) => `${root}/results/${await deps.links.sign(reader, to)}`;

  const state = await untilFinished(place.executionId, options.waitSeconds, deps);
  if (state.status === 'running') {
    const link = await linkTo(place);
    const headers = { Location: link, 'Retry-After': '1', ...private_ };
    return { status: 202, body: { status: 'running', report: place.report, link }, headers };
  }
  if (state.status === 'too large') {
    throw new InvalidRequest('the report would read more than is allowed here; ask for fewer days');
  }
  if (state.status === 'failed') throw new Error(`${place.report} failed as ${place.executionId}`);

  const page = await deps.engine.page(place.executionId, options.limit, place.start, place.report);
  const next =
    page.next === undefined ? undefined : `${await linkTo({ ...place, start: page.next })}?limit=${options.limit}`;
  const { statistics } = state;
  const body = await format.write({ report: place.report, page, statistics, ...(next !== undefined && { next }) });
  return {
    status: 200,
    body,
    ...(format.mediaType !== 'application/json' && { contentType: format.mediaType }),
    headers: {
      // What formats without a place for it cannot say.
      'X-Report-Cost': costLine(statistics),
      ...(next !== undefined && { Link: `<${next}>; rel="next"` }),
      ...private_,
    },
  };
}

/** Rows are for this caller alone: no cache on the way keeps them, and none takes one format for another. */
const private_ = { 'Cache-Control': 'no-store', Vary: 'Accept, Authorization, Origin' };

/** The state of an execution that has finished, or after the wait as it then is. */
async function untilFinished(
  executionId: string,
  waitSeconds: number,
  { engine, now, sleep }: ReportsDeps,
): Promise<ExecutionState> {
  const deadline = now() + waitSeconds * 1_000;
  for (let pause = firstWaitMilliseconds; ; pause = Math.min(mostWaitMilliseconds, pause * 1.5)) {
    const state = await engine.state(executionId);
    const left = deadline - now();
    if (state.status !== 'running' || left <= 0) return state;
    await sleep(Math.min(pause, left));
  }
}
