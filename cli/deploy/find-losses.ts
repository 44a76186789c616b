import type { Replacement } from './find-replacements.ts';
import type { StackTemplate, TemplateResource, Templates } from './stack-template.ts';

/** What keeps data that exists nowhere else, by CloudFormation type. */
const stores: ReadonlySet<string> = new Set([
  'AWS::S3::Bucket',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::SecretsManager::Secret',
]);

/** Folders whose objects can be made again at any time. */
const scratch = /^(athena-results|results|glue-tmp)\//;

/** Whether a replacement leaves data behind that exists nowhere else. */
export const losesStore = ({ type }: Replacement): boolean => stores.has(type);

/**
 * What a deployment would destroy without replacing anything: data that is no longer kept when its stack goes, or no
 * longer restorable, and objects that would expire earlier than they do now. What is not kept now is not looked at.
 */
export function findLosses(deployed: Templates, next: Templates): readonly Replacement[] {
  return [...deployed].flatMap(([stack, before]) => {
    const after = next.get(stack);
    return after === undefined ? [] : lossesOf(stack, before, after);
  });
}

function lossesOf(stack: string, before: StackTemplate, after: StackTemplate): readonly Replacement[] {
  return Object.entries(before.Resources).flatMap(([logicalId, resource]) => {
    const next = after.Resources[logicalId];
    if (!stores.has(resource.Type) || resource.DeletionPolicy !== 'Retain' || next === undefined) return [];
    return whyLost(resource, next).map(({ because, advice }) => {
      return { stack, logicalId, type: resource.Type, because, advice };
    });
  });
}

function whyLost(before: TemplateResource, after: TemplateResource): Pick<Replacement, 'because' | 'advice'>[] {
  const lost: Pick<Replacement, 'because' | 'advice'>[] = [];
  if (after.DeletionPolicy !== 'Retain') {
    lost.push({
      because: 'it would go with its stack',
      advice: 'deployments that are to keep their data are not in DEV_MODE',
    });
  }
  for (const { prefix, days, was } of shorterExpiry(before, after)) {
    lost.push({
      because: `objects below ${prefix} would go after ${days} days, and not ${was === undefined ? 'at all' : `after ${was}`} now`,
      advice: 'those that are older go within a day',
    });
  }
  return lost;
}

interface Rule {
  readonly Status?: string;
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
}

function* shorterExpiry(
  before: TemplateResource,
  after: TemplateResource,
): Generator<{ readonly prefix: string; readonly days: number; readonly was: number | undefined }> {
  const was = expiryOf(before);
  for (const [prefix, days] of expiryOf(after)) {
    const present = was.get(prefix);
    if (prefix !== '' && !scratch.test(prefix) && days < (present ?? Infinity)) yield { prefix, days, was: present };
  }
}

function expiryOf({ Properties = {} }: TemplateResource): ReadonlyMap<string, number> {
  const { Rules = [] } = (Properties['LifecycleConfiguration'] ?? {}) as { readonly Rules?: readonly Rule[] };
  return new Map(
    Rules.flatMap(({ Status, Prefix = '', ExpirationInDays: days }) =>
      Status === 'Enabled' && days !== undefined ? [[Prefix, Number(days)] as const] : [],
    ),
  );
}
