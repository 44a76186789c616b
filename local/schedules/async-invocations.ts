import { actorOf } from '../policy/actor.ts';
import type { Judge } from '../policy/actor.ts';
import type { EventBus, Functions, LocalLog, Properties } from '../runtime.ts';

export interface AsyncInvocationsOptions {
  readonly functions: Pick<Functions, 'invoke' | 'roleOf'>;
  readonly credentials: Judge;
  readonly events: Pick<EventBus, 'publish'>;
  readonly log: LocalLog;
}

interface Settings {
  readonly retries: number;
  readonly onFailure: string | undefined;
}

/** What Lambda does unless a function says otherwise. */
const DEFAULTS: Settings = { retries: 2, onFailure: undefined };

/** Invocations that nobody waits for: tried again when they fail, at once here, and told to a topic when all have. */
export interface AsyncInvocations {
  define(functionName: string, properties: Properties): void;
  invoke(functionArn: string, payload: unknown): Promise<void>;
}

export function createAsyncInvocations({
  functions,
  events,
  log,
  credentials,
}: AsyncInvocationsOptions): AsyncInvocations {
  const settings = new Map<string, Settings>();
  /** Lambda publishes in the name of the function's role. */
  function tell(functionArn: string, topicArn: string, message: string): void {
    const actor = actorOf(credentials, functions.roleOf(functionArn) ?? '', { service: 'lambda.amazonaws.com' });
    const why = actor.refusal('sns:Publish', topicArn);
    if (why === undefined) events.publish(topicArn, message);
    else log.error('a failed invocation reaches nobody', { function: functionArn, topic: topicArn, why });
  }

  return {
    define: (functionName, properties) => void settings.set(functionName, readSettings(properties)),
    async invoke(functionArn, payload) {
      const functionName = functionArn.slice(functionArn.lastIndexOf(':') + 1);
      const { retries, onFailure } = settings.get(functionName) ?? DEFAULTS;
      for (let attempt = 1; ; attempt += 1) {
        const result = await functions.invoke(functionArn, payload);
        if (result.ok) return;
        const { errorType, errorMessage } = result;
        log.error('a function failed', { function: functionName, attempt, errorType, errorMessage });
        if (attempt <= retries) continue;
        if (onFailure !== undefined) {
          tell(functionArn, onFailure, failureRecord(functionArn, attempt, payload, result));
        }
        return;
      }
    },
  };
}

function readSettings({ MaximumRetryAttempts, DestinationConfig }: Properties): Settings {
  const { OnFailure } = (DestinationConfig ?? {}) as { readonly OnFailure?: { readonly Destination?: string } };
  return { retries: Number(MaximumRetryAttempts ?? DEFAULTS.retries), onFailure: OnFailure?.Destination };
}

/** The record that Lambda sends to a destination. */
function failureRecord(
  functionArn: string,
  approximateInvokeCount: number,
  requestPayload: unknown,
  { errorType, errorMessage }: { readonly errorType: string; readonly errorMessage: string },
): string {
  return JSON.stringify({
    version: '1.0',
    requestContext: { functionArn, condition: 'RetriesExhausted', approximateInvokeCount },
    requestPayload,
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    responsePayload: { errorType, errorMessage },
  });
}
