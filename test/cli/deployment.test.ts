import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findDeployment } from '../../cli/deployment.ts';
import { describeError } from '../../cli/run-cli.ts';

const endpoints = {
  apiUrl: 'http://127.0.0.1:8080/live',
  awsUrl: 'http://127.0.0.1:4566',
  region: 'eu-central-1',
  accountId: '000000000000',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'not-a-secret',
  bucket: 'lake',
  bucketPath: '/tmp/lake',
  database: 'playlake',
  workGroup: 'playlake',
  deliveryStream: 'stream',
  kinesisStream: null,
  workflow: 'playlake-dev',
};

function fileWith(content: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'endpoints-')), 'endpoints.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('findDeployment', () => {
  it('takes everything from an endpoints file', () => {
    expect(findDeployment({ endpoints: fileWith(endpoints) })).toMatchObject({
      apiUrl: endpoints.apiUrl,
      awsUrl: endpoints.awsUrl,
      workGroup: 'playlake',
      database: 'playlake',
      workflow: 'playlake-dev',
      signer: { region: 'eu-central-1', credentials: { accessKeyId: 'AKIDEXAMPLE' } },
      stream: { kind: 'firehose', name: 'stream', endpoint: endpoints.awsUrl },
    });
  });

  it('takes the file of a deployment on AWS, which has no credentials of its own', () => {
    const { awsUrl: _, accessKeyId: _id, secretAccessKey: _key, bucketPath: _path, ...deployed } = endpoints;
    expect(findDeployment({ endpoints: fileWith(deployed) })).toMatchObject({
      apiUrl: endpoints.apiUrl,
      awsUrl: undefined,
      workGroup: 'playlake',
      workflow: 'playlake-dev',
      signer: { region: 'eu-central-1', credentials: expect.any(Function) },
      stream: { kind: 'firehose', name: 'stream', region: 'eu-central-1' },
    });
    const { workGroup: _group, ...incomplete } = deployed;
    expect(() => findDeployment({ endpoints: fileWith(incomplete) })).toThrow(/workGroup/);
  });

  it('takes the name of a workflow alone for a deployment on AWS, and a pipeline that has none', () => {
    const onAws = { workflow: 'playlake-prod', region: 'eu-west-1' };
    expect(findDeployment(onAws)).toMatchObject({ workflow: 'playlake-prod', awsUrl: undefined });
    const file = fileWith({ ...endpoints, workflow: null });
    expect(findDeployment({ endpoints: file }).workflow).toBeUndefined();
    expect(findDeployment({ endpoints: file, workflow: 'other' }).workflow).toBe('other');
  });

  it('reads the region of a deployment from its URL, else from an option or the environment', () => {
    const apiUrl = 'https://abc123.execute-api.eu-west-3.amazonaws.com/live/';
    expect(findDeployment({ apiUrl })).toMatchObject({
      apiUrl: apiUrl.slice(0, -1),
      awsUrl: undefined,
      signer: { region: 'eu-west-3' },
    });
    const own = { apiUrl: 'https://events.example.com/live' };
    expect(findDeployment({ ...own, region: 'us-east-1' }).signer.region).toBe('us-east-1');
    vi.stubEnv('AWS_REGION', 'ap-south-1');
    expect(findDeployment(own).signer.region).toBe('ap-south-1');
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    expect(() => findDeployment(own)).toThrow(/--region/);
    vi.unstubAllEnvs();
  });

  it('says what to do when there is no endpoints file, or no good one', () => {
    expect(() => findDeployment({ endpoints: '/nowhere/endpoints.json' })).toThrow(/npm run local/);
    const { apiUrl: _, ...rest } = endpoints;
    expect(() => findDeployment({ endpoints: fileWith(rest) })).toThrow(/apiUrl/);
  });
});

describe('describeError', () => {
  it('names the causes', () => {
    const error = new Error('the report failed', { cause: new Error('no connection') });
    expect(describeError(error)).toBe('the report failed\n  because: no connection');
    expect(describeError('plain')).toBe('plain');
  });
});
