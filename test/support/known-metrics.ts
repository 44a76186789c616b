import type { WatchedMetric } from './alarm-bench.ts';
import type { Synthesized } from './synthesized.ts';

/** The dimensions of a namespace's metrics, the type of resource that each names, and the metrics that an alarm may use. */
interface KnownNamespace {
  readonly dimensions: Readonly<Record<string, string | undefined>>;
  readonly metrics: readonly string[];
}

/** As AWS documents them; `lib/constructs/operations/metrics.ts` has the pages. */
const namespaces: Readonly<Record<string, KnownNamespace>> = {
  'AWS/Firehose': {
    dimensions: { DeliveryStreamName: 'AWS::KinesisFirehose::DeliveryStream' },
    metrics: [
      'DataReadFromKinesisStream.Records',
      'DeliveryToS3.Bytes',
      'DeliveryToS3.DataFreshness',
      'FailedConversion.Records',
      'IncomingRecords',
      'ThrottledRecords',
    ],
  },
  'AWS/Kinesis': {
    dimensions: { StreamName: 'AWS::Kinesis::Stream' },
    metrics: ['GetRecords.IteratorAgeMilliseconds', 'WriteProvisionedThroughputExceeded'],
  },
  'AWS/Lambda': { dimensions: { FunctionName: 'AWS::Lambda::Function' }, metrics: ['Duration', 'Errors'] },
  'AWS/ApiGateway': { dimensions: { ApiName: undefined, Stage: undefined }, metrics: ['5XXError', 'Count'] },
  'AWS/Events': { dimensions: { RuleName: 'AWS::Events::Rule' }, metrics: ['TriggeredRules'] },
  'AWS/States': {
    dimensions: { StateMachineArn: 'AWS::StepFunctions::StateMachine' },
    metrics: ['ExecutionsAborted', 'ExecutionsFailed', 'ExecutionsTimedOut'],
  },
  'AWS/SQS': {
    dimensions: { QueueName: 'AWS::SQS::Queue' },
    metrics: ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
  },
  // What our functions count, and the access log's filter.
  Playlake: {
    dimensions: { FunctionName: 'AWS::Lambda::Function' },
    metrics: ['EventsAccepted', 'EventsRejected', 'RecordsFailed'],
  },
  'Playlake/test': { dimensions: {}, metrics: ['RequestsThrottled'] },
};

/** What is wrong with a metric that an alarm names, for the resources of a deployment. */
export function knownMetrics({ resources }: Pick<Synthesized, 'resources'>) {
  const api = resources.find(({ Type }) => Type === 'AWS::ApiGateway::RestApi')?.Properties.Name as string;
  const stage = resources.find(({ Type }) => Type === 'AWS::ApiGateway::Stage')?.Properties.StageName as string;
  const names: Readonly<Record<string, string>> = { ApiName: api, Stage: stage };

  /** `${Transform6D7C5D75}` or a name that the template gives. */
  function isOf(type: string, value: string): boolean {
    const id = /^\$\{([A-Za-z0-9]+?)(?:\.\w+)?\}$/.exec(value)?.[1];
    return resources.some(
      ({ Type, logicalId, Properties }) =>
        Type === type && (id === undefined ? Object.values(Properties).includes(value) : logicalId.startsWith(id)),
    );
  }

  return {
    problemsOf(alarm: string, { namespace, name, dimensions }: WatchedMetric): readonly string[] {
      const known = namespaces[namespace];
      if (!known) return [`${alarm}: there is no namespace ${namespace}`];
      const problems = known.metrics.includes(name) ? [] : [`${alarm}: ${namespace} has no metric ${name}`];
      if (Object.keys(dimensions).toSorted().join() !== Object.keys(known.dimensions).toSorted().join()) {
        problems.push(`${alarm}: ${namespace} has other dimensions than ${Object.keys(dimensions).join()}`);
      }
      for (const [dimension, value] of Object.entries(dimensions)) {
        const type = known.dimensions[dimension];
        const isRight = type === undefined ? names[dimension] === value : isOf(type, value);
        if (!isRight) problems.push(`${alarm}: ${dimension} is ${value}, which nothing here is called`);
      }
      return problems;
    },
  };
}
