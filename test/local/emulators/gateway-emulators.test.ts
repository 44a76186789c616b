import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayResponse } from '../../../local/emulators/gateway-response.ts';
import { lambdaFunction } from '../../../local/emulators/lambda-function.ts';
import { lambdaPermission } from '../../../local/emulators/lambda-permission.ts';
import { policy } from '../../../local/emulators/policy.ts';
import { restApi } from '../../../local/emulators/rest-api.ts';
import { role } from '../../../local/emulators/role.ts';
import { stage } from '../../../local/emulators/stage.ts';
import type { Emulator, Runtime } from '../../../local/runtime.ts';

let dataDir: string;
let told: unknown[][];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emulators-'));
  told = [];
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Notes every call of a service. */
function noting(service: string): unknown {
  return new Proxy(
    {},
    {
      get:
        (_, method) =>
        (...args: unknown[]) =>
          void told.push([`${service}.${String(method)}`, ...args]),
    },
  );
}

function start(emulator: Emulator, properties: Record<string, unknown>) {
  const runtime = {
    partition: 'aws',
    region: 'us-east-1',
    accountId: '000000000000',
    dataDir,
    assetPath: (key: string) => (key === 'abc.zip' ? join(dataDir, 'asset.abc') : undefined),
    functions: noting('functions'),
    gateway: noting('gateway'),
    credentials: noting('credentials'),
    log: noting('log'),
  } as unknown as Runtime;
  const resource = {
    stack: 'api',
    logicalId: 'It',
    type: emulator.types[0] ?? '',
    generatedName: 'api-It-ABC',
    properties,
  };
  return emulator.start(resource, runtime);
}

describe('AWS::ApiGateway', () => {
  it('RestApi is defined by its document and its policy, under an id that stays the same', async () => {
    const first = await start(restApi, { Body: { paths: {} }, Policy: { Statement: [] } });
    const second = await start(restApi, { Body: { paths: {} } });
    expect(first.ref).toMatch(/^[a-z0-9]{10}$/);
    expect(second.ref).toBe(first.ref);
    expect(told).toEqual([
      ['gateway.defineApi', first.ref, { paths: {}, 'x-amazon-apigateway-policy': { Statement: [] } }],
      ['gateway.defineApi', first.ref, { paths: {} }],
    ]);
  });

  it('RestApi reads its document from an asset', async () => {
    await writeFile(join(dataDir, 'asset.abc'), '{"paths":{"/a":{}}}');
    const { ref } = await start(restApi, { BodyS3Location: { Key: 'abc.zip' } });
    expect(told).toEqual([['gateway.defineApi', ref, { paths: { '/a': {} } }]]);
    await expect(start(restApi, {})).rejects.toThrow('api/It');
  });

  it('Stage sets variables and throttling, its paths unescaped', async () => {
    const MethodSettings = [
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 10, ThrottlingBurstLimit: '20' },
      { HttpMethod: 'GET', ResourcePath: '/~1games~1{id}', ThrottlingRateLimit: 1 },
    ];
    const { ref } = await start(stage, { RestApiId: 'api1', StageName: 'live', Variables: { n: 1 }, MethodSettings });
    expect(ref).toBe('live');
    expect(told).toEqual([
      [
        'gateway.defineStage',
        'api1',
        {
          name: 'live',
          variables: { n: '1' },
          methodSettings: [
            { method: '*', path: '/*', rateLimit: 10, burstLimit: 20 },
            { method: 'GET', path: '/games/{id}', rateLimit: 1 },
          ],
        },
      ],
    ]);
  });

  it('GatewayResponse is added to its API', async () => {
    await start(gatewayResponse, { RestApiId: 'api1', ResponseType: 'THROTTLED', StatusCode: '429' });
    expect(told).toEqual([['gateway.defineGatewayResponse', 'api1', 'THROTTLED', { statusCode: 429 }]]);
  });
});

describe('AWS::Lambda', () => {
  const settings = { Handler: 'main.run', Role: 'arn:role', Timeout: '30', Environment: { Variables: { DAYS: 400 } } };

  it('Function runs its asset with what the template gives it', async () => {
    const { ref, attributes } = await start(lambdaFunction, { ...settings, Code: { S3Bucket: 'b', S3Key: 'abc.zip' } });
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:api-It-ABC';
    expect([ref, attributes]).toEqual(['api-It-ABC', { Arn: arn }]);
    expect(told).toEqual([
      ['credentials.refuseToAssume', { service: 'lambda.amazonaws.com' }, 'arn:role'],
      [
        'functions.register',
        {
          name: 'api-It-ABC',
          arn,
          codePath: join(dataDir, 'asset.abc'),
          handler: 'main.run',
          timeoutSeconds: 30,
          memoryMegabytes: 128,
          environment: { DAYS: '400' },
          roleArn: 'arn:role',
          logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/api-It-ABC',
        },
      ],
    ]);
    await expect(start(lambdaFunction, { ...settings, Code: { S3Key: 'gone.zip' } })).rejects.toThrow('gone.zip');
  });

  it('Function writes inline code into a file', async () => {
    await start(lambdaFunction, { ...settings, Code: { ZipFile: 'exports.run = 1' } });
    const [, { codePath }] = told[1] as [string, { codePath: string }];
    expect(await readFile(join(codePath, 'index.js'), 'utf8')).toBe('exports.run = 1');
  });

  it.each(['arn:aws:lambda:us-east-1:000000000000:function:f', 'f'])(
    'Permission takes the function as %s',
    async (name) => {
      const Action = 'lambda:InvokeFunction';
      await start(lambdaPermission, { Action, FunctionName: name, Principal: 'a.amazonaws.com', SourceArn: 'arn:x' });
      const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
      const Statement = {
        Effect: 'Allow',
        Principal: { Service: 'a.amazonaws.com' },
        Action,
        Resource: arn,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:x' } },
      };
      expect(told).toEqual([['credentials.definePolicy', arn, { Statement }, 'api/It']]);
    },
  );
});

describe('AWS::IAM', () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  const arn = 'arn:aws:iam::000000000000:role/api-It-ABC';

  it('Role gets a key and its own policies; a managed policy that is not known grants nothing and is told', async () => {
    const AssumeRolePolicyDocument = { Statement: [] };
    const { attributes } = await start(role, {
      AssumeRolePolicyDocument,
      Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statement } }],
      ManagedPolicyArns: [
        'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
        'arn:aws:iam::aws:policy/AdministratorAccess',
      ],
    });
    expect(attributes?.['Arn']).toBe(arn);
    expect(told.map(([call]) => call)).toEqual([
      'credentials.forRole',
      'credentials.defineTrust',
      'credentials.defineRole',
      'credentials.defineRole',
      'log.warn',
    ]);
    expect(told[1]).toEqual(['credentials.defineTrust', arn, AssumeRolePolicyDocument, 'api/It']);
    expect(told[2]).toEqual(['credentials.defineRole', arn, [statement], 'api/It.own']);
  });

  it('Policy adds to the roles it is attached to', async () => {
    await start(policy, { PolicyDocument: { Statement: [statement] }, Roles: ['api-It-ABC'] });
    expect(told).toEqual([['credentials.defineRole', arn, [statement], 'api/It']]);
  });
});
