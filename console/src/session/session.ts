import { ask } from '../data/ask.ts';
import { Problem } from '../data/problem.ts';
import { connectionOf, type Role } from '../data/source.ts';

/** Who is signed in. The token lives here and in the session storage, in no address and in no other storage. */
export interface Session {
  readonly role: Role;
  /** Absent for the laptop's own admin. */
  readonly token?: string;
}

/** What the console is told by `config.json` beside it. */
export interface Deployment {
  /** Name of the workload, e.g. `playlake-dev`. */
  readonly workload: string;
  /** Stage of the API: the first part of its paths. */
  readonly stage: string;
  /** Served by the local runtime, which has routes of its own below `/_local/`. */
  readonly isLaptop?: boolean;
}

type SessionStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const storageKey = 'playlake.session';

/** The session of this tab; undefined where nobody is signed in. */
export function storedSession(storage: SessionStore): Session | undefined {
  try {
    const { role, token } = JSON.parse(storage.getItem(storageKey) ?? 'null') as Partial<Session>;
    return (role === 'publisher' || role === 'studio') && typeof token === 'string' ? { role, token } : undefined;
  } catch {
    return undefined;
  }
}

export function storeSession(storage: SessionStore, session: Session | undefined): void {
  if (session?.token === undefined) storage.removeItem(storageKey);
  else storage.setItem(storageKey, JSON.stringify(session));
}

/**
 * Finds the role of a token by asking for the reports of each.
 * @throws Problem where it may read neither
 */
export async function signIn(
  token: string,
  { stage }: Deployment,
  fetcher: typeof fetch,
  signal: AbortSignal,
): Promise<Session> {
  if (!/^[\x21-\x7e]+$/.test(token)) throw notAToken();
  for (const role of ['studio', 'publisher'] as const) {
    try {
      await ask(connectionOf(role, stage, token, fetcher), '', signal);
      return { role, token };
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'not permitted') throw error;
    }
  }
  throw new Problem(
    'not permitted',
    'This token reads no reports.',
    'Ask the publisher for a token of role studio or publisher; those of games and servers read nothing.',
  );
}

const notAToken = (): Problem =>
  new Problem('refused', 'This is no token.', 'A token begins with plk_ and has neither spaces nor line breaks.');
