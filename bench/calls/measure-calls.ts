import { answerAws, type SentRequest } from '../functions/answer-aws.ts';
import type { DeployedFunctions } from '../functions/with-functions.ts';
import { interleave } from '../interleave.ts';
import type { CalledEvent } from './called-events.ts';
import type { Calls, FunctionProcess } from './function-process.ts';
import { FunctionProcesses } from './function-processes.ts';
import { RequestLog } from './request-log.ts';

export interface MeasureCallsOptions {
  readonly deployed: DeployedFunctions;
  readonly events: readonly CalledEvent[];
  readonly rounds: number;
  /** Calls of each event before the first round. */
  readonly warmUp: number;
  /** Calls of each event in a round. */
  readonly calls: number;
}

/** Of one event: milliseconds a call, round by round. */
export interface MeasuredCalls {
  readonly name: string;
  readonly milliseconds: readonly number[];
  /** Of the requests to AWS that a warm call sends, without the function around them; undefined where it sends none. */
  readonly bareMilliseconds: readonly number[] | undefined;
  /** How many it sends. */
  readonly requests: number;
}

/**
 * Measures warm calls of functions and, in turns with them, the bare requests that they send.
 * @throws Error where a function answers something else than it should, or sends AWS fewer requests than it did at first
 */
export async function measureCalls({
  deployed: { functions, savedQueries },
  events,
  rounds,
  warmUp,
  calls,
}: MeasureCallsOptions): Promise<readonly MeasuredCalls[]> {
  const log = new RequestLog();
  const aws = await answerAws({ savedQueries, sent: (request) => log.add(request) });
  const processes = new FunctionProcesses(functions, aws.url);
  try {
    const arms: Record<string, () => Promise<number>> = {};
    const sent: (readonly SentRequest[])[] = [];
    for (const { name, functionName, event, expects } of events) {
      const called = processes.get(functionName);
      const requests = await sentByWarmCall(called, { event, expects, calls: warmUp }, log);
      const expected = { log, requests: requests.length };
      arms[name] = arm(called, { event, expects, calls }, expected);
      if (requests.length > 0) {
        arms[bareOf(name)] = arm(processes.bare(), { event: requests, expects: '[{', calls }, expected);
      }
      sent.push(requests);
    }
    const measured = await interleave(rounds, arms);
    return events.map(({ name }, at) => ({
      name,
      milliseconds: measured[name]!,
      bareMilliseconds: measured[bareOf(name)],
      requests: sent[at]!.length,
    }));
  } finally {
    processes.stop();
    aws.close();
  }
}

const bareOf = (name: string): string => `${name}, bare`;

/** What a call sends to AWS behind so many others. */
async function sentByWarmCall(called: FunctionProcess, task: Calls, log: RequestLog): Promise<readonly SentRequest[]> {
  await called.call(task);
  return await log.during(async () => await called.call({ ...task, calls: 1 }));
}

/** Measures milliseconds a call, and sees to it that every call reached AWS. */
function arm(
  called: FunctionProcess,
  task: Calls,
  expected: { readonly log: RequestLog; readonly requests: number },
): () => Promise<number> {
  const least = task.calls * expected.requests;
  return async () => {
    const before = expected.log.count;
    const milliseconds = await called.call(task);
    const sent = expected.log.count - before;
    if (sent < least) throw new Error(`${task.calls} calls sent ${sent} requests to AWS, not ${least}`);
    return milliseconds / task.calls;
  };
}
