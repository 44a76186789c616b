import type { Properties } from '../runtime.ts';

/** What a queue's attributes say; seconds and bytes as SQS has them. */
export interface QueueSettings {
  readonly VisibilityTimeout: number;
  readonly MessageRetentionPeriod: number;
  readonly MaximumMessageSize: number;
  readonly DelaySeconds: number;
  readonly ReceiveMessageWaitTimeSeconds: number;
  readonly redrive: RedrivePolicy | undefined;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  /** Receives after which a message goes to the dead letters. */
  readonly maxReceiveCount: number;
}

/** Defaults and bounds of the SQS API reference, CreateQueue. */
const NUMBERS = {
  VisibilityTimeout: { standard: 30, least: 0, most: 43_200 },
  MessageRetentionPeriod: { standard: 345_600, least: 60, most: 1_209_600 },
  MaximumMessageSize: { standard: 1_048_576, least: 1024, most: 1_048_576 },
  DelaySeconds: { standard: 0, least: 0, most: 900 },
  ReceiveMessageWaitTimeSeconds: { standard: 0, least: 0, most: 20 },
} as const;

/** Settings of `AWS::SQS::Queue`. Throws on what has no stand-in and on numbers that SQS refuses. */
export function readQueueSettings(properties: Properties): QueueSettings {
  if (String(properties.FifoQueue ?? false) === 'true') throw new Error('FIFO queues have no stand-in');
  if (properties.RedriveAllowPolicy !== undefined) readAllowPolicy(properties.RedriveAllowPolicy);
  const number = (name: keyof typeof NUMBERS): number => {
    const { standard, least, most } = NUMBERS[name];
    const value = Number(properties[name] ?? standard);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`${name} is ${JSON.stringify(properties[name])}; it may be ${least} to ${most}`);
  };
  return {
    VisibilityTimeout: number('VisibilityTimeout'),
    MessageRetentionPeriod: number('MessageRetentionPeriod'),
    MaximumMessageSize: number('MaximumMessageSize'),
    DelaySeconds: number('DelaySeconds'),
    ReceiveMessageWaitTimeSeconds: number('ReceiveMessageWaitTimeSeconds'),
    redrive: properties.RedrivePolicy === undefined ? undefined : readRedrive(properties.RedrivePolicy),
  };
}

function readRedrive(policy: unknown): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = objectOf(policy);
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== 'string' || !Number.isInteger(count) || count < 1 || count > 1000) {
    throw new Error(`RedrivePolicy is ${JSON.stringify(policy)}; it names a queue and 1 to 1000 receives`);
  }
  return { deadLetterTargetArn, maxReceiveCount: count };
}

/** Which queues may send their dead letters here: of one template, all of them may. */
function readAllowPolicy(policy: unknown): void {
  const { redrivePermission } = objectOf(policy);
  if (redrivePermission === 'allowAll' || redrivePermission === 'byQueue') return;
  throw new Error(`a RedriveAllowPolicy of ${JSON.stringify(redrivePermission)} has no stand-in`);
}

function objectOf(value: unknown): Properties {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Properties;
}
