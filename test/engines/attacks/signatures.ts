import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { callAdmin, type SignOptions } from '../../support/admin-client.ts';
import { readAnswer } from '../../support/read-answer.ts';
import { tried, type Attack, type World } from './attack.ts';

/** A call that would make an application, were it believed. */
const creation = { Name: 'made by an attacker' };

const call = (name: string, answer: string | RegExp, options: (world: World) => SignOptions): Attack => ({
  name,
  answer,
  send: async (world) => tried(await callAdmin(world.endpoints, 'POST', '/applications', creation, options(world))),
});

interface Signing {
  readonly service?: string;
  readonly region?: string;
  readonly signedBody?: string;
  readonly sentBody?: string;
  /** Headers that are added when it is signed. */
  readonly more?: Readonly<Record<string, string>>;
  readonly change?: (headers: Record<string, string>) => void;
}

/** Signs as an admin would and sends something else. */
async function send(
  { endpoints }: World,
  { service = 'execute-api', region, signedBody, sentBody, more, change }: Signing,
) {
  const url = new URL(`${endpoints.apiUrl}/applications`);
  const body = signedBody ?? JSON.stringify(creation);
  const signer = new SignatureV4({
    service,
    region: region ?? endpoints.region,
    credentials: endpoints,
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, 'content-type': 'application/json', ...more },
    body,
  });
  const { host: _host, ...rest } = headers;
  change?.(rest);
  return tried(await readAnswer(await fetch(url, { method: 'POST', headers: rest, body: sentBody ?? body })));
}

const signed = (name: string, answer: string | RegExp, signing: Signing): Attack => ({
  name,
  answer,
  send: (world) => send(world, signing),
});

async function presigned({ endpoints }: World, expiresIn: number, signingDate: Date, method: string) {
  const url = new URL(`${endpoints.apiUrl}/applications`);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: endpoints.region,
    credentials: endpoints,
    sha256: Sha256,
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      headers: { host: url.host },
    },
    { expiresIn, signingDate },
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const body = method === 'GET' ? undefined : JSON.stringify(creation);
  return tried(await readAnswer(await fetch(url, { method, ...(body && { body }) })));
}

const wrong = '403 InvalidSignature';
const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

export const signatures: readonly Attack[] = [
  {
    name: 'no signature',
    answer: '403 AccessDenied',
    send: async ({ endpoints }) =>
      tried(await readAnswer(await fetch(`${endpoints.apiUrl}/applications`, { method: 'POST', body: '{}' }))),
  },
  call('the key of an admin and a guessed secret', wrong, ({ endpoints }) => ({
    key: { accessKeyId: endpoints.accessKeyId, secretAccessKey: 'guessed' },
  })),
  call('an empty secret', wrong, ({ endpoints }) => ({
    key: { accessKeyId: endpoints.accessKeyId, secretAccessKey: '' },
  })),
  call('a key that nobody has', wrong, ({ endpoints }) => ({
    key: { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: endpoints.secretAccessKey },
  })),
  call('a key called __proto__', wrong, () => ({ key: { accessKeyId: '__proto__', secretAccessKey: 'undefined' } })),
  call('signed six minutes ago', wrong, () => ({ signingDate: ago(6) })),
  call('signed six minutes from now', wrong, () => ({ signingDate: ago(-6) })),
  call('with a later date than was signed', wrong, () => ({
    signingDate: ago(60),
    tamper: (headers) =>
      void (headers['x-amz-date'] = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`),
  })),
  call('without a date', wrong, () => ({ tamper: (headers) => void Reflect.deleteProperty(headers, 'x-amz-date') })),
  call('with a signature cut short', wrong, () => ({
    tamper: (headers) => void (headers['authorization'] = (headers['authorization'] ?? '').slice(0, -1)),
  })),
  call('with an empty signature', wrong, () => ({
    tamper: (headers) =>
      void (headers['authorization'] = (headers['authorization'] ?? '').replace(/Signature=.*/, 'Signature=')),
  })),
  call('with another algorithm', wrong, () => ({
    tamper: (headers) =>
      void (headers['authorization'] = (headers['authorization'] ?? '').replace('HMAC-SHA256', 'NONE')),
  })),
  call('without the host among what is signed', wrong, () => ({
    tamper: (headers) => void (headers['authorization'] = (headers['authorization'] ?? '').replace('host;', '')),
  })),
  call('with a body of another hash', wrong, () => ({
    tamper: (headers) => void (headers['x-amz-content-sha256'] = '0'.repeat(64)),
  })),
  call('with a body that is not to be signed', wrong, () => ({
    tamper: (headers) => void (headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'),
  })),
  signed('sent again with another body', wrong, { sentBody: JSON.stringify({ Name: 'another one' }) }),
  signed('sent again with another body, its hash unsigned', wrong, {
    sentBody: JSON.stringify({ Name: 'another one' }),
    change: (headers) => void Reflect.deleteProperty(headers, 'x-amz-content-sha256'),
  }),
  signed('for another service', wrong, { service: 's3' }),
  signed('for another region', wrong, { region: 'ap-southeast-2' }),
  signed('with a session token of nobody', wrong, {
    change: (headers) => void (headers['x-amz-security-token'] = 'stolen'),
  }),
  signed('with a signed header changed', wrong, { change: (headers) => void (headers['content-type'] = 'text/plain') }),
  { name: 'a link that is over', answer: wrong, send: (world) => presigned(world, 60, ago(2), 'GET') },
  {
    name: 'a link for reading, used for writing',
    answer: wrong,
    send: (world) => presigned(world, 60, new Date(), 'POST'),
  },
  {
    name: 'a token in the place of a signature',
    answer: wrong,
    send: async ({ endpoints, game }) =>
      tried(
        await readAnswer(await fetch(`${endpoints.apiUrl}/applications`, { headers: { authorization: game.token } })),
      ),
  },
];
