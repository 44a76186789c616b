import { z } from 'zod';

const properties = z.object({
  Name: z.string().optional(),
  ShardCount: z.coerce.number().int().min(1).max(500).optional(),
  StreamModeDetails: z.object({ StreamMode: z.enum(['ON_DEMAND', 'PROVISIONED']) }).optional(),
  RetentionPeriodHours: z.coerce.number().int().min(24).max(8760).default(24),
  StreamEncryption: z.object({ EncryptionType: z.literal('KMS'), KeyId: z.string() }).optional(),
  MaxRecordSizeInKiB: z.coerce.number().int().min(1024).max(10_240).default(1024),
});

/** What the template says of a Kinesis stream, with CloudFormation's defaults filled in. */
export interface StreamSettings {
  readonly mode: 'ON_DEMAND' | 'PROVISIONED';
  readonly shards: number;
  readonly retentionHours: number;
  /** Undefined: not encrypted. */
  readonly keyId: string | undefined;
  readonly maxRecordKibibytes: number;
}

/** An on-demand stream begins with four shards (Kinesis' developer guide, "On-demand mode"). */
const onDemandShards = 4;

/** Reads the properties of an `AWS::Kinesis::Stream`. Throws on what Kinesis would refuse, naming the property. */
export function readStreamSettings(given: Readonly<Record<string, unknown>>): StreamSettings {
  const parsed = properties.safeParse(given);
  if (!parsed.success) throw new Error(`this Kinesis stream cannot run here:\n${z.prettifyError(parsed.error)}`);
  const { StreamModeDetails, ShardCount, RetentionPeriodHours, StreamEncryption, MaxRecordSizeInKiB } = parsed.data;
  const mode = StreamModeDetails?.StreamMode ?? 'PROVISIONED';
  if (mode === 'PROVISIONED' && ShardCount === undefined) throw new Error('a provisioned stream needs ShardCount');
  if (mode === 'ON_DEMAND' && ShardCount !== undefined) throw new Error('an on-demand stream takes no ShardCount');
  return {
    mode,
    shards: ShardCount ?? onDemandShards,
    retentionHours: RetentionPeriodHours,
    keyId: StreamEncryption?.KeyId,
    maxRecordKibibytes: MaxRecordSizeInKiB,
  };
}
