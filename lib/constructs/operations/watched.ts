import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** What the operations stack looks at, stack by stack. */
export interface Watched {
  readonly ingestion: {
    /** Name of the delivery stream. */
    readonly deliveryStream: string;
    /** Name of the Kinesis stream before it; undefined in DIRECT_BATCH. */
    readonly kinesisStream: string | undefined;
    readonly transform: IFunction;
  };
  readonly api: {
    readonly authorizer: IFunction;
    readonly accessLogs: ILogGroup;
    /** The functions behind routes, by what they are called on the dashboard. */
    readonly functions: Readonly<Record<string, IFunction>>;
  };
  readonly lake: {
    /** Names of the rules that match a job or a crawl that failed. */
    readonly failureRules: readonly string[];
    /** Starts the workflow. */
    readonly starter: IFunction;
    /** Names of the Athena workgroups. */
    readonly workGroups: readonly string[];
  };
  /** Undefined in DATA_STACK DATA_LAKE. */
  readonly warehouse:
    | {
        /** Raw objects that are still to be loaded. */
        readonly files: IQueue;
        readonly deadLetters: IQueue;
        /** ARNs of the state machines, by what they are called on the dashboard. */
        readonly machines: Readonly<Record<'load' | 'setup', string>>;
      }
    | undefined;
}
