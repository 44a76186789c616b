import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator, Resource, Runtime } from '../runtime.ts';

interface FunctionProperties {
  readonly FunctionName?: string;
  readonly Code: { readonly S3Key?: string; readonly ZipFile?: string };
  readonly Handler?: string;
  readonly Timeout?: number | string;
  readonly MemorySize?: number | string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly Role: string;
  readonly LoggingConfig?: { readonly LogGroup?: string };
}

/** Registers a function with its bundle, its variables and its role. */
export const lambdaFunction: Emulator = {
  types: ['AWS::Lambda::Function'],
  async start(resource, runtime) {
    const properties = resource.properties as unknown as FunctionProperties;
    const name = properties.FunctionName ?? resource.generatedName;
    const arn = `arn:${runtime.partition}:lambda:${runtime.region}:${runtime.accountId}:function:${name}`;
    const refusal = runtime.credentials.refuseToAssume({ service: 'lambda.amazonaws.com' }, properties.Role);
    if (refusal !== undefined) throw new Error(`the function's role cannot be assumed by Lambda: ${refusal}`);
    runtime.functions.register({
      name,
      arn,
      codePath: codePath(resource, properties, runtime),
      handler: properties.Handler ?? 'index.handler',
      timeoutSeconds: Number(properties.Timeout ?? 3),
      memoryMegabytes: Number(properties.MemorySize ?? 128),
      environment: texts(properties.Environment?.Variables),
      roleArn: properties.Role,
      logGroupArn: `arn:${runtime.partition}:logs:${runtime.region}:${runtime.accountId}:log-group:${properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`}`,
    });
    return { ref: name, attributes: { Arn: arn } };
  },
};

function codePath(resource: Resource, { Code }: FunctionProperties, runtime: Runtime): string {
  if (Code.ZipFile !== undefined) return writeInlineCode(resource, Code.ZipFile, runtime.dataDir);
  const path = Code.S3Key === undefined ? undefined : runtime.assetPath(Code.S3Key);
  if (path === undefined) {
    throw new Error(`${resource.stack}/${resource.logicalId}: the assembly holds no asset ${Code.S3Key ?? '(none)'}`);
  }
  return path;
}

/** CloudFormation saves inline code as index.js as well. */
function writeInlineCode(resource: Resource, code: string, dataDir: string): string {
  const folder = join(dataDir, 'functions', resource.generatedName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  return folder;
}

function texts(variables: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}
