import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import type { KeyService } from '../../business-logic/events-processing/personal-data/key-service.ts';

export const digestSecret = 'a secret that keys digests';

/** What a fake was asked to do, in order. */
export interface Asked {
  readonly calls: string[];
}

/** Wrapping keys as KMS would make them: a ciphertext opens for the id that it was made for. */
export function aKeyService(): KeyService & Asked {
  const calls: string[] = [];
  const made = new Map<string, { readonly kek: string; readonly key: Buffer }>();
  return {
    calls,
    async makeWrappingKey(kek) {
      calls.push('make');
      const key = randomBytes(32);
      const wrapped = randomBytes(40);
      made.set(wrapped.toString('hex'), { kek, key });
      return { key, wrapped };
    },
    async openWrappingKey(kek, wrapped) {
      calls.push('open');
      const known = made.get(Buffer.from(wrapped).toString('hex'));
      if (known?.kek !== kek) throw new Error('InvalidCiphertextException');
      return known.key;
    },
    async digestSecret() {
      calls.push('secret');
      return digestSecret;
    },
  };
}

/** KMS and Secrets Manager over HTTP, as far as the transform uses them; gone when the test file is done. */
export async function startKeyService(): Promise<Asked & { readonly endpoint: string }> {
  const calls: string[] = [];
  const service = aKeyService();
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.stringify(await answer(service, request, calls));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  };
  const server = createServer((request, response) => void respond(request, response));
  await listen(server);
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { calls, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface Input {
  readonly EncryptionContext?: Readonly<Record<string, string>>;
  readonly CiphertextBlob?: string;
}

async function answer(service: KeyService, request: IncomingMessage, calls: string[]): Promise<object> {
  const target = String(request.headers['x-amz-target']);
  calls.push(target);
  const { EncryptionContext, CiphertextBlob = '' } = (await json(request)) as Input;
  const kek = `${EncryptionContext?.purpose}/${EncryptionContext?.kek}`;
  switch (target) {
    case 'TrentService.GenerateDataKey': {
      const { key, wrapped } = await service.makeWrappingKey(kek);
      return { Plaintext: base64(key), CiphertextBlob: base64(wrapped) };
    }
    case 'TrentService.Decrypt':
      return { Plaintext: base64(await service.openWrappingKey(kek, Buffer.from(CiphertextBlob, 'base64'))) };
    default:
      return { SecretString: await service.digestSecret() };
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const listen = async (server: Server): Promise<void> =>
  new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
