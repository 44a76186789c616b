import { signedFetch, type Signer } from './signed-fetch.ts';

/** An application as the admin API answers it. */
export interface Application {
  readonly ApplicationId: string;
  readonly ApplicationName: string;
  readonly Description?: string;
  /** Whose game it is, once a studio has published it. */
  readonly StudioId?: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
}

/** An authorization as the admin API answers it. */
export interface Authorization {
  readonly ApiKeyId: string;
  readonly ApiKeyName: string;
  readonly ApiKeyDescription?: string;
  readonly ApplicationId: string;
  readonly Role: string;
  /** Of the role `studio`. */
  readonly StudioId?: string;
  /** Of the role `game`: `client` or `server`. */
  readonly Class?: string;
  readonly Enabled: boolean;
  /** ISO 8601; a token without one does not expire. */
  readonly ExpiresAt?: string;
  /** The newest day (UTC) on which the token was let in; one without was never used. */
  readonly LastUsedDay?: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  /** The token; only in the answer that creates it. */
  readonly ApiKeyValue?: string;
}

/** What a rotation answers: the new authorization, and the one that it replaces. */
export interface Rotation extends Authorization {
  readonly Replaced: Authorization;
}

/** What a new authorization is, besides its name. */
export interface AuthorizationDetails {
  readonly description?: string;
  /** `game` unless told otherwise; `studio` and `publisher` under the application `_accounts`. */
  readonly role?: string;
  /** Of the role `studio`, which needs it. */
  readonly studioId?: string;
  /** Of the role `game`: `client` unless told otherwise, or `server`. */
  readonly class?: string;
  /** A day or a time in ISO 8601. */
  readonly expires?: string;
}

/** How a token is replaced. */
export interface RotationDetails {
  /** How long the old token goes on working; the API has a standard. */
  readonly overlapSeconds?: number;
  /** When the new token expires; null: never. A token that expires is not replaced without it. */
  readonly expires?: string | null;
}

/** What can be changed of an authorization besides whether it is enabled. */
export interface AuthorizationChange {
  readonly class?: string;
  /** Null: never. */
  readonly expires?: string | null;
}

/** How far a setup of the warehouse is. */
export interface WarehouseSetup {
  readonly SetupId: string;
  readonly Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly StatementsDone: number;
  readonly Statements: number;
  /** Of a setup that failed. */
  readonly Error?: string;
}

/** The admin API answered with an error. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The signed admin API of one deployment. Every call throws AdminApiError when it is answered with an error. */
export interface AdminClient {
  listApplications(): Promise<readonly Application[]>;
  getApplication(applicationId: string): Promise<Application>;
  createApplication(name: string, description?: string): Promise<Application>;
  deleteApplication(applicationId: string): Promise<void>;
  listAuthorizations(applicationId: string): Promise<readonly Authorization[]>;
  getAuthorization(applicationId: string, apiKeyId: string): Promise<Authorization>;
  createAuthorization(applicationId: string, name: string, details?: AuthorizationDetails): Promise<Authorization>;
  setEnabled(applicationId: string, apiKeyId: string, enabled: boolean): Promise<Authorization>;
  changeAuthorization(applicationId: string, apiKeyId: string, change: AuthorizationChange): Promise<Authorization>;
  rotateAuthorization(applicationId: string, apiKeyId: string, details?: RotationDetails): Promise<Rotation>;
  deleteAuthorization(applicationId: string, apiKeyId: string): Promise<void>;
  /** Starts a setup, or answers the one that is going on; with an id, the setup of this id. */
  setUpWarehouse(setupId?: string): Promise<WarehouseSetup>;
}

/** @param apiUrl with the stage, without a trailing slash */
export function createAdminClient(apiUrl: string, signer: Signer): AdminClient {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await signedFetch(`${apiUrl}${path}`, method, body, signer);
    const text = await response.text();
    if (!response.ok) throw new AdminApiError(response.status, explain(method, path, response.status, text));
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  return {
    listApplications: async () =>
      ((await call('GET', '/applications')) as { Applications: Application[] }).Applications,
    getApplication: async (id) => (await call('GET', application(id))) as Application,
    createApplication: async (name, description) =>
      (await call('POST', '/applications', described(name, description))) as Application,
    deleteApplication: async (id) => {
      await call('DELETE', application(id));
    },
    listAuthorizations: async (id) =>
      ((await call('GET', `${application(id)}/authorizations`)) as { Authorizations: Authorization[] }).Authorizations,
    getAuthorization: async (id, keyId) => (await call('GET', authorization(id, keyId))) as Authorization,
    createAuthorization: async (id, name, { description, role, studioId, class: tokenClass, expires } = {}) => {
      const details = { Role: role, StudioId: studioId, Class: tokenClass, ExpiresAt: expires };
      const body = { ...described(name, description), ...details };
      return (await call('POST', `${application(id)}/authorizations`, body)) as Authorization;
    },
    setEnabled: async (id, keyId, enabled) =>
      (await call('PUT', authorization(id, keyId), { Enabled: enabled })) as Authorization,
    changeAuthorization: async (id, keyId, { class: tokenClass, expires }) =>
      (await call('PUT', authorization(id, keyId), { Class: tokenClass, ExpiresAt: expires })) as Authorization,
    rotateAuthorization: async (id, keyId, { overlapSeconds, expires } = {}) => {
      const body = { OverlapSeconds: overlapSeconds, ExpiresAt: expires };
      return (await call('POST', `${authorization(id, keyId)}/rotate`, body)) as Rotation;
    },
    deleteAuthorization: async (id, keyId) => {
      await call('DELETE', authorization(id, keyId));
    },
    setUpWarehouse: async (setupId) => {
      const body = setupId === undefined ? undefined : { SetupId: setupId };
      return (await call('POST', '/redshift/setup', body)) as WarehouseSetup;
    },
  };
}

function application(id: string): string {
  return `/applications/${encodeURIComponent(id)}`;
}

function authorization(id: string, keyId: string): string {
  return `${application(id)}/authorizations/${encodeURIComponent(keyId)}`;
}

function described(name: string, description: string | undefined): object {
  return description === undefined ? { Name: name } : { Name: name, Description: description };
}

/** Errors of our API are `{error, error_detail}`; whatever else stands between may answer otherwise. */
function explain(method: string, path: string, status: number, text: string): string {
  let said = text.slice(0, 300);
  try {
    const body = JSON.parse(text) as { error?: string; error_detail?: string; message?: string };
    said = [body.error, body.error_detail ?? body.message].filter((part) => part !== undefined).join(': ');
  } catch {
    // Not JSON: shown as it is.
  }
  return `${method} ${path} was answered with ${status}${said === '' ? '' : ` (${said})`}`;
}
