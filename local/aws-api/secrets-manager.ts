import { randomUUID } from 'node:crypto';
import { AwsError } from '../runtime.ts';
import type { LocalSecretStore, SecretValue, SecretVersion, StoredSecret } from '../secret-store.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol } from './protocol.ts';

type Input = Readonly<Record<string, unknown>>;

/** Most bytes of a value. */
const MAX_VALUE_BYTES = 65_536;
/** Most entries of a list. */
const PAGE = 100;

/** AWS Secrets Manager on the wire: values are read and put, secrets shown; which there are, the template says. */
export function secretsManagerProtocol(store: LocalSecretStore): AwsProtocol {
  return jsonProtocol('secretsmanager', {
    async GetSecretValue(input, request) {
      const secret = secretInput(store, input);
      const stage = typeof input.VersionStage === 'string' ? input.VersionStage : 'AWSCURRENT';
      request.authorize('secretsmanager:GetSecretValue', secret.arn, { 'secretsmanager:VersionStage': stage });
      const version = versionInput(secret, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        ...(version.string !== undefined && { SecretString: version.string }),
        ...(version.binary !== undefined && { SecretBinary: version.binary }),
        VersionStages: version.stages,
        CreatedDate: version.created_at,
      };
    },

    async DescribeSecret(input, request) {
      const secret = secretInput(store, input);
      request.authorize('secretsmanager:DescribeSecret', secret.arn);
      return { ...entryOf(secret), VersionIdsToStages: stagesOf(secret) };
    },

    async ListSecrets(input, request) {
      request.authorize('secretsmanager:ListSecrets', '*');
      if (Array.isArray(input.Filters) && input.Filters.length > 0) {
        throw new AwsError('InvalidParameterException', 'filters are not known here');
      }
      const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
      const entries = store.secrets().map(listedOf);
      const { items, nextToken } = pageOf(entries, {
        token: input.NextToken,
        size,
        error: 'InvalidNextTokenException',
      });
      return { SecretList: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },

    async PutSecretValue(input, request) {
      const secret = secretInput(store, input);
      request.authorize('secretsmanager:PutSecretValue', secret.arn);
      const { id, stages } = await store.put(secret.arn, valueInput(input), {
        token: tokenInput(input),
        stages: stagesInput(input),
      });
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
    },
  });
}

function secretInput(store: LocalSecretStore, { SecretId }: Input): StoredSecret {
  if (typeof SecretId !== 'string' || SecretId === '') throw invalid('You must provide a value for the SecretId.');
  return store.find(SecretId);
}

/** By id, by stage, or the current one. */
function versionInput({ versions }: StoredSecret, { VersionId, VersionStage }: Input): SecretVersion {
  const stage = typeof VersionStage === 'string' ? VersionStage : 'AWSCURRENT';
  const isAsked = (version: SecretVersion): boolean =>
    typeof VersionId === 'string'
      ? version.id === VersionId && (VersionStage === undefined || version.stages.includes(stage))
      : version.stages.includes(stage);
  const found = versions.find(isAsked);
  if (found) return found;
  const what = typeof VersionId === 'string' ? `VersionId: ${VersionId}` : `staging label: ${stage}`;
  throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${what}`);
}

function valueInput({ SecretString, SecretBinary }: Input): SecretValue {
  if ((SecretString === undefined) === (SecretBinary === undefined)) {
    throw invalid('You must provide either SecretString or SecretBinary.');
  }
  const value = SecretString ?? SecretBinary;
  if (typeof value !== 'string' || value === '') throw invalid('The value is no text, or empty.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) throw invalid(`The value is longer than ${MAX_VALUE_BYTES} bytes.`);
  return SecretString === undefined ? { binary: value } : { string: value };
}

function tokenInput({ ClientRequestToken: token }: Input): string {
  if (token === undefined || token === null) return randomUUID();
  if (typeof token === 'string' && token.length >= 32 && token.length <= 64) return token;
  throw invalid('ClientRequestToken must be 32-64 characters long.');
}

function stagesInput({ VersionStages: stages }: Input): readonly string[] {
  if (stages === undefined || stages === null) return ['AWSCURRENT'];
  if (Array.isArray(stages) && stages.length > 0 && stages.every((stage) => typeof stage === 'string')) return stages;
  throw invalid('VersionStages is not a list of texts.');
}

function entryOf({ arn, name, description, created_at: createdAt, versions }: StoredSecret): Record<string, unknown> {
  const changedAt = versions.at(-1)?.created_at ?? createdAt;
  return {
    ARN: arn,
    Name: name,
    ...(description !== '' && { Description: description }),
    CreatedDate: createdAt,
    LastChangedDate: changedAt,
  };
}

function listedOf(secret: StoredSecret): Record<string, unknown> {
  return Object.assign(entryOf(secret), { SecretVersionsToStages: stagesOf(secret) });
}

function stagesOf({ versions }: StoredSecret): Record<string, readonly string[]> {
  const staged = versions.filter(({ stages }) => stages.length > 0);
  return Object.fromEntries(staged.map(({ id, stages }) => [id, stages]));
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
