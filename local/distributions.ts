import type { GatewayRequest, GatewayResponse } from './gateway/gateway-request.ts';
import { readHeaders } from './gateway/gateway-request.ts';
import { pathPattern } from './distributions/path-pattern.ts';
import { headersOf } from './distributions/response-headers.ts';
import type { Credentials, Distributions, ObjectStore, Properties } from './runtime.ts';

export interface DistributionsOptions {
  readonly accountId: string;
  readonly objects: Pick<ObjectStore, 'head' | 'readAll'>;
  readonly credentials: Pick<Credentials, 'isAllowed'>;
}

/** What a distribution's answers are made of, besides the runtime. */
export interface LocalDistributions extends Distributions {
  /**
   * Answers a GET or HEAD for a file of a bucket behind a distribution; undefined for every other, which the gateway answers.
   * Of a default behaviour only the root counts: everything else there is the gateway's as well.
   */
  handle(request: GatewayRequest): Promise<GatewayResponse | undefined>;
}

interface Behavior {
  readonly pattern: RegExp;
  readonly TargetOriginId: string;
  readonly ResponseHeadersPolicyId?: string;
}

interface Origin {
  readonly Id: string;
  readonly DomainName: string;
}

interface Distribution {
  readonly arn: string;
  readonly rootObject: string | undefined;
  readonly behaviors: readonly Behavior[];
  readonly defaultBehavior: Behavior;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** CloudFront, as far as pages need it: behaviours by path, files of private buckets, headers that are added. */
export function createDistributions(options: DistributionsOptions): LocalDistributions {
  const distributions: Distribution[] = [];
  const policies = new Map<string, Readonly<Record<string, string>>>();

  return {
    defineHeaders: (id, properties) => void policies.set(id, headersOf(properties)),
    define: (arn, properties) => void distributions.push(readDistribution(arn, properties)),
    async handle(request) {
      const path = decodedPath(request.path);
      for (const distribution of distributions) {
        const behavior = behaviorOf(path, distribution);
        const bucket = behavior && bucketOf(distribution.origins.get(behavior.TargetOriginId));
        if (!behavior || bucket === undefined) continue;
        const key = path === '/' ? distribution.rootObject : path.slice(1);
        const added = policies.get(behavior.ResponseHeadersPolicyId ?? '') ?? {};
        const answer = await readFile(request, { ...options, arn: distribution.arn, bucket, key });
        return { ...answer, headers: { ...answer.headers, ...added } };
      }
      return undefined;
    },
  };
}

function readDistribution(arn: string, { DistributionConfig }: Properties): Distribution {
  const config = (DistributionConfig ?? {}) as Properties;
  const { CacheBehaviors = [], DefaultCacheBehavior, Origins = [], DefaultRootObject } = config;
  return {
    arn,
    rootObject: typeof DefaultRootObject === 'string' ? DefaultRootObject : undefined,
    behaviors: (CacheBehaviors as readonly Properties[]).map(readBehavior),
    defaultBehavior: readBehavior(DefaultCacheBehavior as Properties),
    origins: new Map((Origins as readonly Origin[]).map((origin) => [origin.Id, origin])),
  };
}

function readBehavior({ PathPattern = '*', TargetOriginId, ResponseHeadersPolicyId }: Properties): Behavior {
  return {
    pattern: pathPattern(String(PathPattern)),
    TargetOriginId: String(TargetOriginId),
    ...(ResponseHeadersPolicyId !== undefined && { ResponseHeadersPolicyId: String(ResponseHeadersPolicyId) }),
  };
}

function behaviorOf(path: string, { behaviors, defaultBehavior, rootObject }: Distribution): Behavior | undefined {
  const found = behaviors.find(({ pattern }) => pattern.test(path));
  return found ?? (path === '/' && rootObject !== undefined ? defaultBehavior : undefined);
}

/** The bucket behind an origin; undefined for an origin of another kind. */
const bucketOf = (origin: Origin | undefined): string | undefined =>
  /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com$/.exec(origin?.DomainName ?? '')?.[1];

interface FileRequest extends DistributionsOptions {
  readonly arn: string;
  readonly bucket: string;
  readonly key: string | undefined;
}

/** In the name of CloudFront: the bucket's policy says whether it may. */
async function readFile(
  { rawHeaders }: GatewayRequest,
  { arn, bucket, key, accountId, objects, credentials }: FileRequest,
): Promise<GatewayResponse> {
  if (key === undefined || key === '') return refusal(403, 'there is no such file');
  const service = { kind: 'service', arn: 'cloudfront.amazonaws.com' } as const;
  const context = { 'aws:SourceArn': arn, 'aws:SourceAccount': accountId };
  // S3 tells who may not list a bucket nothing of what is not there.
  if (!credentials.isAllowed(service, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`, context)) {
    return refusal(403, 'CloudFront may not read it');
  }
  const head = await objects.head(bucket, key);
  if (!head) return refusal(403, 'there is no such file');
  const headers = {
    'content-type': head.contentType ?? 'binary/octet-stream',
    etag: head.etag,
    ...(head.headers?.['cache-control'] !== undefined && { 'cache-control': head.headers['cache-control'] }),
  };
  const known = readHeaders(rawHeaders).lower['if-none-match'];
  if (known === head.etag) return { status: 304, headers, body: '' };
  return { status: 200, headers, body: (await objects.readAll(bucket, key)) ?? '' };
}

const refusal = (status: number, detail: string): GatewayResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${detail}\n`,
});

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
