import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey, Endpoints } from '../../local/runtime.ts';
import { readAnswer, type Answer } from './read-answer.ts';

export interface SignOptions {
  /** Signs with another key than the data directory's admin. */
  readonly key?: AccessKey;
  /** The moment the signature claims; default: now. */
  readonly signingDate?: Date;
  /** Changes the signed headers before they leave, to break a signature. */
  readonly tamper?: (headers: Record<string, string>) => void;
  /** Sees the signature that left, for tests that look for it afterwards. */
  readonly onSignature?: (signature: string) => void;
}

/** An application as the admin API answers it. */
export interface ApplicationAnswer {
  readonly ApplicationId: string;
  readonly ApplicationName: string;
}

/** An authorization as the answer that creates it shows it, with its token. */
export interface AuthorizationAnswer {
  readonly ApiKeyId: string;
  readonly ApiKeyValue: string;
  readonly ApplicationId: string;
  /** Undefined for one that never ends. */
  readonly ExpiresAt?: string;
}

/** A registered game with a token of its own. */
export interface Game {
  readonly applicationId: string;
  readonly apiKeyId: string;
  readonly token: string;
}

/** Sends one admin call signed with SigV4 for `execute-api`; `path` begins behind the stage. */
export async function callAdmin(
  endpoints: Endpoints,
  method: string,
  path: string,
  body?: unknown,
  options: SignOptions = {},
): Promise<Answer> {
  const url = new URL(endpoints.apiUrl + path);
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
  const key = options.key ?? endpoints;
  const signer = new SignatureV4({
    service: 'execute-api',
    region: endpoints.region,
    credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey },
    sha256: Sha256,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(text === undefined ? {} : { body: text }),
    },
    { signingDate: options.signingDate ?? new Date() },
  );
  const { host: _host, ...headers } = signed.headers;
  options.onSignature?.(/Signature=([0-9a-f]+)/.exec(headers['authorization'] ?? '')?.[1] ?? '');
  options.tamper?.(headers);
  return readAnswer(await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) }));
}

/** Registers a game and creates a token for it; throws unless both calls answer with 2xx. */
export async function registerGame(endpoints: Endpoints, name: string, options: SignOptions = {}): Promise<Game> {
  const application = await succeed<ApplicationAnswer>(
    callAdmin(endpoints, 'POST', '/applications', { Name: name, Description: `${name}, for a test` }, options),
  );
  return createToken(endpoints, application.ApplicationId, options);
}

/** Creates one more token for a registered application. */
export async function createToken(
  endpoints: Endpoints,
  applicationId: string,
  options: SignOptions = {},
  details: { readonly Class?: string; readonly ExpiresAt?: string } = {},
): Promise<Game> {
  const authorization = await succeed<AuthorizationAnswer>(
    callAdmin(
      endpoints,
      'POST',
      `/applications/${applicationId}/authorizations`,
      { Name: 'a token', ...details },
      options,
    ),
  );
  return { applicationId, apiKeyId: authorization.ApiKeyId, token: authorization.ApiKeyValue };
}

/** Creates a token of the publisher, or of the studio that is named. */
export async function createRoleToken(endpoints: Endpoints, studioId?: string): Promise<string> {
  const role = studioId === undefined ? { Role: 'publisher' } : { Role: 'studio', StudioId: studioId };
  const { ApiKeyValue } = await succeed<AuthorizationAnswer>(
    callAdmin(endpoints, 'POST', '/applications/_accounts/authorizations', { Name: 'a token', ...role }),
  );
  return ApiKeyValue;
}

/** Enables or disables a token. */
export async function setEnabled(
  endpoints: Endpoints,
  game: Game,
  isEnabled: boolean,
  options: SignOptions = {},
): Promise<void> {
  const path = `/applications/${game.applicationId}/authorizations/${game.apiKeyId}`;
  await succeed(callAdmin(endpoints, 'PUT', path, { Enabled: isEnabled }, options));
}

async function succeed<Body>(answer: Promise<Answer>): Promise<Body> {
  const { status, json, text } = await answer;
  if (status >= 300) throw new Error(`the admin API answered ${status}: ${text}`);
  return json as Body;
}
