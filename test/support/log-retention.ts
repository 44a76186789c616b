import { textOf, type Synthesized, type TemplateResource } from './synthesized.ts';

/** What writes logs, and the names of the groups that it writes to; a state machine that logs nothing has none. */
const groupsOf: Readonly<Record<string, (properties: TemplateResource['Properties']) => readonly unknown[]>> = {
  'AWS::Lambda::Function': ({ LoggingConfig }) => [LoggingConfig?.LogGroup],
  'AWS::ApiGateway::Stage': ({ AccessLogSetting, RestApiId, StageName }) => [
    AccessLogSetting?.DestinationArn,
    // API Gateway names this one itself.
    `API-Gateway-Execution-Logs_${textOf(RestApiId)}/${StageName}`,
  ],
  'AWS::KinesisFirehose::DeliveryStream': ({ ExtendedS3DestinationConfiguration: destination }) =>
    [destination, destination.S3BackupConfiguration].flatMap((one) =>
      one === undefined ? [] : [one.CloudWatchLoggingOptions?.LogGroupName],
    ),
  // The job's runs write to these two below its prefix.
  'AWS::Glue::Job': ({ DefaultArguments }) =>
    ['output', 'error'].map((kind) => `${textOf(DefaultArguments['--custom-logGroup-prefix'])}/${kind}`),
  'AWS::StepFunctions::StateMachine': ({ LoggingConfiguration }) =>
    ((LoggingConfiguration?.Destinations ?? []) as readonly { CloudWatchLogsLogGroup: { LogGroupArn: unknown } }[]).map(
      (one) => one.CloudWatchLogsLogGroup.LogGroupArn,
    ),
};

/** Names of log groups that something writes to and that would keep their logs for ever. */
export function logsWithoutRetention({ resources }: Pick<Synthesized, 'resources'>): readonly string[] {
  const kept = new Set(
    resources
      .filter(({ Type, Properties }) => Type === 'AWS::Logs::LogGroup' && Number(Properties.RetentionInDays) > 0)
      .flatMap(({ logicalId, Properties }) => [logicalId, textOf(Properties.LogGroupName)]),
  );
  return resources.flatMap(({ Type, logicalId, Properties }) =>
    (groupsOf[Type]?.(Properties) ?? []).flatMap((group) => {
      const name = textOf(group).replace(/^\$\{(\w+?)(?:\.Arn)?\}$/, '$1');
      return kept.has(name) ? [] : [`${logicalId}: ${name}`];
    }),
  );
}
