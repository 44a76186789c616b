import { callByRole } from '../aws-api/call-by-role.ts';
import type { AwsApi } from '../aws-api/server.ts';
import { AwsError } from '../runtime.ts';
import type { EventBus, LocalLog, Queues } from '../runtime.ts';
import type { RuleTarget } from './target-message.ts';

export interface TargetsOptions {
  readonly publish: EventBus['publish'];
  readonly queues: Pick<Queues, 'send'>;
  readonly awsApi: Pick<AwsApi, 'call'>;
  readonly log: LocalLog;
}

/** What rules send events to. */
export interface Targets {
  /**
   * Sends a message to a rule's target; what its target refuses goes to its dead letters. Rejects only where trying
   * again may help.
   */
  send(ruleArn: string, target: RuleTarget, message: string): Promise<void>;
}

const SERVICE = 'events.amazonaws.com';
const FIELDS: ReadonlySet<string> = new Set([
  'Arn',
  'DeadLetterConfig',
  'Id',
  'Input',
  'InputPath',
  'InputTransformer',
  // How often it is tried again: on the laptop until it is taken or refused for good.
  'RetryPolicy',
  'RoleArn',
]);

/** Throws on what has no stand-in. */
export function checkTarget(target: RuleTarget): void {
  const strange = Object.keys(target).filter((field) => !FIELDS.has(field));
  if (strange.length > 0) throw new Error(`${strange.join(', ')} of a rule's target has no stand-in`);
  const service = serviceOf(target.Arn);
  if (service === 'states' && target.RoleArn === undefined) {
    throw new Error(`a rule needs a role to start ${target.Arn}`);
  }
  if (service === 'sns' || service === 'sqs' || service === 'states') return;
  throw new Error(`a rule's target ${target.Arn} has no stand-in; SNS topics, SQS queues and state machines have one`);
}

export function createTargets({ publish, queues, awsApi, log }: TargetsOptions): Targets {
  async function reach(ruleArn: string, { Arn, RoleArn = '' }: RuleTarget, message: string): Promise<void> {
    const from = { service: SERVICE, sourceArn: ruleArn };
    const service = serviceOf(Arn);
    if (service === 'sns') return publish(Arn, message, from);
    if (service === 'sqs') return queues.send(Arn, message, from);
    const input = { stateMachineArn: Arn, input: message };
    await callByRole(awsApi, {
      roleArn: RoleArn,
      through: { service: SERVICE, sourceArn: ruleArn },
      service: 'states',
      action: 'StartExecution',
      input,
    });
  }

  return {
    async send(ruleArn, target, message) {
      try {
        await reach(ruleArn, target, message);
      } catch (error) {
        if (!(error instanceof AwsError) || error.status >= 500) throw error;
        const { code, message: reason } = error;
        log.error('a rule does not reach its target', {
          rule: ruleArn,
          target: target.Arn,
          error: `${code}: ${reason}`,
        });
        const deadLetters = target.DeadLetterConfig?.Arn;
        if (deadLetters === undefined) return;
        await queues.send(
          deadLetters,
          message,
          { service: SERVICE, sourceArn: ruleArn },
          {
            RULE_ARN: ruleArn,
            TARGET_ARN: target.Arn,
            ERROR_CODE: code,
            ERROR_MESSAGE: reason,
          },
        );
      }
    },
  };
}

/** Of an ARN. */
function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}
