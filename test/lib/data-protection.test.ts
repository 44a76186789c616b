import { beforeAll, describe, expect, it } from 'vitest';
import { isDataProtected } from '../../lib/protected-data.ts';
import { synthesizeConfig, type TemplateResource } from '../support/synthesized.ts';

let resources: readonly TemplateResource[];

beforeAll(() => {
  ({ resources } = synthesizeConfig({
    DEV_MODE: false,
    INGEST_MODE: 'KINESIS_DATA_STREAMS',
    DATA_STACK: 'REDSHIFT',
    S3_BACKUP_MODE: true,
  }));
});

const ofType = (type: string): readonly TemplateResource[] => resources.filter(({ Type }) => Type === type);

/** Names that say why a check fails. */
const namesOf = (some: readonly TemplateResource[]): readonly string[] =>
  some.map(({ stack, logicalId }) => `${stack} ${logicalId}`);

/** What keeps data at rest, and how a template says that it is encrypted. The others are encrypted by their service. */
const encrypted: Readonly<Record<string, (properties: TemplateResource['Properties']) => boolean>> = {
  'AWS::S3::Bucket': ({ BucketEncryption: { ServerSideEncryptionConfiguration: rules = [] } = {} }) => rules.length > 0,
  'AWS::Kinesis::Stream': ({ StreamEncryption }) => StreamEncryption?.EncryptionType === 'KMS',
  'AWS::SQS::Queue': ({ SqsManagedSseEnabled, KmsMasterKeyId }) => SqsManagedSseEnabled !== false || KmsMasterKeyId,
  'AWS::Athena::WorkGroup': ({ WorkGroupConfiguration: { ResultConfiguration, EnforceWorkGroupConfiguration } }) =>
    EnforceWorkGroupConfiguration === true &&
    ResultConfiguration.EncryptionConfiguration?.EncryptionOption !== undefined,
  // DynamoDB, Secrets Manager, CloudWatch Logs and Redshift Serverless leave nothing unencrypted; no template may say so.
  'AWS::DynamoDB::GlobalTable': () => true,
  'AWS::SecretsManager::Secret': () => true,
  'AWS::Logs::LogGroup': () => true,
  'AWS::RedshiftServerless::Namespace': () => true,
};

describe('what keeps data, over all templates outside DEV_MODE', () => {
  it('is encrypted', () => {
    for (const [type, isEncrypted] of Object.entries(encrypted)) {
      const found = ofType(type);
      expect([type, found.length > 0]).toEqual([type, true]);
      expect(namesOf(found.filter(({ Properties = {} }) => !isEncrypted(Properties)))).toEqual([]);
    }
  });

  it('is reached by TLS alone, and by nobody from outside', () => {
    const buckets = ofType('AWS::S3::Bucket');
    expect(
      namesOf(
        buckets.filter(
          ({ Properties }) =>
            !Object.values(Properties.PublicAccessBlockConfiguration ?? { none: false }).every(Boolean),
        ),
      ),
    ).toEqual([]);
    expect(buckets.every(({ Properties }) => Object.keys(Properties.PublicAccessBlockConfiguration).length === 4)).toBe(
      true,
    );
    for (const [type, policyType, property] of [
      ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
      ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
      ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
    ] as const) {
      const held = ofType(policyType)
        .filter(({ Properties }) => Properties.PolicyDocument.Statement.some(refusesPlain))
        .map(({ Properties }) => JSON.stringify(Properties[property]));
      const bare = ofType(type).filter(({ logicalId }) => !held.some((named) => named.includes(`"${logicalId}"`)));
      expect([type, namesOf(bare)]).toEqual([type, []]);
    }
  });

  it('can be restored, but for keys of players and what holds names', () => {
    const tables = ofType('AWS::DynamoDB::GlobalTable');
    const lasting = tables
      .filter(({ Properties }) => isRestorable(Properties))
      .map(({ logicalId }) => kindOf(logicalId));
    expect(lasting.toSorted()).toEqual(['Applications', 'Authorizations']);
    expect(tables.map(({ logicalId }) => kindOf(logicalId)).toSorted()).toEqual([...lasting, 'PlayerKeys'].toSorted());
    const versioned = ofType('AWS::S3::Bucket').filter(
      ({ Properties }) => Properties.VersioningConfiguration?.Status === 'Enabled',
    );
    expect(versioned.map(({ logicalId }) => kindOf(logicalId)).toSorted()).toEqual(['AccessLogs', 'Lake']);
  });

  it('outlives its stack, and is protected from deletion', () => {
    const kept = new Set(['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable', 'AWS::KMS::Key', 'AWS::Kinesis::Stream']);
    const lost = resources.filter(
      // The console's bucket holds what any deployment puts there again.
      ({ stack, Type, DeletionPolicy, UpdateReplacePolicy }) =>
        stack !== 'console' && kept.has(Type) && (DeletionPolicy !== 'Retain' || UpdateReplacePolicy !== 'Retain'),
    );
    expect(namesOf(lost)).toEqual([]);
    const tables = ofType('AWS::DynamoDB::GlobalTable');
    expect(tables.every(({ Properties }) => Properties.Replicas[0].DeletionProtectionEnabled === true)).toBe(true);
    expect(isDataProtected([Object.fromEntries(resources.map((one) => [one.logicalId, one]))])).toBe(true);
    const guarded = ofType('AWS::S3::BucketPolicy').filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(
        ({ Sid, Effect, Action }: Statement) =>
          Sid === 'KeepData' && Effect === 'Deny' && Action.includes('s3:DeleteBucket'),
      ),
    );
    expect(guarded).toHaveLength(ofType('AWS::S3::Bucket').filter(({ stack }) => stack !== 'console').length);
  });

  it('goes when its time is over, zone by zone', () => {
    const lake = ofType('AWS::S3::Bucket').find(({ logicalId }) => kindOf(logicalId) === 'Lake')!;
    const rules: readonly { readonly Prefix?: string; readonly ExpirationInDays?: number }[] =
      lake.Properties.LifecycleConfiguration.Rules;
    const days = Object.fromEntries(
      rules.flatMap(({ Prefix, ExpirationInDays }) => (Prefix ? [[Prefix, ExpirationInDays]] : [])),
    );
    expect(days).toEqual({
      'raw_events/': 730,
      'firehose-errors/': 30,
      'firehose-backup/': 30,
      'athena-results/': expect.any(Number),
      'glue-tmp/': 3,
    });
    expect(rules.at(-1)).toMatchObject({
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
      ExpiredObjectDeleteMarker: true,
    });
  });
});

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Condition?: object;
}

const refusesPlain = ({ Effect, Condition }: Statement): boolean =>
  Effect === 'Deny' && JSON.stringify(Condition ?? {}).includes('"aws:SecureTransport":"false"');

const isRestorable = ({ Replicas }: TemplateResource['Properties']): boolean =>
  Replicas[0].PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true;

/** The construct's id, without what CDK adds. */
const kindOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');
