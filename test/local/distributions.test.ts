import { describe, expect, it } from 'vitest';
import { createDistributions } from '../../local/distributions.ts';
import { pathPattern } from '../../local/distributions/path-pattern.ts';
import { headersOf } from '../../local/distributions/response-headers.ts';
import { onThisMachine } from '../../local/on-this-machine.ts';
import type { ObjectHead, Properties } from '../../local/runtime.ts';

const arn = 'arn:aws:cloudfront::000000000000:distribution/E1';

const properties = {
  DistributionConfig: {
    DefaultRootObject: 'console/index.html',
    DefaultCacheBehavior: { TargetOriginId: 'files', ResponseHeadersPolicyId: 'headers' },
    CacheBehaviors: [
      { PathPattern: '/console', TargetOriginId: 'files', ResponseHeadersPolicyId: 'headers' },
      { PathPattern: '/console/*', TargetOriginId: 'files', ResponseHeadersPolicyId: 'headers' },
      { PathPattern: '/live/*', TargetOriginId: 'api' },
    ],
    Origins: [
      { Id: 'files', DomainName: 'pages.s3.eu-central-1.amazonaws.com' },
      { Id: 'api', DomainName: 'abc.execute-api.eu-central-1.amazonaws.com' },
    ],
  },
};

function aDistribution({ isAllowed = true, changed = {} }: { isAllowed?: boolean; changed?: Properties } = {}) {
  const texts: Readonly<Record<string, string>> = {
    'console/index.html': '<h1>page</h1>',
    'console/config.json': '{"stage":"live"}',
  };
  const asked: string[] = [];
  const distributions = createDistributions({
    accountId: '000000000000',
    objects: {
      head: async (bucket, key): Promise<ObjectHead | undefined> => {
        const text = texts[key];
        if (text === undefined) return undefined;
        const etag = `"${key.length}"`;
        return {
          bucket,
          key,
          size: text.length,
          etag,
          lastModified: 0,
          contentType: 'text/html',
          metadata: {},
          headers: { 'cache-control': 'no-cache' },
        };
      },
      readAll: async (_bucket, key) => Buffer.from(texts[key] ?? ''),
    },
    credentials: {
      isAllowed: (principal, action, resource, context) => {
        asked.push([principal.arn, action, resource, context?.['aws:SourceArn']].join(' '));
        return isAllowed;
      },
    },
  });
  distributions.defineHeaders('headers', {
    ResponseHeadersPolicyConfig: { SecurityHeadersConfig: { ContentTypeOptions: { Override: true } } },
  });
  distributions.define(arn, { ...properties, ...changed });
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const rawHeaders = Object.entries(headers).flat();
    const request = { method: 'GET', path, rawQuery: '', rawHeaders, body: Buffer.alloc(0), sourceIp: '' };
    return await distributions.handle(request);
  };
  return { distributions, get, asked };
}

describe('a distribution', () => {
  it.each(['/', '/console/index.html'])(
    'answers %s with a file of its bucket and the headers of its policy',
    async (path) => {
      const answer = await aDistribution().get(path);
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/html', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' },
      });
      expect(String(answer?.body)).toBe('<h1>page</h1>');
    },
  );

  it.each(['/live/applications', '/elsewhere', '/consoles'])('leaves %s to the gateway', async (path) => {
    expect(await aDistribution().get(path)).toBeUndefined();
  });

  it('reads in the name of CloudFront, which the policy of the bucket has to allow for it', async () => {
    const { get, asked } = aDistribution();
    await get('/console/index.html');
    expect(asked).toEqual([`cloudfront.amazonaws.com s3:GetObject arn:aws:s3:::pages/console/index.html ${arn}`]);
    expect(await aDistribution({ isAllowed: false }).get('/console/index.html')).toMatchObject({ status: 403 });
  });

  it('answers 403 for what is not there, as S3 does who may not list', async () => {
    expect(await aDistribution().get('/console/nothing.js')).toMatchObject({ status: 403 });
    expect(await aDistribution().get('/console/%E0%A4%A')).toMatchObject({ status: 403 });
  });

  it('sends nothing again that a browser has', async () => {
    const { get } = aDistribution();
    const first = await get('/console/index.html');
    const again = await get('/console/index.html', { 'If-None-Match': String(first?.headers['etag']) });
    expect([again?.status, again?.body]).toEqual([304, '']);
  });
});

it('tells the console of the laptop that it is one', async () => {
  const { distributions } = aDistribution();
  const request = {
    method: 'GET',
    rawQuery: '',
    rawHeaders: ['if-none-match', '"19"'],
    body: Buffer.alloc(0),
    sourceIp: '',
  };
  const config = await onThisMachine(distributions).handle({ ...request, path: '/console/config.json' });
  expect(JSON.parse(String(config?.body))).toEqual({ stage: 'live', isLaptop: true });
  expect((await onThisMachine(distributions).handle({ ...request, path: '/live/studio' }))?.status).toBeUndefined();
});

describe('a path pattern', () => {
  it.each([
    ['/console/*', '/console/assets/a.js', true],
    ['console/*', '/console/', true],
    ['/console/*', '/console', false],
    ['*.jpg', '/a/b.jpg', true],
    ['/a?c', '/abc', true],
    ['/a.c', '/abc', false],
  ])('%s for %s: %s', (pattern, path, expected) => expect(pathPattern(pattern).test(path)).toBe(expected));
});

describe('a response headers policy', () => {
  it('is written as CloudFront writes it', () => {
    const policy = {
      ResponseHeadersPolicyConfig: {
        Name: 'x',
        SecurityHeadersConfig: {
          StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
        },
        CustomHeadersConfig: { Items: [{ Header: 'Permissions-Policy', Value: 'camera=()', Override: true }] },
      },
    };
    expect(headersOf(policy)).toEqual({
      'strict-transport-security': 'max-age=60; includeSubDomains',
      'x-frame-options': 'DENY',
      'permissions-policy': 'camera=()',
    });
  });

  it.each([{ CorsConfig: {} }, { SecurityHeadersConfig: { XSSProtection: {} } }])(
    'with more than that is refused: %j',
    (more) => {
      expect(() => headersOf({ ResponseHeadersPolicyConfig: more })).toThrow('has no stand-in');
    },
  );
});
